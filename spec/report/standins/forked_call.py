"""In place of `spec.harness.forked_call`: a process that calls a function which blocks."""

from __future__ import annotations

import os
import pickle
import signal
import time
from pathlib import Path
from typing import Any, Callable, Optional

from spec.harness.child_side import kind_of
from spec.harness.process_table import ALIVE
from spec.report.standins.process_table import state, until_exited, until_still


class ForkedCall:
    """A forked process that calls ``function(*args)`` once."""

    def __init__(self, outcome: Path, function: Callable[..., object], *args: object) -> None:
        self._outcome, self._told = outcome, ("", b"")
        self.pid = os.fork()
        if self.pid == 0:
            try:
                told = "returned", pickle.dumps(function(*args))
            except BaseException as error:
                told = "raised", pickle.dumps(f"{kind_of(error)}: {error}")
            self._outcome.write_bytes(pickle.dumps(told))
            os._exit(0)

    @property
    def running(self) -> bool:
        """Whether the call has not ended."""
        return state(self.pid) == ALIVE

    def until_still(self, come: Optional[Callable[[], bool]] = None) -> None:
        """Wait until no process that was started makes progress by itself."""
        until_still(come and (lambda: come() or not self.running))
        if not self.running:
            self.result()

    def result(self) -> Any:
        """Wait until the call has ended, and return its value."""
        if self.failure():
            raise AssertionError(f"the call: expected no exception, seen {self.failure()}")
        return pickle.loads(self._told[1])

    def failure(self) -> str:
        """Wait until the call has ended, and return the kind and the message of its exception; empty without one."""
        until_exited(self.pid)
        if not self._told[0]:
            os.waitpid(self.pid, 0)
            self._told = pickle.loads(self._outcome.read_bytes())
        return str(pickle.loads(self._told[1])) if self._told[0] == "raised" else ""

    def kill(self) -> None:
        """Kill the process, and wait until it has exited."""
        if not self._told[0]:
            os.kill(self.pid, signal.SIGKILL)
            until_exited(self.pid)


def forked_call(function: Callable[..., object], *args: object) -> ForkedCall:
    """Call ``function(*args)`` in a process of its own."""
    return ForkedCall(Path(f"outcome-{time.monotonic_ns()}").absolute(), function, *args)
