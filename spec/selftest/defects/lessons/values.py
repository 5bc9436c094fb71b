"""Packages whose lesson `impl.values` has a fault."""

from __future__ import annotations

from impl import values as sound
from spec.selftest.defects.lesson_packages import BrokenLessons

packages = BrokenLessons(__name__)


@packages.breaks("values.lock-admits-one-turnstile-at-a-time")
class ReadsBeforeItLocks:
    """A turnstile reads the number, for which it needs no lock, before it takes the lock."""

    @staticmethod
    def enter(visitors, lock, pause):
        seen = visitors.get_obj().value
        with lock:
            pause(seen)
            visitors.value = seen + 1


@packages.breaks("values.adding-in-place-loses-updates")
class AlwaysTakesTheLock:
    """A turnstile takes the value's lock even if it is told to use another."""

    @staticmethod
    def enter(visitors, lock, pause):
        sound.enter(visitors, visitors.get_lock(), pause)


@packages.breaks("values.adding-in-place-loses-updates", "values.any-turnstiles-add-what-they-have-read")
class ReadsTheNumberAgain:
    """A turnstile reads the number a second time for the write."""

    @staticmethod
    def enter(visitors, lock, pause):
        with lock:
            pause(visitors.value)
            visitors.value += 1


@packages.breaks("values.jammed-turnstile-releases-the-lock")
class StaysLocked:
    """A turnstile that fails does not release the lock."""

    @staticmethod
    def enter(visitors, lock, pause):
        lock.__enter__()
        seen = visitors.value
        pause(seen)
        visitors.value = seen + 1
        lock.__exit__(None, None, None)


@packages.breaks("values.jammed-turnstile-releases-the-lock")
class CountsBeforeTheyEnter:
    """A turnstile counts a visitor even if it fails."""

    @staticmethod
    def enter(visitors, lock, pause):
        with lock:
            seen = visitors.value
            visitors.value = seen + 1
            pause(seen)


@packages.breaks("values.place-of-its-own-needs-no-lock")
class LocksTheWholeArray:
    """A turnstile that has a place of its own takes the lock of the array."""

    @staticmethod
    def enter_at(visitors, place, pause):
        with visitors.get_lock():
            sound.enter_at(visitors, place, pause)


@packages.breaks("values.place-of-its-own-needs-no-lock")
class CountsAtTheFirstPlace:
    """All turnstiles count at the same place."""

    @staticmethod
    def enter_at(visitors, place, pause):
        sound.enter_at(visitors, 0, pause)


@packages.breaks("values.lock-admits-one-turnstile-at-a-time")
class OpensOneAfterTheOther:
    """Each turnstile is opened after the visitor at the one before has entered."""

    @staticmethod
    def open_turnstiles(mp, visitors, turnstiles, lock, pause):
        opened = []
        for _ in range(turnstiles):
            opened += sound.open_turnstiles(mp, visitors, 1, lock, pause)
            opened[-1].join()
        return opened
