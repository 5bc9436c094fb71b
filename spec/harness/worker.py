"""A long-lived child that makes calls, one at a time, when the claim orders them.

With workers, each operation in another process costs the claim a message instead of a new process::

    with Worker(mp, folder / "worker", queue=queue) as worker:
        worker.call("queue.put", 1)    # orders the call, and waits until it has ended
        worker.begin("queue.put", 2)   # orders the call, and does not wait
        assert worker.blocks()         # the queue is full
"""

from __future__ import annotations

import os
import reprlib
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any, Optional

from impl.contract import Multiprocessing
from spec.harness.callers import ending, watch
from spec.harness.checkpoint import Arrival, Checkpoint, wait_for_any
from spec.harness.child_side import serve
from spec.harness.deadline import Backoff
from spec.harness.process_table import ALIVE, is_blocked, observe_threads, state, until_exited
from spec.harness.roles import note
from spec.harness.stillness import until_still
from spec.harness.witness import kernel

__tracebackhide__ = True  # a traceback ends at the line of the claim that waits


class _Brief(reprlib.Repr):
    """Shows the beginning of a value.  Unlike its base class, it does not format a million bytes first."""

    def repr_bytes(self, value: bytes, _level: int) -> str:
        return repr(value) if len(value) <= self.maxother else f"{value[: self.maxother]!r}..."


_brief = _Brief().repr


class CallFailed(Exception):
    """The function or method that a worker called raised an exception.

    Args:
        request: what was called, in words.
        kind: the names of the exception's class and its bases, as `spec.harness.child_side.kind_of` returns them.
        message: the message of the exception.

    Attributes:
        request: what was called, in words.
        kind: the same as the argument.
    """

    __module__ = "builtins"  # users see the name without a module

    def __init__(self, request: str, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.request, self.kind = request, kind


class Worker:
    """A child process that calls functions, and methods of objects, that it was given.

    Args:
        mp: the multiprocessing API that starts the child.
        path: the path of the socket on which the child takes its orders; it must not exist.
        objects: the functions and objects, by name.  The API must be able to pass them to a child.

    Attributes:
        pid: the pid of the child, as the kernel reports it.
    """

    def __init__(self, mp: Multiprocessing, path: Path, **objects: object) -> None:
        self._name, self._orders = path.name, Checkpoint(path)
        self._process = mp.Process(target=serve, args=(self._orders.pause, objects))
        self._process.start()
        watch(self._failed)
        self._at_rest: Optional[Arrival] = self._orders.next()
        self.pid = self._at_rest.pid

    def _failed(self) -> Optional[str]:
        """Return how the worker ended, if it has failed."""
        pid = getattr(self, "pid", None) or self._process.pid
        how = ending(pid) if pid else None
        return f"{self._name}, a child that the API started, {how}" if how else None

    def begin(self, name: str, /, *args: object, **named: object) -> None:
        """Order a call, and do not wait until it has ended.

        Args:
            name: ``function`` or ``object.method``, by the names given to the worker.
            args: the picklable positional arguments of the call.
            named: the picklable keyword arguments of the call.

        Raises:
            RuntimeError: the last call has not ended, or its result has not been asked for.
        """
        if self._at_rest is None:
            raise RuntimeError("the worker has a call in progress; see `result`")
        self._at_rest.let_go((name, args, named))
        given = [*map(_brief, args), *(f"{key}={_brief(value)}" for key, value in named.items())]
        self._request = f"{name}({', '.join(given)}) in {self._name}"
        note(self.pid, f"{self._name}, in {name}({', '.join(given)})")
        self._at_rest = None

    def result(self) -> Any:
        """Wait until the call in progress has ended, and return its value.

        Raises:
            CallFailed: the call raised an exception.
            Hung: the call did not end before the deadline.
        """
        self._at_rest = self._orders.next()
        how, *what = self._at_rest.notes[0]
        if how == "raised":
            raise CallFailed(self._request, *what)
        return what[0]

    def call(self, name: str, /, *args: object, **named: object) -> Any:
        """Order a call as `begin` does, wait until it has ended, and return its value.

        Raises:
            CallFailed: the call raised an exception.
            Hung: the call did not end before the deadline.
        """
        self.begin(name, *args, **named)
        return self.result()

    @property
    def done(self) -> bool:
        """Whether the call in progress has ended, so that there is a `result`."""
        return self._orders.reached

    def wait(self, seconds: float, checkpoint: Checkpoint) -> None:
        """Wait at most *seconds* until the call in progress has ended, or a payload arrives at the *checkpoint*."""
        wait_for_any([self._orders, checkpoint], seconds)

    def blocks(self) -> bool:
        """Wait until the call in progress is blocked in the kernel or has ended; return whether it is blocked.

        Raises:
            Violation: the worker has exited.
            Hung: the call ran until the deadline.
        """
        backoff = Backoff(f"worker {self.pid} to block")
        while not is_blocked(self.pid):
            if self.done:
                return False
            if observe_threads(self.pid) is None:
                kernel.shows(f"{self._name}, which has a call in progress", state(self.pid), expected=ALIVE)
            backoff.wait()
        return not self.done

    def is_stuck(self) -> bool:
        """Wait until no process that this process has started goes on, and return whether the call is blocked then.

        Only this process can end such a wait.  A call that `blocks` may be blocked for a moment only.

        Raises:
            Violation: the worker has exited.
            Hung: a process goes on until the deadline.
        """
        until_still()
        return Worker.blocks(self)

    def kill(self) -> None:
        """Send SIGKILL to the worker, and wait until it has exited.  It is not joined.

        Raises:
            Hung: the worker did not exit before the deadline.
        """
        if self.pid != os.getpid():  # the worker of an API on threads runs in this process
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            until_exited(self.pid)

    def close(self) -> None:
        """Kill the worker and close its socket, without the help of the API under test."""
        self.kill()
        self._orders.close()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class ServedWorker(Worker):
    """A worker whose objects are in another process, such as a manager's server, which carries out the calls.

    The worker is blocked as soon as it has sent its request.  Its call is blocked only if the other process has done
    its part of the call, too.
    """

    blocks = Worker.is_stuck
