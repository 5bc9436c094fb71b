"""What the kernel knows of a process: whether it is there, whose child it is, what it waits for.

No function here changes anything: above all, none reaps.
"""

from __future__ import annotations

import os
import re
import select
import signal
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple, Optional

from spec.harness.deadline import Backoff, Deadline
from spec.harness.system_calls import CLD_EXITED, P_PID, WEXITED, WNOWAIT, pidfd_open, waitid
from spec.harness.witness import kernel

__tracebackhide__ = True  # where the claim waits, its own line says

ALIVE, ZOMBIE, GONE = "alive", "zombie", "gone"


def state(pid: int) -> str:
    """Return ``alive``, ``zombie`` (exited, not reaped) or ``gone`` (not in the process table)."""
    fields = stat(pid)
    if not fields:
        return GONE
    return {b"Z": ZOMBIE, b"X": GONE}.get(fields[0], ALIVE)


def parent(pid: int) -> Optional[int]:
    """Return the pid of the parent of *pid*, or None if *pid* is gone."""
    fields = stat(pid)
    return int(fields[1]) if fields else None


def memory(pid: int) -> int:
    """Return the bytes of memory, virtual and resident, that *pid* has; none if it is gone."""
    fields = stat(pid)
    return int(fields[20]) + int(fields[21]) * os.sysconf("SC_PAGE_SIZE") if fields else 0


def cpu_time(pid: int) -> float:
    """Return the seconds of CPU time that *pid* has used, in user and in kernel mode; none if it is gone."""
    fields = stat(pid)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if fields else 0.0


def stat(pid: int) -> list[bytes]:
    """Return the fields of `/proc/PID/stat` from the third on, the state; none if *pid* is gone.

    See `proc_pid_stat(5) <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>`_.
    """
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()  # the name before it may have anything in it
    except (FileNotFoundError, ProcessLookupError):
        return []


def thread_count(pid: int) -> int:
    """Return how many threads *pid* has; none if it is gone."""
    fields = stat(pid)
    return int(fields[17]) if fields else 0


def bytes_read(pid: int, thread: Optional[int] = None) -> Optional[int]:
    """Return how many bytes *pid*, or a *thread* of it, has read in all; None if it is gone or may not be asked.

    See rchar in `proc_pid_io(5) <https://man7.org/linux/man-pages/man5/proc_pid_io.5.html>`_.
    """
    return _transferred(pid, thread, b"rchar")


def bytes_written(pid: int) -> Optional[int]:
    """Return how many bytes *pid* has written in all; None if it is gone or may not be asked.

    See wchar in `proc_pid_io(5) <https://man7.org/linux/man-pages/man5/proc_pid_io.5.html>`_.
    """
    return _transferred(pid, None, b"wchar")


def _transferred(pid: int, thread: Optional[int], what: bytes) -> Optional[int]:
    file = f"/proc/{pid}/io" if thread is None else f"/proc/{pid}/task/{thread}/io"
    with suppress(OSError), open(file, "rb") as counters:
        fields = counters.read().split()
        return int(fields[fields.index(what + b":") + 1])
    return None


def open_files(pid: int) -> int:
    """Return the number of file descriptors that *pid* holds."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except PermissionError:
        if state(pid) != ZOMBIE:
            raise
        with open(f"/proc/{pid}/status", "rb") as file:  # only root may list the files of a zombie: it has none
            size = re.search(rb"^FDSize:\t(\d+)$", file.read(), re.MULTILINE)
        assert size is not None
        return int(size[1])


def children(pid: int) -> list[int]:
    """Return the pids of the children of *pid*, zombies too, oldest first; none if *pid* is gone."""
    return _by_age(listed_children(pid))


def descendants(pid: int) -> list[int]:
    """Return the pids of the children of *pid*, their children, and so on, oldest first."""
    found = listed_children(pid)
    for child in found:  # which grows meanwhile
        found += listed_children(child)
    return _by_age(found)


def listed_children(pid: int) -> list[int]:
    """Return the pids of the children of *pid*, zombies too, as the kernel lists them.

    See children in `proc_pid_task(5) <https://man7.org/linux/man-pages/man5/proc_tid_children.5.html>`_.  A scan of
    the process table, which a kernel without that list needs, costs a look at all processes of the machine.
    """
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:
                found += map(int, file.read().split())
    except (FileNotFoundError, ProcessLookupError):  # *pid* or a thread of it has ended, or there is no such list
        return [other for other in pids() if parent(other) == pid] if state(pid) != GONE else []
    return found


def pids() -> list[int]:
    """Return the pids of all processes."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _by_age(pids: Iterable[int]) -> list[int]:
    """Return those of *pids* that are still there, oldest first, by the time at which they were started."""
    ages = [(int(fields[19]), pid) for pid, fields in ((pid, stat(pid)) for pid in pids) if fields]
    return [pid for _, pid in sorted(ages)]


class Exit(NamedTuple):
    """How a process ended: by itself with a code, or by a signal."""

    code: Optional[int]
    signal: Optional[int]


def exit_in_words(code: Optional[int], signal_number: Optional[int]) -> str:
    """Return how a process ended, as ``exit code 3`` or ``SIGKILL``; real-time signals have no names."""
    if signal_number is None:
        return f"exit code {code}"
    try:
        return signal.Signals(signal_number).name
    except ValueError:
        return f"signal {signal_number}"


def exit_of(pid: int) -> Exit:
    """Wait until *pid*, a child of the caller, has exited, and return how, without reaping it.

    `waitid(2) <https://man7.org/linux/man-pages/man2/waitid.2.html>`_ with WNOWAIT leaves the zombie in place.

    Raises:
        Violation: *pid* was reaped.
        ChildProcessError: it is no child of the caller.
        Hung: it did not exit before the deadline.
    """
    until_exited(pid)
    kernel.shows(f"process {pid}, which has exited and which nobody was to reap yet", state(pid), expected=ZOMBIE)
    result = waitid(P_PID, pid, WEXITED | WNOWAIT)
    assert result is not None
    if result.si_code == CLD_EXITED:
        return Exit(result.si_status, None)
    return Exit(None, result.si_status)


def until_exited(pid: int, seconds: Optional[float] = None) -> None:
    """Wait until *pid*, anybody's child, has exited; it may be reaped already.

    A pidfd becomes readable when its process has exited, and does not reap it: see
    `pidfd_open(2) <https://man7.org/linux/man-pages/man2/pidfd_open.2.html>`_.

    Args:
        seconds: how long to wait at most; the harness's deadline if left out.

    Raises:
        Hung: it did not exit before the deadline.
    """
    deadline = Deadline(f"process {pid} to exit", seconds)
    try:
        pidfd = pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        poll = select.poll()
        poll.register(pidfd, select.POLLIN)
        while not poll.poll(deadline.remaining() * 1000):
            pass
    finally:
        os.close(pidfd)


def until_gone(pid: int) -> None:
    """Wait until *pid* has exited and was reaped.

    Raises:
        Hung: it was not, before the deadline.
    """
    until_exited(pid)
    backoff = Backoff(f"process {pid} to be reaped")
    while state(pid) != GONE:
        backoff.wait()


def until_thread_gone(thread: threading.Thread) -> None:
    """Wait until the kernel knows nothing more of *thread*, one of this process; its join returns somewhat earlier.

    Raises:
        Hung: it was not gone before the deadline.
    """
    backoff = Backoff(f"thread {thread.native_id} to be gone")
    while os.path.exists(f"/proc/self/task/{thread.native_id}"):
        backoff.wait()


class ThreadActivity(NamedTuple):
    """What the threads of a process do.

    Attributes:
        asleep: whether each is asleep.
        switches: how often they have been switched to, all in all.
        stopped: whether the process is, by SIGSTOP or the like.
    """

    asleep: bool
    switches: int
    stopped: bool = False


def observe_threads(pid: int) -> Optional[ThreadActivity]:
    """Look at every thread of *pid* in /proc; return None if *pid* has exited.

    State S in `/proc/PID/task/TID/status <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>`_ is
    an interruptible sleep, such as waiting for a lock or in a read.
    """
    states, switches = set(), 0
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except (FileNotFoundError, ProcessLookupError):
        return None
    for thread in threads:
        with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            with open(f"/proc/{pid}/task/{thread}/status", "rb") as file:
                seen = _STATUS.search(file.read())
            if seen and seen["state"] not in b"ZX":
                states.add(seen["state"])
                switches += int(seen["voluntary"]) + int(seen["nonvoluntary"])
    return ThreadActivity(states == {b"S"}, switches, states == {b"T"}) if states else None


_STATUS = re.compile(
    rb"^State:\t(?P<state>\w).*"
    rb"^voluntary_ctxt_switches:\t(?P<voluntary>\d+)\nnonvoluntary_ctxt_switches:\t(?P<nonvoluntary>\d+)",
    re.MULTILINE | re.DOTALL,
)


def demand(pid: int) -> float:
    """Return the seconds for which the threads of *pid* have run, or waited for a processor to run on.

    Zero if *pid* has exited, or if the kernel does not count: see
    `sched-stats <https://docs.kernel.org/scheduler/sched-stats.html>`_.
    """
    nanoseconds = 0
    with suppress(FileNotFoundError, ProcessLookupError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with suppress(FileNotFoundError, ProcessLookupError):
                with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as file:
                    ran, waited, _ = file.read().split()
                nanoseconds += int(ran) + int(waited)
    return nanoseconds / 1e9


def reaped(pid: int) -> int:
    """Return a number that grows with each child that *pid* reaps, however briefly that has lived.

    It is that of their page faults, of which the start of a process takes many; zero if *pid* has exited.  See
    cminflt in `/proc/PID/stat <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>`_.
    """
    fields = stat(pid)
    return int(fields[8]) if fields else 0


def is_blocked(pid: int) -> bool:
    """Return whether *pid* is blocked: each thread asleep, and none woken over three looks, 1 ms apart.

    What is merely preempted is not asleep, so load on the machine does not make a process look blocked.
    """
    return _are_blocked([pid])


def _are_blocked(pids: Sequence[int]) -> bool:
    """Return whether all *pids* are blocked at the same time."""
    first = [observe_threads(pid) for pid in pids]
    if not all(sleep and sleep.asleep for sleep in first):
        return False
    for _ in range(2):
        time.sleep(0.001)
        if [observe_threads(pid) for pid in pids] != first:
            return False
    return True


def until_blocked(pids: Iterable[int]) -> None:
    """Wait until all *pids* are blocked at the same time, as `is_blocked` says.

    Raises:
        Violation: one has exited, so it never will be.
        Hung: one went on running until the deadline.
    """
    exited = _first_exited(list(pids))
    if exited is not None:
        kernel.shows(f"process {exited}, which is to wait for something", state(exited), expected=ALIVE)


def _first_exited(pids: Sequence[int]) -> Optional[int]:
    """Wait until all *pids* are blocked at the same time, and return None, or until one has exited, and return it."""
    backoff = Backoff(f"{', '.join(f'process {pid}' for pid in pids)} to block")
    while not _are_blocked(pids):
        for pid in pids:
            if observe_threads(pid) is None:
                return pid
        backoff.wait()
    return None


def blocks(pid: int) -> bool:
    """Wait until *pid* is blocked or has exited, and return whether it is blocked.

    Raises:
        Hung: it went on running until the deadline.
    """
    return settled(pid) == ALIVE


def settled(pid: int) -> str:
    """Wait until *pid* is blocked or has exited, and return its `state`.

    Raises:
        Hung: it went on running until the deadline.
    """
    _first_exited([pid])
    return state(pid)
