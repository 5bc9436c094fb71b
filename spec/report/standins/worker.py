"""In place of `spec.harness.worker`: a child that carries out calls, one at a time."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any, Callable

from impl.contract import Multiprocessing
from spec.harness.child_side import kind_of
from spec.harness.process_table import ALIVE
from spec.report.standins.checkpoint import Checkpoint
from spec.report.standins.processes import is_blocked, state, until_exited


class CallFailed(Exception):
    """What a worker called raised an exception."""


def serve(orders: Callable[..., Any], objects: dict[str, Any]) -> None:
    """Carry out the calls that *orders* returns, until it returns None: what a worker runs."""
    order = orders()
    while order is not None:
        name, args, named = order
        owner, _, method = name.partition(".")
        try:
            function = getattr(objects[owner], method) if method else objects[owner]
            outcome = "returned", function(*args, **named)
        except (Exception, KeyboardInterrupt) as error:
            outcome = "raised", f"{kind_of(error)}: {error}"
        order = orders(*outcome)


class Worker:
    """A child process that calls what it was given, or methods of it."""

    def __init__(self, mp: Multiprocessing, path: Path, **objects: object) -> None:
        self._orders = Checkpoint(path)
        self._process = mp.Process(target=serve, args=(self._orders.pause, objects))
        self._process.start()
        self._at_rest = self._orders.next()
        self.pid = self._at_rest.pid
        if self.pid == os.getpid():
            raise AssertionError(f"the process that a child runs in: expected another, seen {self.pid}")

    def begin(self, name: str, /, *args: object, **named: object) -> None:
        """Order a call, and do not wait."""
        self._at_rest.let_go((name, args, named))

    def result(self) -> Any:
        """Wait until the call under way has ended, and return what it returned."""
        self._at_rest = self._orders.next()
        how, what = self._at_rest.notes
        if how == "raised":
            raise CallFailed(what)
        return what

    def call(self, name: str, /, *args: object, **named: object) -> Any:
        """Order a call, wait until it has ended, and return what it returned."""
        self.begin(name, *args, **named)
        return self.result()

    @property
    def done(self) -> bool:
        """Whether the call under way has ended."""
        return self._orders.reached

    def blocks(self) -> bool:
        """Wait until the call under way is blocked in the kernel or has ended; return whether it is blocked."""
        while not is_blocked(self.pid):
            if self.done:
                return False
            if state(self.pid) != ALIVE:
                raise AssertionError(f"a worker with a call under way: expected alive, seen {state(self.pid)}")
        return not self.done

    def kill(self) -> None:
        """Kill it, and wait until it has exited; it is not joined."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        until_exited(self.pid)

    def close(self) -> None:
        """Kill it and hang up, without the help of what is under test."""
        self.kill()
        self._orders.close()
