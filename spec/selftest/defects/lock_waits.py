"""Locks whose acquire waits too long, not at all, or returns a wrong value."""

from __future__ import annotations

from pathlib import Path

from spec.selftest.defects import sound
from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


@family.breaks("lock.timeout-may-be-long")
class LongTimeoutsOverflow(Broken):
    """A timeout whose milliseconds are more than a C `int` holds is over at once."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            return super().acquire(block, 0 if (timeout or 0) > 2**31 / 1000 else timeout)


@family.breaks("lock.acquire-can-refuse-to-wait")
class AlwaysWaits(Broken):
    """A non-blocking acquire waits."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            return super().acquire(True, timeout)


@family.breaks("lock.acquire-can-refuse-to-wait")
class RaisesInsteadOfFalse(Broken):
    """A non-blocking acquire raises an exception instead of returning false."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            if not block and not self.free:
                raise BlockingIOError("the lock is held")
            return super().acquire(block, timeout)


@family.breaks("lock.acquire-can-refuse-to-wait", "lock.each-is-independent")
class ReturnsNothing(Broken):
    """`acquire()` returns None, whether it got the lock or not."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            super().acquire(block, timeout)


@family.breaks("lock.acquire-can-refuse-to-wait", "lock.is-not-reentrant")
class FreedByWhoeverTries(Broken):
    """A non-blocking acquire that fails frees the lock."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            acquired = super().acquire(block, timeout)
            if not block and not acquired:
                self.release()
            return acquired


@family.breaks("lock.acquire-can-be-timed", "lock.timed-wait-ends-amid-signals")
class WaitsForEver(Broken):
    """`acquire()` ignores its timeout."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            return super().acquire(block)


@family.breaks("lock.acquire-can-be-timed")
class DoesNotWaitIfTimed(Broken):
    """An acquire with a timeout does not wait at all."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            return super().acquire(block and timeout is None)


@family.breaks("lock.acquire-can-be-timed")
class TakesSecondsForMilliseconds(Broken):
    """`acquire()` takes its timeout for milliseconds."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            return super().acquire(block, None if timeout is None else timeout / 1000)


@family.breaks("lock.acquire-can-be-timed")
class AcquiredWhenTimeIsUp(Broken):
    """An acquire returns true when its time is over."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            return super().acquire(block, timeout) or (block and timeout is not None)


@family.breaks("lock.acquire-can-be-timed")
class RaisesWhenTimeIsUp(Broken):
    """An acquire raises an exception when its time is over."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            if super().acquire(block, timeout):
                return True
            if block:
                raise TimeoutError("the lock is held")
            return False


@family.breaks("lock.acquire-can-be-timed")
class NeverAcquiredIfTimed(Broken):
    """An acquire with a timeout always fails, even if the lock is released in time."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            if not block or timeout is None:
                return super().acquire(block)
            with self.changed:
                self.changed.wait_for(lambda: self.free, timeout)
            return False


_open, _replace = Path.open, Path.replace


@family.breaks("lock.acquire-takes-its-arguments-by-name")
class WaitsIfToldByName(Broken):
    """`acquire()` ignores keyword arguments."""

    class Lock(sound.Lock):
        def acquire(self, *arguments, **named):
            return super().acquire(*arguments)


@family.breaks("lock.acquire-takes-its-arguments-by-name")
class ZeroIsForEver(Broken):
    """An acquire with a timeout of 0 waits without a limit."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            return super().acquire(block, timeout or None)


@family.breaks("lock.acquire-takes-its-arguments-by-name")
class NegativeTimesAreNoLimit(Broken):
    """An acquire with a negative timeout waits without a limit."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            return super().acquire(block, None if timeout is not None and timeout < 0 else timeout)


@family.breaks("lock.acquire-takes-its-arguments-by-name")
class WaitsThoughItMayNot(Broken):
    """A non-blocking acquire waits if it is given a timeout."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            return super().acquire(block or timeout is not None, timeout)
