"""Sound multiprocessing APIs that wait in other ways than the standard library."""

from __future__ import annotations

import os
import select
import time
from contextlib import suppress
from typing import Callable, Optional

from spec.selftest.defects import sound
from spec.selftest.defects.declaration import Broken, Contexts
from spec.selftest.defects.rlocks import HandMadeAgain
from spec.selftest.defects.sound import ForkProcess

Attempt = Callable[[Optional[float]], object]


class Polls(sound.OwnWaits):
    """An API that looks every 5 ms for what it waits for."""

    def wait(self, _call: str, attempt: Attempt) -> object:
        """Make attempts that do not wait until one succeeds."""
        while True:
            with suppress(sound.TimeIsUp):
                return attempt(0)
            time.sleep(0.005)


class WaitsInSlices(sound.OwnWaits):
    """An API that waits for 0.2 s at a time."""

    def wait(self, _call: str, attempt: Attempt) -> object:
        """Make attempts of 0.2 s until one succeeds."""
        while True:
            with suppress(sound.TimeIsUp):
                return attempt(0.2)


class PipeLock:
    """A lock that is free while there is a byte in its pipe."""

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        self._put_back()

    def acquire(self, block: bool = True, timeout: Optional[float] = None) -> bool:
        """Take the byte, and wait for it if that is allowed."""
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            with suppress(BlockingIOError):
                os.read(self._reader, 1)
                return True
            remaining = None if end is None else max(0, end - time.monotonic())
            if not select.select([self._reader], [], [], remaining if block else 0)[0]:
                return False

    def release(self) -> None:
        """Put the byte back.

        Raises:
            ValueError: it is there.
        """
        if select.select([self._reader], [], [], 0)[0]:
            raise ValueError("semaphore or lock released too many times")
        self._put_back()

    def _put_back(self) -> None:
        os.write(self._writer, b"x")


class SentinelProcess(ForkProcess):  # type: ignore[misc]
    """A process that is joined by way of its sentinel."""

    def join(self, timeout: Optional[float] = None) -> None:
        """Wait until the sentinel is ready, then reap the process."""
        if select.select([self.sentinel], [], [], timeout)[0]:
            super().join()


class OfOtherPrimitives(Broken):
    """An API whose lock is made of a pipe, its reentrant lock of a condition, and its join of a sentinel."""

    Process, Lock, RLock = SentinelProcess, PipeLock, HandMadeAgain


contexts = Contexts()
get_context, get_all_start_methods = contexts.get_context, contexts.get_all_start_methods

for api in (Polls, WaitsInSlices, OfOtherPrimitives):
    contexts.add(api)
