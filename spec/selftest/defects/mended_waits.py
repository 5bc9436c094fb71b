"""Waits whose timeout may have any length, unlike that of the standard library."""

from __future__ import annotations

import math
import time
from functools import partial
from multiprocessing import connection
from typing import Any

from spec.selftest.defects import sound
from spec.selftest.defects.connection_waits import BrokenWait
from spec.selftest.defects.sound import ForkProcess

wait_once: Any = connection.wait

LONGEST_PART = 1_000_000.0
"""Seconds that one call of `poll(2)` can wait for, which has its timeout in milliseconds, in a C `int`."""


def _in_parts(attempt, timeout):
    """Call *attempt* with no more than `LONGEST_PART` seconds, until what it returns is true or *timeout* is over."""
    end = math.inf if timeout is None else time.monotonic() + timeout
    while True:
        left = end - time.monotonic()
        found = attempt(min(left, LONGEST_PART))
        if found or left <= LONGEST_PART:
            return found


class _JoinsInParts(ForkProcess):
    def join(self, timeout=None):
        if timeout is None:
            super().join()
        else:
            _in_parts(self._has_ended, timeout)

    def _has_ended(self, seconds):
        super().join(seconds)
        return self.exitcode is not None


class _Queue(sound.Queue):
    def _reset(self, after_fork=False):
        super()._reset(after_fork)
        poll = self._reader.poll
        self._poll = lambda timeout=0.0: _in_parts(poll, timeout)


class Waits(BrokenWait):
    """Joins, and waits for connections and for the items of queues, whose timeout may be long."""

    Process = _JoinsInParts
    Queue = _Queue

    @staticmethod
    def wait(object_list, timeout=None):
        return _in_parts(partial(wait_once, [*object_list]), timeout)

    def Pipe(self, duplex=True):
        ends = super().Pipe(duplex)
        for end in ends:
            end.poll = partial(_in_parts, end.poll)
        return ends
