"""What the harness needs from the platform, and whether the platform has it.  No other module decides this.

The kernel decides whether a claim holds.  On a platform where the kernel cannot be asked, each claim is "not
applicable", with the reason, and no claim fails.

Things with a fallback are not in the list.  Without the kernel's lists of children (CONFIG_PROC_CHILDREN) the harness
scans the process table.  Where a name of the API under test is missing, the claims about it are "not provided".
"""

from __future__ import annotations

import os
import signal
import socket
from contextlib import suppress
from functools import cache
from typing import Callable

from spec.harness.process_table import observe_threads
from spec.harness.subreaper import is_subreaper


def _fork() -> bool:
    return hasattr(os, "fork") and hasattr(os, "setsid")


def _waitid() -> bool:
    return hasattr(os, "waitid") and hasattr(os, "WNOWAIT")


def _pidfd() -> bool:
    if not hasattr(os, "pidfd_open"):
        return False
    with suppress(OSError):
        os.close(os.pidfd_open(os.getpid()))
        return True
    return False


def _proc() -> bool:
    return observe_threads(os.getpid()) is not None  # on some kernels /proc has no such files


def _subreaper() -> bool:
    try:
        is_subreaper()
    except (OSError, TypeError, AttributeError):  # no C library (Windows), or no prctl in it
        return False
    return True


def _peers() -> bool:
    return hasattr(socket, "AF_UNIX") and hasattr(socket, "SO_PEERCRED")


def _signals() -> bool:
    return hasattr(signal, "SIGRTMAX") and hasattr(signal, "SIGKILL")


NEEDS: dict[str, Callable[[], bool]] = {
    "fork(2), to run each claim in a process of its own": _fork,
    "waitid(2), to see how a process ended without reaping it": _waitid,
    "pidfd_open(2), to wait for processes that are not children": _pidfd,
    "/proc, to see what each thread of a process does": _proc,
    "PR_SET_CHILD_SUBREAPER of prctl(2), to adopt orphans": _subreaper,
    "SO_PEERCRED of unix(7), to know which process has connected": _peers,
    "real-time signals, to end a claim that hangs": _signals,
}
"""What the harness needs and what for, with the function that returns whether the platform has it."""


@cache
def missing() -> tuple[str, ...]:
    """Return what the harness needs and this platform lacks; empty if claims can be verified here."""
    return tuple(need for need, is_here in NEEDS.items() if not is_here())
