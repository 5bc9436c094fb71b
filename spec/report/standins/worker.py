"""In place of `spec.harness.worker`: a child that makes calls, one at a time."""

from __future__ import annotations

import os
import select
import signal
import time
from contextlib import suppress
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, Callable

from impl.contract import Multiprocessing
from spec.harness.child_side import kind_of
from spec.harness.process_table import ALIVE
from spec.report.standins.checkpoint import Checkpoint
from spec.report.standins.process_table import is_blocked, state, until_exited
from spec.report.standins.running import closing


class CallFailed(Exception):
    """The call of a worker raised an exception.  The message is the kind and the message of that."""

    @property
    def kind(self) -> str:
        """The names of the exception's class and its bases."""
        return str(self).partition(":")[0]


def serve(orders: Callable[..., Any], objects: SimpleNamespace) -> None:
    """Be a worker: make the calls that *orders* returns, one after the other."""
    outcome: tuple[Any, ...] = ()
    while True:
        name, args, named = orders(*outcome)
        try:
            outcome = "returned", attrgetter(name)(objects)(*args, **named)
        except (Exception, KeyboardInterrupt) as error:
            outcome = "raised", f"{kind_of(error)}: {error}"


class Worker:
    """A child process that calls the functions, and methods of the objects, that it was given."""

    def __init__(self, mp: Multiprocessing, /, **objects: object) -> None:
        self._orders = Checkpoint(f"worker-{time.monotonic_ns()}")
        self._process = mp.Process(target=serve, args=(self._orders.pause, SimpleNamespace(**objects)))
        self._process.start()
        self._at_rest = self._orders.next()
        self.pid = self._at_rest.pid
        if self.pid == os.getpid():
            raise AssertionError(f"the process that a child runs in: expected another, seen {self.pid}")
        closing.callback(self.kill)

    def begin(self, name: str, /, *args: object, **named: object) -> None:
        """Order a call, and do not wait until it has ended."""
        self._at_rest.let_go((name, args, named))

    def result(self) -> Any:
        """Wait until the call in progress has ended, and return its value."""
        self._at_rest = self._orders.next()
        how, what = self._at_rest.notes
        if how == "raised":
            raise CallFailed(what)
        return what

    def call(self, name: str, /, *args: object, **named: object) -> Any:
        """Order a call, wait until it has ended, and return its value."""
        self.begin(name, *args, **named)
        return self.result()

    @property
    def done(self) -> bool:
        """Whether the call in progress has ended."""
        return self._orders.reached

    def wait(self, seconds: float, checkpoint: Checkpoint) -> None:
        """Wait at most *seconds* until the call in progress has ended, or a payload arrives at the *checkpoint*."""
        select.select([self._orders, checkpoint], [], [], seconds)

    def blocks(self) -> bool:
        """Wait until the call in progress is blocked in the kernel or has ended; return whether it is blocked."""
        while not is_blocked(self.pid):
            if self._orders.reached:
                return False
            if state(self.pid) != ALIVE:
                raise AssertionError(f"a worker with a call in progress: expected alive, seen {state(self.pid)}")
        return not self._orders.reached

    def kill(self) -> None:
        """Kill the worker, and wait until it has exited.  It is not joined."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        until_exited(self.pid)
