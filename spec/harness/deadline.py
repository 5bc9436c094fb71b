"""The longest time that the harness waits for an event.

A deadline can only decide that a claim fails.  No claim holds because time has passed.
"""

from __future__ import annotations

import time
from types import FrameType
from typing import Optional

from spec.harness.event_log import log_failure

__tracebackhide__ = True  # a traceback ends at the line of the claim that waits

DEADLINE_SECONDS = 30.0
"""The limit for each event, in seconds.  It is far more than any event takes, even on a machine under load."""


class Hung(BaseException):
    """An expected event has not happened in time.

    It is no `Exception`, so that ``except Exception`` in the code under test does not catch it.
    """

    __module__ = "builtins"  # users see the name without a module


class Crashed(BaseException):
    """A process that called the API for the claim has died, so that what the claim waits for cannot happen.

    Not an `Exception`, for the same reason as `Hung`.
    """

    __module__ = "builtins"


class Deadline:
    """The point in time at which a wait ends with a failure.

    Args:
        what: the expected event, in words that follow "expected", such as ``process 7 to exit``.
        seconds: the time from now; `DEADLINE_SECONDS` if left out.

    Attributes:
        what: the expected event, in these words.
    """

    def __init__(self, what: str, seconds: Optional[float] = None) -> None:
        self.what = what
        self._seconds = DEADLINE_SECONDS if seconds is None else seconds
        self._end = time.monotonic() + self._seconds

    def remaining(self) -> float:
        """Return the seconds that are left, more than zero.

        Raises:
            Hung: no time is left.
        """
        remaining = self._end - time.monotonic()
        if remaining <= 0:
            raise self.expired()
        return remaining

    def expired(self, seen: Optional[str] = None) -> Hung:
        """Return the exception to raise when no time is left.

        Args:
            seen: how much of the event has happened, in words that follow "seen".
        """
        suffix = f", seen {seen}" if seen else ""
        log_failure("", self.what, f"not within {self._seconds:g} s{suffix}")
        return Hung(f"expected {self.what} within {self._seconds:g} s{suffix}")


class Backoff:
    """The pauses between two checks for an event that the kernel does not announce.

    They begin with a millisecond and grow, because each check takes CPU time that the event itself may need.  All of
    them together last no longer than a `Deadline`.

    Args:
        what: the expected event, in words that follow "expected".

    Attributes:
        what: the same as the argument.
        LEAST: the first pause, in seconds.
        MOST: the longest pause, in seconds.
        GROWTH: the factor by which each pause is longer than the one before.
    """

    LEAST, MOST, GROWTH = 0.001, 0.016, 1.25

    def __init__(self, what: str) -> None:
        self.what, self._deadline = what, Deadline(what)
        self._between = self.LEAST

    def wait(self, soon: bool = False) -> None:
        """Wait until it is time for the next check.

        Args:
            soon: whether the event seems near, so that the pauses begin with the shortest one again.

        Raises:
            Hung: the deadline has passed.
        """
        self._between = self.LEAST if soon else min(self._between * self.GROWTH, self.MOST)
        time.sleep(min(self._between, self._deadline.remaining()))


def awaited(frame: Optional[FrameType]) -> str:
    """Return the event that the code of *frame* waits for, or the code that called it; empty if for none.

    Such code has the `Deadline` or the `Backoff` of the wait as a local variable.

    Args:
        frame: where a thread is, as a signal handler gets it.
    """
    while frame is not None:
        for value in frame.f_locals.values():
            if isinstance(value, (Deadline, Backoff)):
                return value.what
        frame = frame.f_back
    return ""
