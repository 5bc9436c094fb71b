"""System calls that Python's `os` does not provide everywhere: PyPy lacks `os.waitid` and `os.pidfd_open`.

Where `os` has the function, it is called; elsewhere the C library is.  `fork` is that of `os`, without its warning.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
import warnings
from functools import cache
from typing import NamedTuple, Optional

P_ALL, P_PID, P_PIDFD = 0, 1, 3
WNOHANG, WEXITED, WNOWAIT = 1, 4, 0x0100_0000
CLD_EXITED = 1
"""The constants of `waitid(2) <https://man7.org/linux/man-pages/man2/waitid.2.html>`_, as Linux defines them.

They are the same on every processor.
"""

_PIDFD_OPEN = 434
"""The number of `pidfd_open(2) <https://man7.org/linux/man-pages/man2/pidfd_open.2.html>`_ on every processor."""


def fork() -> int:
    """Fork this process as `os.fork` does, without the warning of Python 3.12 and newer if it has several threads.

    An xdist worker has a second thread, which only waits for messages.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


class WaitidResult(NamedTuple):
    """What `waitid` tells of a child; the fields are those of the result of `os.waitid`."""

    si_pid: int
    si_uid: int
    si_signo: int
    si_status: int
    si_code: int


def waitid(idtype: int, number: int, options: int) -> Optional[WaitidResult]:
    """Wait for a child to change its state, as `os.waitid` does.

    Args:
        idtype: which children: `P_ALL`; or one, by `P_PID` or `P_PIDFD`.
        number: the pid or the pidfd of that one.
        options: which changes, and how to wait for them; with `WNOWAIT` the child stays a zombie.

    Returns:
        What has changed; None if nothing has, and the options include `WNOHANG`.

    Raises:
        ChildProcessError: there is no such child.
        OSError: the kernel refused.
    """
    if hasattr(os, "waitid"):
        result = os.waitid(idtype, number, options)
        return WaitidResult(*result) if result else None
    return _waitid(idtype, number, options)


def pidfd_open(pid: int) -> int:
    """Return a file descriptor that stands for the process *pid*, and is readable once that has exited.

    Raises:
        ProcessLookupError: there is no such process.
        OSError: the kernel refused.
    """
    return os.pidfd_open(pid) if hasattr(os, "pidfd_open") else _pidfd_open(pid)


def call_libc(function: str, *arguments: object) -> int:
    """Call a *function* of the C library, and return its result.

    Raises:
        OSError: it failed, or this is not Linux, where it may be another function.
    """
    if sys.platform != "linux":
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    while True:
        result: int = getattr(_libc(), function)(*arguments)
        if result != -1:
            return result
        if ctypes.get_errno() != errno.EINTR:  # otherwise a signal has come, whose handler has run
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


class _Child(ctypes.Structure):
    _fields_ = (("pid", ctypes.c_int), ("uid", ctypes.c_uint), ("status", ctypes.c_int))


class _Details(ctypes.Union):
    _fields_ = (("child", _Child), ("aligned", ctypes.c_void_p), ("size", ctypes.c_char * 112))


class _SigInfo(ctypes.Structure):
    """The structure siginfo_t of the C library, of which waitid() fills in these members."""

    _fields_ = (("signo", ctypes.c_int), ("errno", ctypes.c_int), ("code", ctypes.c_int), ("details", _Details))


def _waitid(idtype: int, number: int, options: int) -> Optional[WaitidResult]:
    """Do what `waitid` does, by the C library."""
    info = _SigInfo()
    call_libc("waitid", idtype, number, ctypes.byref(info), options)
    child = info.details.child
    return WaitidResult(child.pid, child.uid, info.signo, child.status, info.code) if child.pid else None


def _pidfd_open(pid: int) -> int:
    """Do what `pidfd_open` does, by the C library, which has a function of that name only since glibc 2.36."""
    return call_libc("syscall", ctypes.c_long(_PIDFD_OPEN), pid, 0)
