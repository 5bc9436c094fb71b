"""What the harness needs of the platform, and what there is of it: this is the only place where that is decided.

A claim is decided by what the kernel says.  Where it cannot be asked, nothing is claimed: every claim is "not
applicable", for a stated reason, and none fails.  What has a fallback is not in the list: without its lists of
children (CONFIG_PROC_CHILDREN) the kernel's process table is scanned, and where a name of the API under test is
missing, the claims about that are "not provided".
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
    return observe_threads(os.getpid()) is not None  # some kernels have a /proc that says less


def _subreaper() -> bool:
    try:
        is_subreaper()
    except (OSError, TypeError, AttributeError):  # Windows has no such library, and others no such function in it
        return False
    return True


def _peers() -> bool:
    return hasattr(socket, "AF_UNIX") and hasattr(socket, "SO_PEERCRED")


def _signals() -> bool:
    return hasattr(signal, "SIGRTMAX") and hasattr(signal, "SIGKILL")


NEEDS: dict[str, Callable[[], bool]] = {
    "fork(2), to run each claim in a process of its own": _fork,
    "waitid(2), to see how a process ended without reaping it": _waitid,
    "pidfd_open(2), to wait for processes that are no children": _pidfd,
    "/proc, to see what each thread of a process does": _proc,
    "PR_SET_CHILD_SUBREAPER of prctl(2), to adopt orphans": _subreaper,
    "SO_PEERCRED of unix(7), to know who speaks": _peers,
    "real-time signals, to end a claim that hangs": _signals,
}
"""What it takes to verify anything, and what for."""


@cache
def missing() -> tuple[str, ...]:
    """Return what this platform lacks of what the harness needs; nothing, if claims can be verified here."""
    return tuple(need for need, is_here in NEEDS.items() if not is_here())
