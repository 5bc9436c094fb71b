"""The processes that call the API for a claim: how each of them ended, if it has failed.

A claim that waits for such a process seems to hang once the process has crashed.  The report must say how it ended.
"""

from __future__ import annotations

import signal
from contextlib import suppress
from typing import Callable, Optional

from spec.harness.process_table import GONE, ZOMBIE, state
from spec.harness.system_calls import CLD_EXITED, P_PID, WEXITED, WNOHANG, WNOWAIT, waitid

FATAL = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGSYS}
"""A process that one of these signals kills has crashed.  Other signals are sent on purpose, also by claims."""

_checks: list[Callable[[], Optional[str]]] = []


def watch(check: Callable[[], Optional[str]]) -> None:
    """Register a check that is called when a claim hangs.

    Args:
        check: returns how a process has failed, in words, or None if it has not.
    """
    _checks.append(check)


def failures() -> list[str]:
    """Return in words how each process has failed, for those that have."""
    return [failure for failure in (check() for check in _checks) if failure]


def ending(pid: int) -> Optional[str]:
    """Return how *pid*, a child of the caller, has failed, in words that follow the name of the process.

    The answer is None if the process runs, has succeeded or was ended on purpose, or if it was reaped.  `waitid(2)
    <https://man7.org/linux/man-pages/man2/waitid.2.html>`_ with WNOWAIT leaves a zombie in place.
    """
    if state(pid) not in (ZOMBIE, GONE):
        return None
    with suppress(ChildProcessError):  # it is not a child of this process, or was reaped
        result = waitid(P_PID, pid, WEXITED | WNOHANG | WNOWAIT)
        if result and result.si_code == CLD_EXITED:
            return f"exited with status {result.si_status}" if result.si_status else None
        if result and result.si_status in FATAL:
            return f"was killed by {signal.Signals(result.si_status).name}"
    return None
