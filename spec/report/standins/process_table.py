"""In place of `spec.harness.process_table` and what stands on it: it polls."""

from __future__ import annotations

import ctypes
import glob
import os
import re
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Callable, Optional

from spec.harness.process_table import ALIVE, GONE, ZOMBIE, Exit
from spec.report.standins.witness import kernel


def stat(pid: int) -> list[bytes]:
    """Return what /proc/PID/stat tells of *pid* from its state on; nothing if there is no such process."""
    with suppress(OSError), open(f"/proc/{pid}/stat", "rb") as file:
        return file.read().rpartition(b")")[2].split()
    return []


def state(pid: int) -> str:
    """Return whether *pid* is alive, a zombie, which has exited and was not reaped, or gone."""
    return {b"Z": ZOMBIE, b"X": GONE, b"": GONE}.get((stat(pid) or [b""])[0], ALIVE)


def parent(pid: int) -> Optional[int]:
    """Return the parent of *pid*, or None if *pid* is gone."""
    fields = stat(pid)
    return int(fields[1]) if fields else None


def children(pid: int) -> list[int]:
    """Return the children of *pid*, zombies too."""
    return [one for one in map(int, filter(str.isdigit, os.listdir("/proc"))) if stat(one)[1:2] == [b"%d" % pid]]


def descendants(pid: int) -> list[int]:
    """Return the children of *pid*, their children, and so on."""
    parents = {int(name): parent(int(name)) for name in os.listdir("/proc") if name.isdigit()}
    found = [pid]
    for one in found:  # which grows meanwhile
        found += [child for child in parents if parents[child] == one]
    return found[1:]


def until_exited(pid: int) -> None:
    """Wait until *pid* has exited; it may be reaped already."""
    while state(pid) == ALIVE:
        time.sleep(0.001)


def exit_of(pid: int) -> Exit:
    """Wait until *pid*, which nobody was to reap yet, has exited, and return how."""
    until_exited(pid)
    kernel.shows(f"process {pid}, which has exited and which nobody was to reap yet", state(pid), expected=ZOMBIE)
    code = os.waitstatus_to_exitcode(int(stat(pid)[49]))  # exit_code of proc_pid_stat(5)
    return Exit(code, None) if code >= 0 else Exit(None, -code)


def until_gone(pid: int) -> None:
    """Wait until *pid* has exited and was reaped."""
    while state(pid) != GONE:
        time.sleep(0.001)


def threads(pid: int) -> list[list[tuple[str, str]]]:
    """Return the state of each thread of *pid* that has not exited, and how often it was switched to."""
    found = []
    for path in glob.glob(f"/proc/{pid}/task/*/status"):
        with suppress(OSError), open(path, errors="replace") as file:
            found.append(re.findall(r"^State:\t(.)|ctxt_switches:\t(.*)", file.read(), re.MULTILINE))
    return [thread for thread in found if thread and thread[0][0] not in "ZX"]


def is_blocked(*pids: int) -> bool:
    """Return whether each thread of *pids* is asleep, and none is woken over three looks."""
    looks = []
    for _ in range(3):
        looks.append([threads(pid) for pid in pids])
        time.sleep(0.001)
    asleep = all(seen and all(thread[0][0] == "S" for thread in seen) for seen in looks[0])
    return asleep and looks[0] == looks[1] == looks[2]


def until_blocked(pids: Iterable[int]) -> None:
    """Wait until all *pids* are blocked at the same time."""
    pids = [*pids]
    while not is_blocked(*pids):
        for pid in pids:
            if state(pid) != ALIVE:
                raise AssertionError(f"process {pid}: expected to wait, seen {state(pid)}")


def blocks(pid: int) -> bool:
    """Wait until *pid* is blocked or has exited, and return whether it is blocked."""
    return settled(pid) == ALIVE


def settled(pid: int) -> str:
    """Wait until *pid* is blocked or has exited, and return its `state`."""
    while state(pid) == ALIVE and not is_blocked(pid):
        time.sleep(0.001)
    return state(pid)


def until_thread_gone(thread: threading.Thread) -> None:
    """Wait until the kernel knows nothing more of *thread*, one of this process."""
    while os.path.exists(f"/proc/self/task/{thread.native_id}"):
        time.sleep(0.001)


class Backoff:
    """Looks again and again."""

    def __init__(self, what: str) -> None:
        self.what = what

    def wait(self) -> None:
        """Wait until it is time to look again."""
        time.sleep(0.002)


def until_still(come: Optional[Callable[[], bool]] = None) -> None:
    """Wait until nothing that was started moves, for a moment, or longer if what is waited for has not *come*."""
    begun = since = time.monotonic()
    before: dict[int, list[list[tuple[str, str]]]] = {}
    while time.monotonic() - begun < 20:
        now, has_come = {pid: threads(pid) for pid in descendants(os.getpid())}, come is None or come()
        if now != before or any(thread[0][0] not in "ST" for seen in now.values() for thread in seen):
            since, before = time.monotonic(), now
        if time.monotonic() - since > (0.1 if has_come else 0.5):
            return
        begun = begun if has_come else time.monotonic()
        time.sleep(0.005)


def become_subreaper(on: bool = True) -> None:
    """Adopt the orphans among this process's descendants: see PR_SET_CHILD_SUBREAPER in prctl(2)."""
    ctypes.CDLL(None).prctl(36, int(on), 0, 0, 0)
