"""Recognize a hang: no process makes progress.

Processes are *still* if each is asleep or stopped, and none has been woken between several looks.  On a machine under
load a process is slow, but while it waits for a processor it is not asleep.  So stillness, unlike a time limit, does
not mistake a slow process for a hung one.

Processes are *idle* if they wake again and again, only to wait again, as in polling.  They hardly use a processor,
although they could.  An endless loop is neither still nor idle; only a time limit ends it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable
from typing import Callable, Optional

from spec.harness.deadline import Backoff
from spec.harness.process_table import ThreadActivity, demand, descendants, observe_threads, reaped

__tracebackhide__ = True  # a traceback ends at the line of the claim that waits

TICKS_PER_SECOND = 2
"""Context switches a second, on average, that do not count as progress.

The server of a manager wakes once a second to check whether it must end.  Where less than half a second of stillness
is asked for, no switch is allowed.
"""

LEAST_LOOKS = 5
"""At least this many looks must agree, so that processes do not seem still because the machine was suspended."""

IDLE_SHARE = 0.25
"""Idle processes are awake in no more than this share of the looks, and use at most this share of a processor."""


class Stillness:
    """Finds out, one look at a time, whether a set of processes is still.

    Args:
        seconds: how long the processes must have been still.

    Attributes:
        elapsed: the seconds for which they had been still at the last look.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._first: dict[int, Optional[ThreadActivity]] = {}
        self._since = time.monotonic()
        self._looks = 0
        self.elapsed = 0.0

    def lasts(self, pids: Iterable[int]) -> bool:
        """Look at the processes *pids*, and return whether they have been still for long enough.

        The time begins again if a process starts, ends or runs, or has been switched to more often than
        `TICKS_PER_SECOND` allows.
        """
        looks = {pid: observe_threads(pid) for pid in pids}
        self.elapsed = time.monotonic() - self._since
        still = all(seen is None or seen.asleep or seen.stopped for seen in looks.values())
        if not still or not self._as_at_first(looks, int(self.elapsed * TICKS_PER_SECOND)):
            self._first, self._since, self._looks, self.elapsed = looks, time.monotonic(), 0, 0.0
        self._looks += 1
        return still and self._looks >= LEAST_LOOKS and self.elapsed >= self._seconds

    def _as_at_first(self, looks: dict[int, Optional[ThreadActivity]], ticks: int) -> bool:
        """Return whether the processes are the same, and none has been switched to more than *ticks* times since."""
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
"""Where many processes take turns, claims watch this many turns, the first ones.

A claim that watches a turn waits until all other processes are still.  That takes a look at each of them.
"""


class Idleness:
    """Finds out, one look at a time, whether a set of processes is idle.

    Args:
        seconds: how long the processes must have been idle.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._begin(())

    def lasts(self, pids: Iterable[int]) -> bool:
        """Look at the processes *pids*, and return whether they have been idle for long enough.

        The time begins again if a process starts or ends, even between two looks.  A process that waits for a
        processor or a disk is not idle.
        """
        seen = {pid: observe_threads(pid) for pid in pids}
        if seen.keys() != self._demands.keys():
            self._begin(seen)
            return False
        self._looks += 1
        self._awake += any(process and not process.asleep and not process.stopped for process in seen.values())
        elapsed = time.monotonic() - self._since
        if elapsed < self._seconds or self._looks < LEAST_LOOKS:
            return False
        demands, reaps, rests = self._demands, self._reaps, self._awake <= IDLE_SHARE * self._looks
        self._begin(seen)
        needed = sum(now - demands[pid] for pid, now in self._demands.items())
        return rests and needed <= IDLE_SHARE * elapsed and self._reaps == reaps

    def _begin(self, pids: Collection[int]) -> None:
        self._demands = {pid: demand(pid) for pid in pids}
        self._reaps = {pid: reaped(pid) for pid in pids}
        self._since, self._looks, self._awake = time.monotonic(), 0, 0


SETTLING_SECONDS = 0.5
"""For this long processes must be still, or idle, before an event that has not happened is no longer expected."""


def until_still(happened: Optional[Callable[[], bool]] = None) -> None:
    """Wait until all processes that this process has started or adopted are still: only this process can wake them.

    A process that polls is never still.  So the wait also ends when the processes have been idle for
    `SETTLING_SECONDS`.

    Args:
        happened: returns whether the expected event has happened.  Until it has, the processes must be still for
            `SETTLING_SECONDS`, because a process that sleeps for a moment before the event is still as well.  Once it
            has, the wait takes no longer than `SETTLING_SECONDS`, because many processes that poll look busy.

    Raises:
        Hung: the processes made progress until the deadline.
    """
    backoff, stillness = Backoff("all processes that were started to be still"), Stillness(0)
    idleness = Idleness(SETTLING_SECONDS)
    begun = last_missed = time.monotonic()
    while True:
        has_happened, started, now = happened is None or happened(), descendants(os.getpid()), time.monotonic()
        if not has_happened:
            last_missed = now
        if stillness.lasts(started) and (has_happened or stillness.elapsed >= SETTLING_SECONDS):
            return
        if now - begun >= SETTLING_SECONDS and idleness.lasts(started):  # not before, as these looks take time
            return
        if happened is not None and now - last_missed >= SETTLING_SECONDS:
            return
        backoff.wait(soon=has_happened and stillness.elapsed > 0)


def is_stopped(pid: int) -> bool:
    """Return whether *pid* is stopped, as by SIGSTOP, once all processes that this process has started are still.

    Raises:
        Hung: the processes made progress until the deadline.
    """
    until_still()
    activity = observe_threads(pid)
    return activity is not None and activity.stopped
