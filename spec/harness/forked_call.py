"""Call a function that blocks in a forked process, while the claim watches it and lets payloads continue.

The children that the function starts are children of the forked process, not of the claim's.
"""

from __future__ import annotations

import os
import pickle
import signal
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, Callable, Optional

from spec.harness.callers import ending, watch
from spec.harness.child_side import kind_of
from spec.harness.process_table import GONE, ZOMBIE, state, until_exited
from spec.harness.roles import note
from spec.harness.stillness import until_still

__tracebackhide__ = True  # a traceback ends at the line of the claim that waits


class ForkedCallFailed(Exception):
    """The function raised an exception, or ended the forked process; the message says which.

    Args:
        request: what was called, in words.
        what: the message.

    Attributes:
        request: what was called, in words.
    """

    __module__ = "builtins"

    def __init__(self, request: str, what: str) -> None:
        super().__init__(what)
        self.request = request


class ForkedCall:
    """A fork of this process that calls ``function(*args)`` once, and exits.

    Args:
        outcome: an unused path for the outcome of the call.
        function: what to call.  The value that it returns must be picklable.
        args: its arguments.

    Attributes:
        pid: the pid of the forked process.
    """

    def __init__(self, outcome: Path, function: Callable[..., object], *args: object) -> None:
        self._outcome = outcome
        self._code: Optional[int] = None
        self._name = getattr(function, "__qualname__", repr(function))
        self.pid = os.fork()
        if self.pid == 0:
            self._run(function, args)
        note(self.pid, f"runs {self._name.rpartition('.')[2]}")
        watch(self._failed)

    def _run(self, function: Callable[..., object], args: tuple[object, ...]) -> None:
        status = 1
        try:
            try:
                outcome = pickle.dumps(("returned", function(*args)))
            except BaseException as error:
                outcome = pickle.dumps(("raised", (f"{kind_of(error)}: {error}", traceback.format_exc())))
            self._outcome.write_bytes(outcome)
            status = 0
        finally:
            os._exit(status)

    @property
    def running(self) -> bool:
        """Whether the function has neither returned nor raised yet."""
        return state(self.pid) not in (ZOMBIE, GONE)

    def until_still(self, happened: Optional[Callable[[], bool]] = None) -> None:
        """Wait until this and all other processes that were started are still: only the claim can wake them.

        Args:
            happened: returns whether the expected event has happened; see `spec.harness.stillness.until_still`.

        Raises:
            ForkedCallFailed: the function has raised an exception, or has ended the process.
            Hung: the processes made progress until the deadline.
        """
        until_still(happened and (lambda: happened() or not self.running))
        if not self.running:
            self.result()

    def result(self) -> Any:
        """Wait until the function has ended, and return what it returned.

        Raises:
            ForkedCallFailed: the function raised an exception, or ended the process.
            Hung: the function did not end before the deadline.
        """
        how, value = self._wait()
        if how == "raised":
            raise ForkedCallFailed(self._name, f"{self._name} raised:\n{value[1]}")
        return value

    def failure(self) -> str:
        """Wait until the function has ended, and return which exception it raised; empty if it raised none.

        The text is the kind, as `spec.harness.child_side.kind_of` returns it, and the message.

        Raises:
            ForkedCallFailed: the function ended the process.
            Hung: the function did not end before the deadline.
        """
        how, value = self._wait()
        return str(value[0]) if how == "raised" else ""

    def kill(self) -> None:
        """Send SIGKILL to the process, and wait until it has exited.

        Raises:
            Hung: the process did not exit before the deadline.
        """
        if self._code is None:  # otherwise it was reaped, and its pid may be another's
            os.kill(self.pid, signal.SIGKILL)
            until_exited(self.pid)

    def _failed(self) -> Optional[str]:
        """Return how the function failed, if it did: it raised, or ended the process some other way."""
        if self.running:
            return None
        how = ending(self.pid)
        if how:
            return f"the process that called {self._name} {how}"
        with suppress(OSError):  # it was killed on purpose
            outcome, value = pickle.loads(self._outcome.read_bytes())
            return f"{self._name} raised:\n{value[1]}".rstrip() if outcome == "raised" else None
        return None

    def _wait(self) -> tuple[str, Any]:
        until_exited(self.pid)
        if self._code is None:
            try:
                self._code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            except ChildProcessError:
                raise ForkedCallFailed(self._name, f"another process reaped the caller of {self._name}") from None
        if self._code != 0:
            raise ForkedCallFailed(
                self._name, f"{self._name} ended the process that called it: exit code {self._code}"
            )
        how, value = pickle.loads(self._outcome.read_bytes())
        return how, value
