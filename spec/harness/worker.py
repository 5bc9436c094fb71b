"""A long-lived child that carries out calls, one at a time, as the claim orders them.

With workers, a claim about what happens between processes costs a message per operation instead of a process::

    with Worker(mp, folder / "worker", queue=queue) as worker:
        worker.call("queue.put", 1)    # orders it, and waits until it is done
        worker.begin("queue.put", 2)   # orders it, and does not wait ...
        assert worker.blocks()         # ... for the queue is full
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
from spec.harness.checkpoint import Arrival, Checkpoint
from spec.harness.child_side import serve
from spec.harness.deadline import Backoff
from spec.harness.process_table import ALIVE, is_blocked, observe_threads, state, until_exited
from spec.harness.roles import note
from spec.harness.witness import kernel

__tracebackhide__ = True  # where the claim waits, its own line says


class _Brief(reprlib.Repr):
    """Shows the beginning of a value; unlike its base, it does not first write out all of a million bytes."""

    def repr_bytes(self, value: bytes, _level: int) -> str:
        return repr(value) if len(value) <= self.maxother else f"{value[: self.maxother]!r}..."


_brief = _Brief().repr


class CallFailed(Exception):
    """What a worker called raised an exception.

    Attributes:
        kind: the name of the exception's class, as `spec.harness.child_side.kind_of` tells it.
        request: what was called, in words.
    """

    __module__ = "builtins"  # shown to users: the bare name says enough

    def __init__(self, request: str, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.request, self.kind = request, kind


class Worker:
    """A child process that calls what it was given, or methods of it.

    Args:
        mp: the multiprocessing API that starts it.
        path: where the socket is made that it takes its orders from; a path that is not in use.
        objects: what it has, by name: objects and functions that can be handed to a child.

    Attributes:
        pid: its process, as the kernel tells.
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
        """Order a call, and do not wait.

        Args:
            name: ``function``, or ``object.method``, by the names given to the worker.
            args: what to pass; it can be pickled.
            named: what to pass by name, likewise.
        """
        if self._at_rest is None:
            raise RuntimeError("the worker has a call under way; see `result`")
        self._at_rest.let_go((name, args, named))
        given = [*map(_brief, args), *(f"{key}={_brief(value)}" for key, value in named.items())]
        self._request = f"{name}({', '.join(given)}) in {self._name}"
        note(self.pid, f"{self._name}, in {name}({', '.join(given)})")
        self._at_rest = None

    def result(self) -> Any:
        """Wait until the call under way has ended, and return what it returned.

        Raises:
            CallFailed: it raised an exception.
            Hung: it did not end before the deadline.
        """
        self._at_rest = self._orders.next()
        how, *what = self._at_rest.notes[0]
        if how == "raised":
            raise CallFailed(self._request, *what)
        return what[0]

    def call(self, name: str, /, *args: object, **named: object) -> Any:
        """Order a call as `begin` does, wait until it has ended, and return what it returned.

        Raises:
            CallFailed: it raised an exception.
            Hung: it did not end before the deadline.
        """
        self.begin(name, *args, **named)
        return self.result()

    @property
    def done(self) -> bool:
        """Whether the call under way has ended; there is a `result` then."""
        return self._orders.reached

    def blocks(self) -> bool:
        """Wait until the call under way is blocked in the kernel or has ended; return whether it is blocked.

        Raises:
            Violation: the worker has exited.
            Hung: the call went on running until the deadline.
        """
        backoff = Backoff(f"worker {self.pid} to block")
        while not is_blocked(self.pid):
            if self.done:
                return False
            if observe_threads(self.pid) is None:
                kernel.shows(f"{self._name}, which has a call under way", state(self.pid), expected=ALIVE)
            backoff.wait()
        return not self.done

    def kill(self) -> None:
        """Send it SIGKILL, and wait until it has exited; it is not joined.

        Raises:
            Hung: it did not exit before the deadline.
        """
        if self.pid != os.getpid():  # an API on threads would have its worker here
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            until_exited(self.pid)

    def close(self) -> None:
        """Kill it and hang up, without the help of what is under test."""
        self.kill()
        self._orders.close()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
