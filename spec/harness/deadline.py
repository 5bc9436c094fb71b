"""How long the harness waits for an event, at most.

A deadline only ever decides a failure.  No claim passes because time went by.
"""

from __future__ import annotations

import time
from typing import Optional

__tracebackhide__ = True  # where the claim waits, its own line says

SECONDS = 30.0
"""Far more than any event takes, also on a loaded machine."""


class Hung(BaseException):
    """What was waited for never happened.

    Not an `Exception`, so that no ``except Exception`` in what is under test can swallow it.
    """

    __module__ = "builtins"  # shown to users: the bare name says enough


class Crashed(BaseException):
    """A process that called the API for the claim has died, so that what the claim waits for cannot happen.

    Not an `Exception`, for the same reason as `Hung`.
    """

    __module__ = "builtins"


class Deadline:
    """A point in time after which waiting is given up.

    Args:
        what: what is waited for, in words that follow "waited for".
        seconds: how long from now; `SECONDS` if left out.
    """

    def __init__(self, what: str, seconds: Optional[float] = None) -> None:
        self._what = what
        self._seconds = SECONDS if seconds is None else seconds
        self._end = time.monotonic() + self._seconds

    def remaining(self) -> float:
        """Return the seconds left, more than zero.

        Raises:
            Hung: none are left.
        """
        remaining = self._end - time.monotonic()
        if remaining <= 0:
            raise self.expired()
        return remaining

    def expired(self, so_far: Optional[str] = None) -> Hung:
        """Return the exception to raise when time is up."""
        suffix = f"; {so_far}" if so_far else ""
        return Hung(f"waited {self._seconds:g} s for {self._what}{suffix}")


class Backoff:
    """How often to look for what nothing tells: every millisecond at first, then less and less.

    To look takes a processor, which what is waited for may need.

    Args:
        what: what is waited for, in words that follow "waited for".
    """

    LEAST, MOST, GROWTH = 0.001, 0.016, 1.25

    def __init__(self, what: str) -> None:
        self._deadline = Deadline(what)
        self._between = self.LEAST

    def wait(self, soon: bool = False) -> None:
        """Wait until it is time to look again.

        Args:
            soon: whether what is looked for may be about to come, so that it is worth to look often again.

        Raises:
            Hung: it did not come before the deadline.
        """
        self._between = self.LEAST if soon else min(self._between * self.GROWTH, self.MOST)
        time.sleep(min(self._between, self._deadline.remaining()))
