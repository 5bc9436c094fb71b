"""Tell a hang by its stillness: every process asleep or stopped, and none woken, look after look.

A machine under load is slow, but what waits for a processor is not asleep.  So stillness, unlike a time limit, does
not mistake slow for hung.  It does not see an endless loop: that takes a time limit.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Optional

from spec.harness.process_table import Sleep, look

TICKS = 2
"""So many switches a second, on average, are a clock that ticks, not a move: the server of a manager looks once a
second whether it is to end.  It shows over some time only; where a short stillness is asked for, nothing may tick."""

LOOKS = 5
"""At least this many looks must agree, so that a machine that was suspended does not seem still."""


class Stillness:
    """Watches a set of processes, one look at a time.

    Args:
        seconds: how long nothing must have moved.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._first: dict[int, Optional[Sleep]] = {}
        self._since = time.monotonic()
        self._looks = 0

    def lasts(self, pids: Iterable[int]) -> bool:
        """Look at *pids*, and return whether they have been still for long enough.

        A process that comes or goes, runs, or has been switched to more often than a clock ticks, begins the time
        anew.
        """
        looks = {pid: look(pid) for pid in pids}
        elapsed = time.monotonic() - self._since
        still = all(seen is None or seen.asleep or seen.stopped for seen in looks.values())
        if not still or not self._as_at_first(looks, int(elapsed * TICKS)):
            self._first, self._since, self._looks, elapsed = looks, time.monotonic(), 0, 0.0
        self._looks += 1
        return still and self._looks >= LOOKS and elapsed >= self._seconds

    def _as_at_first(self, looks: dict[int, Optional[Sleep]], ticks: int) -> bool:
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
