"""Locks that wait too long, not at all, or say wrongly whether they were acquired."""

from __future__ import annotations

from pathlib import Path

from spec.selftest.defects import sound
from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


@family.breaks("lock.acquire-can-refuse-to-wait")
class AlwaysWaits(Broken):
    """A lock that waits even if it is asked not to."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            return super().acquire(True, timeout)


@family.breaks("lock.acquire-can-refuse-to-wait")
class RaisesInsteadOfFalse(Broken):
    """A lock that raises an exception where acquiring it without waiting would be to return false."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            if not block and not self.free:
                raise BlockingIOError("the lock is held")
            return super().acquire(block, timeout)


@family.breaks("lock.acquire-can-refuse-to-wait", "lock.each-is-independent")
class ReturnsNothing(Broken):
    """A lock whose acquire returns nothing, whether it was acquired or not."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            super().acquire(block, timeout)


@family.breaks("lock.acquire-can-refuse-to-wait", "lock.is-not-reentrant")
class FreedByWhoeverTries(Broken):
    """A lock that is free after somebody has tried in vain to acquire it without waiting."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            acquired = super().acquire(block, timeout)
            if not block and not acquired:
                self.release()
            return acquired


@family.breaks("lock.acquire-can-be-timed", "lock.timed-wait-ends-amid-signals")
class WaitsForEver(Broken):
    """A lock that waits for ever, whatever time it is given."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            return super().acquire(block)


@family.breaks("lock.acquire-can-be-timed")
class DoesNotWaitIfTimed(Broken):
    """A lock that does not wait at all if it is given a time."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            return super().acquire(block and timeout is None)


@family.breaks("lock.acquire-can-be-timed")
class TakesSecondsForMilliseconds(Broken):
    """A lock that takes the seconds that it may wait for milliseconds."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            return super().acquire(block, None if timeout is None else timeout / 1000)


@family.breaks("lock.acquire-can-be-timed")
class AcquiredWhenTimeIsUp(Broken):
    """A lock that says that it was acquired once the time is up."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            return super().acquire(block, timeout) or (block and timeout is not None)


@family.breaks("lock.acquire-can-be-timed")
class RaisesWhenTimeIsUp(Broken):
    """A lock that raises an exception once the time is up."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            if super().acquire(block, timeout):
                return True
            if block:
                raise TimeoutError("the lock is held")
            return False


@family.breaks("lock.acquire-can-be-timed")
class NeverAcquiredIfTimed(Broken):
    """A lock that is never acquired by whom it has given a time, even if it is released in that time."""

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
    """A lock whose acquire heeds what it is given by position, and takes no notice of names."""

    class Lock(sound.Lock):
        def acquire(self, *arguments, **named):
            return super().acquire(*arguments)


@family.breaks("lock.acquire-takes-its-arguments-by-name")
class ZeroIsForEver(Broken):
    """A lock whose acquire waits for ever if the time that it is given is zero."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            return super().acquire(block, timeout or None)


@family.breaks("lock.acquire-takes-its-arguments-by-name")
class NegativeTimesAreNoLimit(Broken):
    """A lock that is waited for without a limit if the time given is below zero."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            return super().acquire(block, None if timeout is not None and timeout < 0 else timeout)


@family.breaks("lock.acquire-takes-its-arguments-by-name")
class WaitsThoughItMayNot(Broken):
    """A lock that is waited for if a time is given, though the caller may not block."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            return super().acquire(block or timeout is not None, timeout)
