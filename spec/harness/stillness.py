"""Tell a hang by its stillness: every process asleep or stopped, and none woken, look after look.

A machine under load is slow, but what waits for a processor is not asleep.  So stillness, unlike a time limit, does
not mistake slow for hung.  What wakes again and again, only to see that it must wait, is not still but idle: it
hardly uses a processor, though it could.  An endless loop is neither: that takes a time limit.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable
from typing import Callable, Optional

from spec.harness.deadline import Backoff
from spec.harness.process_table import ThreadActivity, demand, descendants, observe_threads, reaped

__tracebackhide__ = True  # where the claim waits, its own line says

TICKS = 2
"""So many switches a second, on average, are a clock that ticks, not a move: the server of a manager looks once a
second whether it is to end.  It shows over some time only; where a short stillness is asked for, nothing may tick."""

LOOKS = 5
"""At least this many looks must agree, so that a machine that was suspended does not seem still."""

IDLE = 0.25
"""What is idle is awake at no more than this share of the looks, and needs no more than this share of a processor."""


class Stillness:
    """Watches a set of processes, one look at a time.

    Args:
        seconds: how long nothing must have moved.

    Attributes:
        elapsed: the seconds for which nothing has moved, as of the last look.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._first: dict[int, Optional[ThreadActivity]] = {}
        self._since = time.monotonic()
        self._looks = 0
        self.elapsed = 0.0

    def lasts(self, pids: Iterable[int]) -> bool:
        """Look at *pids*, and return whether they have been still for long enough.

        A process that comes or goes, runs, or has been switched to more often than a clock ticks, begins the time
        anew.
        """
        looks = {pid: observe_threads(pid) for pid in pids}
        self.elapsed = time.monotonic() - self._since
        still = all(seen is None or seen.asleep or seen.stopped for seen in looks.values())
        if not still or not self._as_at_first(looks, int(self.elapsed * TICKS)):
            self._first, self._since, self._looks, self.elapsed = looks, time.monotonic(), 0, 0.0
        self._looks += 1
        return still and self._looks >= LOOKS and self.elapsed >= self._seconds

    def _as_at_first(self, looks: dict[int, Optional[ThreadActivity]], ticks: int) -> bool:
        """Return whether the same processes are there, and none was switched to more than *ticks* times since."""
        if looks.keys() != self._first.keys():
            return False
        for pid, now in looks.items():
            first = self._first[pid]
            if now is None or first is None:
                if now is not first:
                    return False
            elif now.switches - first.switches > ticks:
                return False
        return True


WATCHED = 10
"""Of many turns, the first so many are watched: that all others wait takes a look at each of them, at each turn."""


class Idleness:
    """Watches a set of processes for waking only to wait again, one look at a time.

    Args:
        seconds: how long nothing must have come of it.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._begin(())

    def lasts(self, pids: Iterable[int]) -> bool:
        """Look at *pids*, and return whether they have been idle for long enough.

        A process that comes or goes begins the time anew, be it between two looks.  One that waits for a processor or
        a disk is not idle.
        """
        seen = {pid: observe_threads(pid) for pid in pids}
        if seen.keys() != self._demands.keys():
            self._begin(seen)
            return False
        self._looks += 1
        self._awake += any(process and not process.asleep and not process.stopped for process in seen.values())
        elapsed = time.monotonic() - self._since
        if elapsed < self._seconds or self._looks < LOOKS:
            return False
        demands, reaps, rests = self._demands, self._reaps, self._awake <= IDLE * self._looks
        self._begin(seen)
        needed = sum(now - demands[pid] for pid, now in self._demands.items())
        return rests and needed <= IDLE * elapsed and self._reaps == reaps

    def _begin(self, pids: Collection[int]) -> None:
        self._demands = {pid: demand(pid) for pid in pids}
        self._reaps = {pid: reaped(pid) for pid in pids}
        self._since, self._looks, self._awake = time.monotonic(), 0, 0


PATIENCE = 0.5
"""For so many seconds may nothing move before what was to come about is given up."""


def until_still(come: Optional[Callable[[], bool]] = None) -> None:
    """Wait until nothing moves that this process has started or adopted, so that only this process can move it.

    What polls, and so wakes again and again, never is still: it may be idle for `PATIENCE` instead.

    Args:
        come: whether what is waited for has come about.  As long as it has not, nothing must have moved for
            `PATIENCE`, since what sleeps for a moment, on its way there, does not move either.  Once it has, all have
            `PATIENCE` to be still, and are not waited for any longer: many who poll look busy.

    Raises:
        Hung: something went on moving until the deadline.
    """
    backoff, stillness, idleness = Backoff("all that was started to be still"), Stillness(0), Idleness(PATIENCE)
    begun = last_missed = time.monotonic()
    while True:
        has_come, started, now = come is None or come(), descendants(os.getpid()), time.monotonic()
        if not has_come:
            last_missed = now
        if stillness.lasts(started) and (has_come or stillness.elapsed >= PATIENCE):
            return
        if now - begun >= PATIENCE and idleness.lasts(started):  # later, for it takes looks of its own
            return
        if come is not None and now - last_missed >= PATIENCE:
            return
        backoff.wait(soon=has_come and stillness.elapsed > 0)
