"""Whether the wait of a blocked process has a time limit, as the kernel shows it.

A process that is asleep at one moment may give up a second later.  The file `/proc/PID/task/TID/syscall
<https://man7.org/linux/man-pages/man5/proc_pid_syscall.5.html>`_ shows the system call that a thread is blocked in,
with its arguments.  They tell whether the thread has asked the kernel to wake it after some time.  Timers and the
timeouts of sockets end a wait too, and are not among the arguments.
"""

from __future__ import annotations

import os
import platform
import signal
import socket
from contextlib import suppress
from typing import Callable, NamedTuple, Optional

from spec.harness.signal_state import signals_of
from spec.harness.system_calls import call_libc, pidfd_open

MACHINE = platform.machine()

UNLIMITED, LIMITED, UNKNOWN = "without limit", "for a limited time", "unknown"


class _Call(NamedTuple):
    """A system call that waits.

    Attributes:
        name: its name, without the number that a newer version of the call ends in.
        numbers: its number on x86_64 and on aarch64.
        limited: whether a call with these arguments waits for a limited time.
        timeout: the option of a socket that limits the call if its first argument is a socket.
    """

    name: str
    numbers: dict[str, int]
    limited: Callable[[list[int]], bool]
    timeout: Optional[int] = None


def _never(_arguments: list[int]) -> bool:
    return False


def _always(_arguments: list[int]) -> bool:
    return True


def _pointer(position: int) -> Callable[[list[int]], bool]:
    """The argument at this *position* is the address of a time, or zero for no limit."""
    return lambda arguments: arguments[position] != 0


def _milliseconds(position: int) -> Callable[[list[int]], bool]:
    """The argument at this *position* is a number of milliseconds, or negative for no limit."""
    return lambda arguments: not arguments[position] & 0x8000_0000


_CALLS = [
    _Call("read", {"x86_64": 0, "aarch64": 63}, _never, socket.SO_RCVTIMEO),
    _Call("recvfrom", {"x86_64": 45, "aarch64": 207}, _never, socket.SO_RCVTIMEO),
    _Call("recvmsg", {"x86_64": 47, "aarch64": 212}, _never, socket.SO_RCVTIMEO),
    _Call("accept", {"x86_64": 43, "aarch64": 202}, _never, socket.SO_RCVTIMEO),
    _Call("accept4", {"x86_64": 288, "aarch64": 242}, _never, socket.SO_RCVTIMEO),
    _Call("write", {"x86_64": 1, "aarch64": 64}, _never, socket.SO_SNDTIMEO),
    _Call("flock", {"x86_64": 73, "aarch64": 32}, _never),
    _Call("fcntl", {"x86_64": 72, "aarch64": 25}, _never),
    _Call("wait4", {"x86_64": 61, "aarch64": 260}, _never),
    _Call("waitid", {"x86_64": 247, "aarch64": 95}, _never),
    _Call("pause", {"x86_64": 34}, _never),
    _Call("futex", {"x86_64": 202, "aarch64": 98}, _pointer(3)),
    _Call("poll", {"x86_64": 7}, _milliseconds(2)),
    _Call("ppoll", {"x86_64": 271, "aarch64": 73}, _pointer(2)),
    _Call("select", {"x86_64": 23}, _pointer(4)),
    _Call("pselect6", {"x86_64": 270, "aarch64": 72}, _pointer(4)),
    _Call("epoll_wait", {"x86_64": 232}, _milliseconds(3)),
    _Call("epoll_pwait", {"x86_64": 281, "aarch64": 22}, _milliseconds(3)),
    _Call("nanosleep", {"x86_64": 35, "aarch64": 101}, _always),
    _Call("clock_nanosleep", {"x86_64": 230, "aarch64": 115}, _always),
]
"""The system calls with which Python and the C library wait; see `syscalls(2)
<https://man7.org/linux/man-pages/man2/syscalls.2.html>`_."""

_BY_NUMBER = {call.numbers[MACHINE]: call for call in _CALLS if MACHINE in call.numbers}
_SLEEPS = {call.numbers[MACHINE] for call in _CALLS if MACHINE in call.numbers and call.limited is _always}
_SELECTS = {23, 270} if MACHINE == "x86_64" else {72}
"""On older Pythons `time.sleep` calls select without files."""


class BlockingCall(NamedTuple):
    """A system call that a thread is in.

    Attributes:
        name: the name of the call, as in ``read``.
        arguments: its arguments: numbers, descriptors or addresses.
    """

    name: str
    arguments: list[int]


def blocking_call(pid: int) -> Optional[BlockingCall]:
    """Return the call in which the main thread of *pid* waits, or None if this module does not know it."""
    return blocking_calls(pid).get(pid)


def blocking_calls(pid: int) -> dict[int, BlockingCall]:
    """Return the calls in which the threads of *pid* wait, as far as this module knows them, by thread."""
    return {
        thread: BlockingCall(_BY_NUMBER[call[0]].name, call[1:])
        for thread, call in _calls(pid).items()
        if call and call[0] in _BY_NUMBER
    }


def has_limit(call: BlockingCall) -> bool:
    """Return whether the arguments of *call* limit how long it waits."""
    return next(known for known in _CALLS if known.name == call.name).limited(call.arguments)


def limit_of_wait(pid: int) -> str:
    """Return whether *pid*, which is blocked, waits ``without limit`` or ``for a limited time``.

    It waits without limit if each of its threads does.  The answer is ``unknown`` if a timer may end a wait, if this
    module does not know the processor or the system call, or if the file cannot be read.
    """
    limits = set(limits_of_waits(pid).values())
    if not limits or (LIMITED not in limits and has_timer(pid)):
        return UNKNOWN
    return next((limit for limit in (LIMITED, UNKNOWN) if limit in limits), UNLIMITED)


def limits_of_waits(pid: int) -> dict[int, str]:
    """Return for each thread of *pid*, by its number, the limit of its wait; none if *pid* is gone."""
    return {thread: _limit(pid, call) for thread, call in _calls(pid).items()}


def has_timer(pid: int) -> bool:
    """Return whether *pid* has a timer, or seems to have one.

    Such are a timer of `timer_create(2) <https://man7.org/linux/man-pages/man2/timer_create.2.html>`_, a file of
    `timerfd_create(2) <https://man7.org/linux/man-pages/man2/timerfd_create.2.html>`_, and a handler of SIGALRM: the
    kernel shows nothing else of `setitimer(2) <https://man7.org/linux/man-pages/man2/setitimer.2.html>`_.
    """
    with suppress(OSError):  # it is gone
        if signal.SIGALRM in signals_of(pid, "SigCgt"):
            return True
    with suppress(OSError), open(f"/proc/{pid}/timers", "rb") as file:
        if file.read():
            return True
    with suppress(OSError):
        return any(_target(pid, name).endswith("[timerfd]") for name in os.listdir(f"/proc/{pid}/fd"))
    return False


def waits_for_limited_time(pid: int) -> bool:
    """Return whether a thread of *pid* waits for something, or sleeps, for a time that it has chosen."""
    return LIMITED in limits_of_waits(pid).values()


def sleeps(pid: int) -> bool:
    """Return whether a thread of *pid* sleeps for a time that it has chosen, as `time.sleep` does."""
    return any(call and _is_sleep(*call[:2]) and _limit(pid, call) == LIMITED for call in _calls(pid).values())


def _is_sleep(number: int, first: int) -> bool:
    """Return whether this system call, with this *first* argument, waits only until a time has passed."""
    return number in _SLEEPS or (number in _SELECTS and first == 0)


def _calls(pid: int) -> dict[int, Optional[list[int]]]:
    """Return the number and the arguments of the system call that each thread of *pid* is in; None if unknown."""
    calls: dict[int, Optional[list[int]]] = {}
    with suppress(OSError):
        for thread in map(int, os.listdir(f"/proc/{pid}/task")):
            calls[thread] = None
            with suppress(OSError), open(f"/proc/{pid}/task/{thread}/syscall", encoding="ascii") as file:
                number, *arguments = file.read().split()
                if number.isdigit() and len(arguments) >= 6:
                    calls[thread] = [int(number), *(int(argument, 16) for argument in arguments[:6])]
    return calls


def _limit(pid: int, call: Optional[list[int]]) -> str:
    if call is None or call[0] not in _BY_NUMBER:
        return UNKNOWN
    known, arguments = _BY_NUMBER[call[0]], call[1:]
    if known.timeout is not None and _socket_has_timeout(pid, arguments[0], known.timeout):
        return LIMITED
    return LIMITED if known.limited(arguments) else UNLIMITED


_PIDFD_GETFD = 438
"""The number of `pidfd_getfd(2) <https://man7.org/linux/man-pages/man2/pidfd_getfd.2.html>`_ on every processor."""


def _socket_has_timeout(pid: int, descriptor: int, option: int) -> bool:
    """Return whether *descriptor* of *pid* is a socket for which this *option* sets a time; False if unknown.

    See SO_RCVTIMEO in `socket(7) <https://man7.org/linux/man-pages/man7/socket.7.html>`_.
    """
    with suppress(OSError):
        if _target(pid, str(descriptor)).startswith("socket:"):
            pidfd = pidfd_open(pid)
            try:
                copy = call_libc("syscall", _PIDFD_GETFD, pidfd, descriptor, 0)
            finally:
                os.close(pidfd)
            with socket.socket(fileno=copy) as duplicate:
                return any(duplicate.getsockopt(socket.SOL_SOCKET, option, 16))
    return False


def _target(pid: int, descriptor: str) -> str:
    """Return what *descriptor* of *pid* stands for, as the kernel names it; empty if it is closed."""
    with suppress(OSError):
        return os.readlink(f"/proc/{pid}/fd/{descriptor}")
    return ""
