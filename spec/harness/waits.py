"""Whether the wait of a blocked process has a time limit, as the kernel shows it.

A process that is asleep at one moment may give up a second later.  The file `/proc/PID/task/TID/syscall
<https://man7.org/linux/man-pages/man5/proc_pid_syscall.5.html>`_ shows the system call that a thread is blocked in,
with its arguments.  They tell whether the thread has asked the kernel to wake it after some time.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from typing import Callable, NamedTuple, Optional

MACHINE = platform.machine()

UNLIMITED, LIMITED, UNKNOWN = "without limit", "for a limited time", "unknown"


class _Call(NamedTuple):
    """A system call that waits.

    Attributes:
        numbers: its number on x86_64 and on aarch64.
        limited: whether a call with these arguments waits for a limited time.
    """

    numbers: dict[str, int]
    limited: Callable[[list[int]], bool]


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
    _Call({"x86_64": 0, "aarch64": 63}, _never),  # read
    _Call({"x86_64": 45, "aarch64": 207}, _never),  # recvfrom
    _Call({"x86_64": 47, "aarch64": 212}, _never),  # recvmsg
    _Call({"x86_64": 1, "aarch64": 64}, _never),  # write
    _Call({"x86_64": 61, "aarch64": 260}, _never),  # wait4
    _Call({"x86_64": 247, "aarch64": 95}, _never),  # waitid
    _Call({"x86_64": 34}, _never),  # pause
    _Call({"x86_64": 202, "aarch64": 98}, _pointer(3)),  # futex
    _Call({"x86_64": 7}, _milliseconds(2)),  # poll
    _Call({"x86_64": 271, "aarch64": 73}, _pointer(2)),  # ppoll
    _Call({"x86_64": 23}, _pointer(4)),  # select
    _Call({"x86_64": 270, "aarch64": 72}, _pointer(4)),  # pselect6
    _Call({"x86_64": 232}, _milliseconds(3)),  # epoll_wait
    _Call({"x86_64": 281, "aarch64": 22}, _milliseconds(3)),  # epoll_pwait
    _Call({"x86_64": 35, "aarch64": 101}, _always),  # nanosleep
    _Call({"x86_64": 230, "aarch64": 115}, _always),  # clock_nanosleep
]
"""The system calls with which Python and the C library wait; see `syscalls(2)
<https://man7.org/linux/man-pages/man2/syscalls.2.html>`_."""

_BY_NUMBER = {call.numbers[MACHINE]: call for call in _CALLS if MACHINE in call.numbers}
_SLEEPS = {call.numbers[MACHINE] for call in _CALLS if MACHINE in call.numbers and call.limited is _always}
_SELECTS = {23, 270} if MACHINE == "x86_64" else {72}
"""On older Pythons `time.sleep` calls select without files."""


def limit_of_wait(pid: int) -> str:
    """Return whether *pid*, which is blocked, waits ``without limit`` or ``for a limited time``.

    It waits without limit if each of its threads does.  The answer is ``unknown`` if this module does not know the
    processor or the system call, or if the file cannot be read.
    """
    limits = {_limit(call) for call in _calls(pid)}
    return next((limit for limit in (LIMITED, UNKNOWN) if limit in limits), UNLIMITED if limits else UNKNOWN)


def sleeps(pid: int) -> bool:
    """Return whether a thread of *pid* sleeps for a time that it has chosen, as `time.sleep` does."""
    return any(call is not None and _is_sleep(*call[:2]) and _limit(call) == LIMITED for call in _calls(pid))


def _is_sleep(number: int, first: int) -> bool:
    """Return whether this system call, with this *first* argument, waits only until a time has passed."""
    return number in _SLEEPS or (number in _SELECTS and first == 0)


def _calls(pid: int) -> Iterator[Optional[list[int]]]:
    """Yield the number and the arguments of the system call that each thread of *pid* is in; None if unknown."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return
    for thread in threads:
        try:
            with open(f"/proc/{pid}/task/{thread}/syscall", encoding="ascii") as file:
                number, *arguments = file.read().split()
        except OSError:
            yield None
            continue
        known = number.isdigit() and len(arguments) >= 6
        yield [int(number), *(int(argument, 16) for argument in arguments[:6])] if known else None


def _limit(call: Optional[list[int]]) -> str:
    if call is None or call[0] not in _BY_NUMBER:
        return UNKNOWN
    number, *arguments = call
    return LIMITED if _BY_NUMBER[number].limited(arguments) else UNLIMITED
