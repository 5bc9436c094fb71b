"""Packages whose lesson `impl.sharing` has a fault."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from impl import sharing as sound
from spec.selftest.defects.lesson_packages import BrokenLessons

packages = BrokenLessons(__name__)


def run_all(children):
    """Start all *children*, and then join them."""
    for child in children:
        child.start()
    for child in children:
        child.join()


@packages.breaks("sharing.loses-updates-without-the-lock")
class AlwaysTakesTheLock:
    """The children take a lock even if they are told to use none."""

    @staticmethod
    def count_down(mp, start, workers, pause, locked=True):
        return sound.count_down(mp, start, workers, pause, locked=True)


@packages.breaks("sharing.any-number-count-down")
class CountsDownToZero:
    """A counter never goes below zero."""

    @staticmethod
    def take_one(counter, lock, pause):
        with lock:
            number = counter["num"]
            pause(number)
            counter["num"] = max(0, number - 1)


@packages.breaks("sharing.counts-down-under-the-lock")
class CountsInItsHead:
    """The right numbers are returned, but no child is started."""

    @staticmethod
    def count_down(mp, start, workers, pause, locked=True):
        for number in range(workers):
            pause(start - number if locked else start)
        return start - workers if locked else start - 1


@packages.breaks("sharing.counts-down-under-the-lock")
class GivesEachChildALock:
    """Each child has a lock of its own."""

    @staticmethod
    def count_down(mp, start, workers, pause, locked=True):
        with mp.Manager() as manager:
            counter = manager.dict(num=start)
            locks = [mp.Lock() if locked else nullcontext() for _ in range(workers)]
            children = [mp.Process(target=sound.take_one, args=(counter, lock, pause)) for lock in locks]
            run_all(children)
            return counter["num"]


@packages.breaks("sharing.failing-child-releases-the-lock")
class KeepsTheLockOnFailure:
    """A child that fails does not release the lock."""

    @staticmethod
    def take_one(counter, lock, pause):
        lock.__enter__()
        number = counter["num"]
        pause(number)
        counter["num"] = number - 1
        lock.__exit__(None, None, None)


managers: list[Any] = []  # a manager that is garbage-collected shuts its server down


@packages.breaks("sharing.counts-down-under-the-lock")
class LeavesTheServer:
    """The manager is not shut down."""

    @staticmethod
    def count_down(mp, start, workers, pause, locked=True):
        lock = mp.Lock() if locked else nullcontext()
        managers.append(mp.Manager())
        counter = managers[-1].dict(num=start)
        children = [mp.Process(target=sound.take_one, args=(counter, lock, pause)) for _ in range(workers)]
        run_all(children)
        return counter["num"]


@packages.breaks("sharing.others-wait-for-the-lock")
class LocksTheReadAndTheWrite:
    """The lock is held during the read and during the write, but not between them."""

    @staticmethod
    def take_one(counter, lock, pause):
        with lock:
            number = counter["num"]
        pause(number)
        with lock:
            counter["num"] = number - 1


@packages.breaks("sharing.every-schedule-without-the-lock-counts-as-predicted")
class NoticesTwoUpdates:
    """A child reads the counter again, and writes nothing if it has become lower by two in the meantime."""

    @staticmethod
    def take_one(counter, lock, pause):
        with lock:
            number = counter["num"]
            pause(number)
            if counter["num"] != number - 2:
                counter["num"] = number - 1


@packages.breaks("sharing.others-wait-for-the-lock")
class ReadsBeforeItLocks:
    """The counter is read before the lock is taken."""

    @staticmethod
    def take_one(counter, lock, pause):
        number = counter["num"]
        with lock:
            pause(number)
            counter["num"] = number - 1


@packages.breaks("sharing.loses-updates-without-the-lock", "sharing.any-number-lose-updates-without")
class ReadsTheCounterAgain:
    """The counter is read a second time for the write."""

    @staticmethod
    def take_one(counter, lock, pause):
        with lock:
            pause(counter["num"])
            counter["num"] -= 1


@packages.breaks("sharing.counts-down-under-the-lock")
class SharesAPlainDict:
    """The counter is a plain dict, of which each child has a copy."""

    @staticmethod
    def count_down(mp, start, workers, pause, locked=True):
        counter = {"num": start}
        lock = mp.Lock() if locked else nullcontext()
        children = [mp.Process(target=sound.take_one, args=(counter, lock, pause)) for _ in range(workers)]
        run_all(children)
        return counter["num"]


@packages.breaks("sharing.loses-updates-without-the-lock")
class StartsThemOneByOne:
    """Each child is joined before the next one is started."""

    @staticmethod
    def count_down(mp, start, workers, pause, locked=True):
        lock = mp.Lock() if locked else nullcontext()
        with mp.Manager() as manager:
            counter = manager.dict(num=start)
            for _ in range(workers):
                child = mp.Process(target=sound.take_one, args=(counter, lock, pause))
                child.start()
                child.join()
            return counter["num"]


@packages.breaks("sharing.failing-child-releases-the-lock")
class WritesOnFailure:
    """A child that fails still writes the counter."""

    @staticmethod
    def take_one(counter, lock, pause):
        with lock:
            number = counter["num"]
            try:
                pause(number)
            finally:
                counter["num"] = number - 1
