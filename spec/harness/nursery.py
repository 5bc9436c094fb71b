"""Let no process outlive the block that started it.

While a nursery is open, the calling process adopts orphans in place of init.  When the nursery closes, every process
that was started inside and does not end by itself is killed, reaped and named.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from typing import NamedTuple, Optional

from spec.harness.process_table import ALIVE, descendants, listed_children, state
from spec.harness.roles import what_runs
from spec.harness.stillness import Stillness
from spec.harness.subreaper import become_subreaper, is_subreaper
from spec.harness.system_calls import P_ALL, WEXITED, WNOHANG, WNOWAIT, waitid

REAPING_INTERVAL = 0.002
"""Seconds between two attempts to reap what is left."""

REAPS_FOR_EACH_LOOK = 10
"""After this many attempts, one look at whether the processes that are left make progress, which costs more."""

BUSY_SECONDS = 5.0
"""Seconds for which processes that are left may run or start others; then all of them are killed."""

LONGEST_STEP = 0.1
"""At most this many seconds count between two looks: if there are more, the machine may have stood still."""


class Leftover(NamedTuple):
    """A process that had to be killed.

    Attributes:
        pid: its number, which may be another's by now.
        runs: what it ran, as `spec.harness.roles.what_runs` tells it.
    """

    pid: int
    runs: str

    def __str__(self) -> str:
        return f"process {self.pid} ({self.runs})"


class Patience:
    """A time limit that counts only the time in which this process runs, and not a pause of its container.

    Args:
        seconds: the limit.
    """

    def __init__(self, seconds: float) -> None:
        self._left, self._last = seconds, time.monotonic()

    def lasts(self) -> bool:
        """Return whether time is left; call it often."""
        now = time.monotonic()
        self._left -= min(now - self._last, LONGEST_STEP)
        self._last = now
        return self._left > 0


class Nursery:
    """A context manager that ends the processes that were started inside it.

    Processes that existed before are left alone.  If the block raises, what is left is killed at once.

    Args:
        grace: seconds for which no remaining process must have made progress before they count as left behind.
            Helper processes of an implementation, such as a fork server or a resource tracker, end when they notice
            that their clients are gone, and get the time for that.

    Attributes:
        leftovers: the processes that had to be killed, filled in when the nursery closes.
    """

    def __init__(self, grace: float = 0.1) -> None:
        self._grace = grace
        self.leftovers: list[Leftover] = []

    def __enter__(self) -> Nursery:
        self._before = frozenset(descendants(os.getpid()) if _has_children() else ())
        self._was_subreaper = is_subreaper()
        become_subreaper()
        return self

    def inside(self) -> list[int]:
        """Return the pids of all processes inside, including zombies, oldest first."""
        return [pid for pid in descendants(os.getpid()) if pid not in self._before]

    def __exit__(self, kind: Optional[type[BaseException]] = None, *exception: object) -> None:
        patience = Patience(BUSY_SECONDS if kind is None else 0)
        while not self._empties(patience):
            if patience.lasts():
                self._kill_youngest()
            else:
                self._kill_children()
        become_subreaper(self._was_subreaper)

    def _empties(self, patience: Patience) -> bool:
        """Reap what exits; return True once no process is left, False once none makes progress or *patience* ends."""
        stillness, turn = Stillness(self._grace), 0
        while self._reap():
            turn += 1
            if not patience.lasts() or (turn % REAPS_FOR_EACH_LOOK == 0 and stillness.lasts(self.inside())):
                return False
            time.sleep(REAPING_INTERVAL)
        return True

    def _reap(self) -> bool:
        """Reap each child from inside that has exited; return whether a child is left, and so any process at all."""
        if not self._before:  # then the kernel tells without a list
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG) != (0, 0):
                    pass
            return _has_children()
        left = False
        for pid in self._children():
            with suppress(ChildProcessError):  # while SIGCHLD is ignored, the kernel reaps
                left = os.waitpid(pid, os.WNOHANG) == (0, 0) or left
        return left or bool(self._children())

    def _children(self) -> list[int]:
        """Return the pids of the children from inside, as the kernel lists them.

        To examine each child takes too long if a child forks and exits over and over: the old one is gone by then,
        and the new one is not there yet.  The kernel's list is never empty while a process is left.
        """
        return [pid for pid in listed_children(os.getpid()) if pid not in self._before]

    def _kill_youngest(self) -> None:
        """Kill the youngest process; a helper process is older than its clients, and may end once they have."""
        for pid in reversed(self.inside()):
            if self._kill(pid):
                return

    def _kill_children(self) -> None:
        """Stop all children, so that they start no more, and kill them; this process then adopts their children."""
        children = self._children()
        for pid in children:
            with suppress(ProcessLookupError):  # while SIGCHLD is ignored; else a child keeps its pid until reaped
                os.kill(pid, signal.SIGSTOP)
        for pid in children:
            self._kill(pid)

    def _kill(self, pid: int) -> bool:
        """Kill *pid*, and return whether there was such a process."""
        if state(pid) != ALIVE:
            return False
        try:
            leftover = Leftover(pid, what_runs(pid, os.getpid()))
            os.kill(pid, signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError):
            return False
        if all(known.pid != pid for known in self.leftovers):  # not killed before, and still on its way out
            self.leftovers.append(leftover)
        return True


def _has_children() -> bool:
    """Return whether this process has a child, running or zombie."""
    try:
        waitid(P_ALL, 0, WEXITED | WNOHANG | WNOWAIT)
    except ChildProcessError:
        return False
    return True
