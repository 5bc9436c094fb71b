"""See to it that no process outlives what started it.

While a nursery is open, orphans come to the calling process instead of to init; when it closes, everything
that was started inside, and does not go by itself, is killed and reaped, and named.
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

LOOK = 0.002
"""Seconds between two looks at whether anybody is left."""

TURNS = 10
"""How many such looks there are to one at whether those who are left move, which takes longer."""

PATIENCE = 5.0
"""Seconds until all is killed that goes on running, or starting others, instead of sleeping or going."""

PAUSE = 0.1
"""Of the time between two looks at most so many seconds count: in a longer one the machine may have stood still."""


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
    """Lasts for a time in which this process runs: none of it goes by while a container is paused, for instance.

    Args:
        seconds: how long.
    """

    def __init__(self, seconds: float) -> None:
        self._left, self._last = seconds, time.monotonic()

    def lasts(self) -> bool:
        """Look, often, whether it lasts."""
        now = time.monotonic()
        self._left -= min(now - self._last, PAUSE)
        self._last = now
        return self._left > 0


class Nursery:
    """A context manager that ends what was started inside it.

    What existed before is left alone.  If the block raises, there is no patience with what is left.

    Args:
        grace: seconds that all remaining processes must have been still before they count as left behind.
            Helpers of an implementation (a fork server, a resource tracker) end by themselves when they see
            that their clients are gone, and are given the time to.

    Attributes:
        leftovers: those that had to be killed, filled in when the nursery closes.
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
        """Return the pids of all processes inside, zombies too, oldest first."""
        return [pid for pid in descendants(os.getpid()) if pid not in self._before]

    def __exit__(self, kind: Optional[type[BaseException]] = None, *exception: object) -> None:
        patience = Patience(PATIENCE if kind is None else 0)
        while not self._empties(patience):
            if patience.lasts():
                self._kill_youngest()
            else:
                self._kill_children()
        become_subreaper(self._was_subreaper)

    def _empties(self, patience: Patience) -> bool:
        """Reap whoever exits; return True once nobody is left, False once those left are still or *patience* ends."""
        stillness, turn = Stillness(self._grace), 0
        while self._reap():
            turn += 1
            if not patience.lasts() or (turn % TURNS == 0 and stillness.lasts(self.inside())):
                return False
            time.sleep(LOOK)
        return True

    def _reap(self) -> bool:
        """Reap each child from inside that has exited; return whether any child is left, and so anybody at all."""
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
        """Return the pids of the children from inside, by the kernel's own list.

        A look at every child takes too long where one forks and exits, over and over: it would find neither the old
        one any more nor the new one yet.  The list is never empty while somebody is left.
        """
        return [pid for pid in listed_children(os.getpid()) if pid not in self._before]

    def _kill_youngest(self) -> None:
        """Kill one process; helpers are older than what they help, and may then end by themselves."""
        for pid in reversed(self.inside()):
            if self._kill(pid):
                return

    def _kill_children(self) -> None:
        """Kill all children, stopped first so that they start no more; theirs are then this process's children."""
        children = self._children()
        for pid in children:
            with suppress(ProcessLookupError):  # while SIGCHLD is ignored; else a child keeps its pid until reaped
                os.kill(pid, signal.SIGSTOP)
        for pid in children:
            self._kill(pid)

    def _kill(self, pid: int) -> bool:
        """Kill *pid*, and return whether it was there to be killed."""
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
    """Return whether this process has a child, a zombie too."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True
