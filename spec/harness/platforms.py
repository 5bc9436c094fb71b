"""What the harness needs from the platform, and whether the platform has it.  No other module decides this.

The kernel decides whether a claim holds.  On a platform where the kernel cannot be asked, each claim is "not
applicable", with the reason, and no claim fails.

Things with a fallback are not in the list.  Without the kernel's lists of children (CONFIG_PROC_CHILDREN) the harness
scans the process table.  Where a name of the API under test is missing, the claims about it are "not provided".
"""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import socket
import threading
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from typing import Callable

from spec.harness import dev_shm
from spec.harness.cgroups import room_for_processes
from spec.harness.hosts import why_no_hosts
from spec.harness.process_table import observe_threads, pids
from spec.harness.subreaper import is_subreaper
from spec.harness.system_calls import P_ALL, WEXITED, WNOHANG, WNOWAIT, pidfd_open, waitid


def _fork() -> bool:
    return hasattr(os, "fork") and hasattr(os, "setsid")


def _waitid() -> bool:
    try:
        waitid(P_ALL, 0, WEXITED | WNOHANG | WNOWAIT)
    except ChildProcessError:
        return True
    except OSError:  # not on Linux, or a filter of system calls refuses it
        return False
    return True


def _pidfd() -> bool:
    with suppress(OSError):
        os.close(pidfd_open(os.getpid()))
        return True
    return False


def _proc() -> bool:
    return observe_threads(os.getpid()) is not None  # on some kernels /proc has no such files


def _subreaper() -> bool:
    try:
        is_subreaper()
    except OSError:  # not on Linux, or refused
        return False
    return True


def _peers() -> bool:
    return hasattr(socket, "AF_UNIX") and hasattr(socket, "SO_PEERCRED")


def _signals() -> bool:
    return hasattr(signal, "SIGRTMAX") and hasattr(signal, "SIGKILL")


def _files() -> bool:
    try:
        import resource
    except ImportError:  # no limits (Windows)
        return True
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    return most == resource.RLIM_INFINITY or most >= LEAST_FILES


def _processes() -> bool:
    room = room_for_processes()
    if room is not None and room < LEAST_PROCESSES:
        return False
    try:
        import resource
    except ImportError:
        return True
    limit, _ = resource.getrlimit(resource.RLIMIT_NPROC)
    if os.geteuid() == 0 or limit == resource.RLIM_INFINITY:  # root has no such limit
        return True
    return limit - sum(_is_mine(pid) for pid in pids()) >= LEAST_PROCESSES


def _is_mine(pid: int) -> bool:
    with suppress(OSError):
        return os.stat(f"/proc/{pid}").st_uid == os.geteuid()
    return False


def _semaphores() -> bool:
    try:
        multiprocessing.get_context("fork").Lock()
    except (OSError, ImportError, ValueError):
        return False
    with suppress(OSError):  # a C library may keep semaphores elsewhere
        return _has_room(os.statvfs(dev_shm.SHARED_FOLDER))
    return True


def _memory() -> bool:
    file = dev_shm.path_of(f"spec-{os.getpid()}-{threading.get_ident()}")
    try:
        file.touch(exist_ok=False)
        file.unlink()
        found = os.statvfs(dev_shm.SHARED_FOLDER)
    except OSError:
        return False
    return _has_room(found)


def _has_room(found: os.statvfs_result) -> bool:
    return not found.f_blocks or found.f_bavail * found.f_frsize >= LEAST_SHARED  # no blocks: without a limit


LEAST_FILES = 256
"""The number of open files that a process must be allowed to have."""

LEAST_PROCESSES = 64
"""The number of processes that the user must be allowed to start."""

NEEDS: dict[str, Callable[[], bool]] = {
    "fork(2), to run each claim in a process of its own": _fork,
    "waitid(2), to see how a process ended without reaping it": _waitid,
    "pidfd_open(2), to wait for processes that are not children": _pidfd,
    "/proc, to see what each thread of a process does": _proc,
    "PR_SET_CHILD_SUBREAPER of prctl(2), to adopt orphans": _subreaper,
    "SO_PEERCRED of unix(7), to know which process has connected": _peers,
    "real-time signals, to end a claim that hangs": _signals,
    f"a limit of {LEAST_FILES} open files or more (ulimit -n), for many processes at once": _files,
    f"room for {LEAST_PROCESSES} more processes (ulimit -u, pids.max), for many processes at once": _processes,
}
"""What the harness needs and what for, with the function that returns whether the platform has it."""


@cache
def missing() -> tuple[str, ...]:
    """Return what the harness needs and this platform lacks; empty if claims can be verified here."""
    return tuple(need for need, is_here in NEEDS.items() if not is_here())


LEAST_SHARED = 1 << 20
"""The number of bytes that must be free in /dev/shm: two workers at once were seen to use half of that."""

SEMAPHORES = "POSIX semaphores, which need a writable /dev/shm with 1 MiB free: see sem_overview(7)"

MADE_OF_SEMAPHORES = frozenset(
    {
        *("Lock", "RLock", "Semaphore", "BoundedSemaphore", "Condition", "Event", "Barrier"),
        *("Queue", "JoinableQueue", "SimpleQueue", "Value", "Array", "Pool"),
    }
)
"""The names of an API that need semaphores."""


MEMORY = "POSIX shared memory, which needs a writable /dev/shm with 1 MiB free: see shm_overview(7)"

MADE_OF_MEMORY = frozenset({"SharedMemory", "ShareableList", "SharedMemoryManager"})
"""The names of an API that need shared memory with a name, and no semaphores."""


_FOR_NAMES: dict[str, tuple[frozenset[str], Callable[[], bool]]] = {
    SEMAPHORES: (MADE_OF_SEMAPHORES, _semaphores),
    MEMORY: (MADE_OF_MEMORY, _memory),
}
"""What only some names of an API need: these names, and the function that returns whether the platform has it."""


@cache
def missing_for_names() -> dict[str, frozenset[str]]:
    """Return what this machine lacks of what only some names of an API need, with these names.

    Without it only the claims about these names cannot be verified.
    """
    return {need: names for need, (names, is_here) in _FOR_NAMES.items() if not is_here()}


def missing_for(names: Iterable[str]) -> tuple[str, ...]:
    """Return what this machine lacks of what these *names* of an API need; empty if it lacks nothing.

    Args:
        names: see `spec.engine.marks.needs`.
    """
    owners = {re.split("[.(]", name)[0] for name in names}
    return tuple(need for need, concerned in missing_for_names().items() if owners & concerned)


NETWORKS = "network namespaces that are joined by a bridge, by ip(8) of iproute2: see network_namespaces(7)"


@cache
def missing_for_hosts() -> tuple[str, ...]:
    """Return what this machine lacks of what hosts need to be apart, with the reason; empty if it lacks nothing.

    Without it hosts are processes that reach each other by the loopback interface, and claims about links that are
    cut, and about what is on the wire, cannot be verified.
    """
    return (f"{NETWORKS} ({why_no_hosts()})",) if why_no_hosts() else ()
