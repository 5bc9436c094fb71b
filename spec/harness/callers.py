"""The processes that call the API on behalf of a claim: how each ended, if it ended before it was to.

A claim that waits for such a process seems to hang once it has died.  What its author needs is how it died.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import Callable, Optional

from spec.harness.process_table import GONE, ZOMBIE, state

FATAL = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGSYS}
"""A process that ends by one of these has crashed.  Others are sent on purpose, by claims too."""

_checks: list[Callable[[], Optional[str]]] = []


def watch(check: Callable[[], Optional[str]]) -> None:
    """Ask *check*, once a claim hangs, how a process ended; it returns None unless that has failed."""
    _checks.append(check)


def failures() -> list[str]:
    """Return how those processes ended that have failed."""
    return [failure for failure in (check() for check in _checks) if failure]


def ending(pid: int) -> Optional[str]:
    """Return how *pid* ended if it has failed: in words that follow the name of the process.

    It is None if the process runs, was ended on purpose, or if the kernel tells nothing any more.
    """
    if state(pid) not in (ZOMBIE, GONE):
        return None
    with suppress(ChildProcessError):  # it is no child of this process, or was reaped
        result = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if result and result.si_code == os.CLD_EXITED:
            return f"exited with status {result.si_status}" if result.si_status else None
        if result and result.si_status in FATAL:
            return f"was killed by {signal.Signals(result.si_status).name}"
    return None
