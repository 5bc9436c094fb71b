"""Locks that admit too many processes, too few, or the wrong ones."""

from __future__ import annotations

import multiprocessing
import os
import threading
from contextlib import suppress
from multiprocessing import resource_tracker
from pathlib import Path
from typing import ClassVar
from unittest import mock

from spec.harness.process_table import ALIVE, state
from spec.selftest.defects import sound
from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


@family.breaks(
    "lock.admits-one-buyer-at-a-time", "lock.waiter-proceeds-after-release", "lock.free-lock-cannot-be-released"
)
class DoesNothing(Broken):
    """The lock does nothing."""

    class Lock:
        def acquire(self, block=True, timeout=None):
            return True

        def release(self):
            pass

        def __enter__(self):
            return True

        def __exit__(self, *exception):
            pass


@family.breaks("lock.admits-one-buyer-at-a-time", "lock.killed-holder-leaves-it-held")
class PrivateToEachProcess(Broken):
    """The lock is for threads: each process that inherits it has a lock of its own."""

    Lock = staticmethod(threading.Lock)


@family.breaks("lock.is-handed-to-a-child-as-an-argument")
class PrivateOncePickled(Broken):
    """A spawned child gets a new lock instead of the one that it was given."""

    method = "spawn"

    class Lock(sound.Lock):
        method = "spawn"

        def __reduce__(self):
            return type(self), ()


@family.breaks("lock.is-handed-to-a-child-as-an-argument")
class AnotherForTheStarter(Broken):
    """Children share the lock with each other, but not with the process that made it."""

    class Lock:
        def __init__(self):
            self.maker, self.of_maker, self.of_children = os.getpid(), sound.Lock(), sound.Lock()

        @property
        def mine(self):
            return self.of_maker if os.getpid() == self.maker else self.of_children

        def acquire(self, block=True, timeout=None):
            return self.mine.acquire(block, timeout)

        def release(self):
            self.mine.release()

        def __enter__(self):
            return self.mine.__enter__()

        def __exit__(self, *exception):
            self.mine.__exit__(*exception)


@family.breaks("lock.admits-one-buyer-at-a-time", "lock.lines-written-under-it-stay-whole")
class LetsTwoIn(Broken):
    """Two processes can hold the lock at once."""

    def Lock(self):
        return self.context.BoundedSemaphore(2)


@family.breaks("lock.hands-the-lock-on")
class LetsAllWaitersIn(Broken):
    """A release gives the lock to all processes that wait for it."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            with self.changed:
                if not self.free and not (block and self.changed.wait(timeout)):
                    return False
                self.holder.value = os.getpid()
                return True

        def wake(self):
            self.changed.notify_all()


@family.breaks("lock.no-schedule-oversells", "sharing.no-schedule-loses-an-update-with-the-lock")
class StaysFreeForNewcomers(Broken):
    """A release hands the lock to a process that waits, and yet leaves it free for the next one that comes."""

    class Lock(sound.Lock):
        def __init__(self):
            super().__init__()
            self.inside, self.waiting = sound.FORK_CONTEXT.RawValue("L", 0), sound.FORK_CONTEXT.RawValue("L", 0)

        def acquire(self, block=True, timeout=None):
            with self.changed:
                if self.free:
                    self.holder.value = os.getpid()
                    self.inside.value += 1
                    return True
                if not block:
                    return False
                self.waiting.value += 1
                handed_over = self.changed.wait(timeout)
                if not handed_over:
                    self.waiting.value -= 1
                return handed_over

        def release(self):
            with self.changed:
                if not self.inside.value:
                    raise ValueError("semaphore or lock released too many times")
                if self.waiting.value:
                    self.waiting.value -= 1
                    self.changed.notify()
                else:
                    self.inside.value -= 1
                self.holder.value = 0


@family.breaks("lock.waiter-proceeds-after-release", "sharing.others-wait-for-the-lock")
class WakesNobody(Broken):
    """A release frees the lock but wakes no process that waits for it."""

    class Lock(sound.Lock):
        def wake(self):
            pass


@family.breaks("lock.is-not-reentrant")
class Reentrant(Broken):
    """The process that holds the lock can acquire it again."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            return self.holder.value == os.getpid() or super().acquire(block, timeout)


@family.breaks("lock.is-not-reentrant")
class RefusesItsHolder(Broken):
    """Acquiring the lock again raises an exception in the process that holds it."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            if block and self.holder.value == os.getpid():
                raise RuntimeError("deadlock avoided")
            return super().acquire(block, timeout)


@family.breaks("lock.another-process-may-release", "lock.any-sequence-of-operations")
class ReleasedByItsHolderOnly(Broken):
    """Releasing the lock raises an exception in a process that does not hold it."""

    class Lock(sound.Lock):
        def release(self):
            if self.holder.value not in (0, os.getpid()):
                raise RuntimeError("only the process that holds it may release it")
            super().release()


@family.breaks("lock.another-process-may-release", "lock.any-sequence-of-operations")
class IgnoresOthersReleases(Broken):
    """Releasing the lock has no effect, and raises no exception, in a process that does not hold it."""

    class Lock(sound.Lock):
        def release(self):
            if self.holder.value in (0, os.getpid()):
                super().release()


@family.breaks("lock.free-lock-cannot-be-released")
class CountsReleases(Broken):
    """The lock can be acquired as often as it was released, as a semaphore can."""

    def Lock(self):
        return self.context.Semaphore(1)


@family.breaks("lock.free-lock-cannot-be-released")
class IgnoresReleasesWhenFree(Broken):
    """Releasing a free lock raises no exception."""

    class Lock(sound.Lock):
        def release(self):
            with suppress(ValueError):
                super().release()


@family.breaks("lock.free-lock-cannot-be-released")
class RaisesAsThreadsDo(Broken):
    """Releasing a free lock raises the exception that a lock for threads raises."""

    class Lock(sound.Lock):
        def release(self):
            if self.free:
                raise RuntimeError("release unlocked lock")
            super().release()


@family.breaks("lock.killed-holder-leaves-it-held")
class FreedByItsHoldersDeath(Broken):
    """The lock is free as soon as the process that holds it is dead."""

    class Lock(sound.Lock):
        @property
        def free(self):
            return not self.holder.value or state(self.holder.value) != ALIVE


@family.breaks("lock.killed-holder-leaves-it-held")
class FreedSomeTimeAfterItsHoldersDeath(Broken):
    """A process that has waited for two seconds acquires the lock if its holder is dead."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            if not block or timeout is not None:
                return super().acquire(block, timeout)
            while not super().acquire(True, 2):
                if state(self.holder.value) != ALIVE:
                    self.holder.value = 0
            return True


@family.breaks("lock.buyer-that-fails-releases", "sharing.failing-child-releases-the-lock")
class HeldAfterAnException(Broken):
    """The lock stays held if the block under it raises an exception."""

    class Lock(sound.Lock):
        def __exit__(self, *exception):
            if exception == (None, None, None):
                self.release()


@family.breaks("lock.buyer-that-fails-releases", "sharing.failing-child-releases-the-lock")
class SwallowsExceptions(Broken):
    """The lock swallows an exception that the block under it raises."""

    class Lock(sound.Lock):
        def __exit__(self, *exception):
            self.release()
            return True


@family.breaks(
    "lock.hands-the-lock-on", "lock.any-number-of-buyers-and-tickets", "sharing.counts-down-under-the-lock"
)
class WithDoesNotAcquire(Broken):
    """A with statement does not acquire the lock."""

    class Lock(sound.Lock):
        def __enter__(self):
            return self

        def __exit__(self, *exception):
            pass


@family.breaks("lock.each-is-independent")
class AllAreOne(Broken):
    """All locks are one lock."""

    def __init__(self):
        super().__init__()
        self.lock = sound.Lock()

    def Lock(self):
        return self.lock


_open, _replace = Path.open, Path.replace


def _own(path):
    return path.with_name(f"{path.name}.of-{os.getpid()}")


def _open_own(path, mode="r", *args, **kwargs):
    own = _own(path)
    return _open(own if mode != "r" or own.exists() else path, mode, *args, **kwargs)


def _replace_own(path, target):
    return _replace(_own(path), _own(target))


@family.breaks("lock.processes-share-files")
class SharesNoFiles(Broken):
    """Each child writes to files of its own, as in a sandbox."""

    class Process(multiprocessing.context.ForkProcess):
        def run(self):
            with mock.patch.multiple(Path, open=_open_own, replace=_replace_own):
                super().run()


@family.breaks("lock.is-handed-on-to-a-childs-child")
class NewToGrandchildren(Broken):
    """A spawned child's child gets a new lock instead of the one that it was given."""

    method = "spawn"

    class Lock(sound.Lock):
        method = "spawn"

        def __reduce__(self):
            made_here = multiprocessing.parent_process() is None
            return (_same, (type(self), self.__dict__)) if made_here else (type(self), ())


def _same(kind, facts):
    lock = object.__new__(kind)
    lock.__dict__.update(facts)
    return lock


@family.breaks("lock.each-is-independent")
class AreSixtyFour(Broken):
    """There are only 64 locks: each further lock is one of them again."""

    made: ClassVar[list[sound.Lock]] = []

    def Lock(self):
        if len(self.made) < 64:
            self.made.append(sound.Lock())
            return self.made[-1]
        return self.made[len(self.made) % 64]


@family.breaks("lock.killed-program-leaves-nothing-shared")
class UnknownToTheTracker(Broken):
    """The resource tracker does not know of the lock, so the semaphore's name stays if the program is killed."""

    method = "spawn"

    def Lock(self):
        with mock.patch.object(resource_tracker, "register"):
            return self.context.Lock()
