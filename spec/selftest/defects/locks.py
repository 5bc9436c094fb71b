"""Locks that exclude too few or too many, or the wrong ones."""

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
    """A lock that does nothing."""

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
    """A lock for threads: of each process that inherits it, it is a lock of its own."""

    Lock = staticmethod(threading.Lock)


@family.breaks("lock.is-handed-to-a-child-as-an-argument")
class PrivateOncePickled(Broken):
    """A lock that a child, under spawn, gets a new one for."""

    method = "spawn"

    class Lock(sound.Lock):
        method = "spawn"

        def __reduce__(self):
            return type(self), ()


@family.breaks("lock.is-handed-to-a-child-as-an-argument")
class AnotherForTheStarter(Broken):
    """A lock that children share among them, but not with the process that made it."""

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
    """A lock that two can hold at once."""

    def Lock(self):
        return self.context.BoundedSemaphore(2)


@family.breaks("lock.hands-the-lock-on")
class LetsAllWaitersIn(Broken):
    """A lock that all who wait for it have once it is released: it wakes all, and nobody looks again."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            with self.changed:
                if not self.free and not (block and self.changed.wait(timeout)):
                    return False
                self.holder.value = os.getpid()
                return True

        def wake(self):
            self.changed.notify_all()


@family.breaks("lock.waiter-proceeds-after-release", "sharing.others-wait-for-the-lock")
class WakesNobody(Broken):
    """A lock that is free once it is released, which nobody who waits for it is told."""

    class Lock(sound.Lock):
        def wake(self):
            pass


@family.breaks("lock.is-not-reentrant")
class Reentrant(Broken):
    """A lock that whoever holds it can acquire again."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            return self.holder.value == os.getpid() or super().acquire(block, timeout)


@family.breaks("lock.is-not-reentrant")
class RefusesItsHolder(Broken):
    """A lock that, where its holder would wait for itself, raises an exception instead."""

    class Lock(sound.Lock):
        def acquire(self, block=True, timeout=None):
            if block and self.holder.value == os.getpid():
                raise RuntimeError("deadlock avoided")
            return super().acquire(block, timeout)


@family.breaks("lock.another-process-may-release", "lock.any-sequence-of-operations")
class ReleasedByItsHolderOnly(Broken):
    """A lock that refuses to be released by a process that does not hold it."""

    class Lock(sound.Lock):
        def release(self):
            if self.holder.value not in (0, os.getpid()):
                raise RuntimeError("only the process that holds it may release it")
            super().release()


@family.breaks("lock.another-process-may-release", "lock.any-sequence-of-operations")
class IgnoresOthersReleases(Broken):
    """A lock that stays held, without a word, if a process that does not hold it releases it."""

    class Lock(sound.Lock):
        def release(self):
            if self.holder.value in (0, os.getpid()):
                super().release()


@family.breaks("lock.free-lock-cannot-be-released")
class CountsReleases(Broken):
    """A lock that can be acquired as often as it was released: a semaphore that begins with one."""

    def Lock(self):
        return self.context.Semaphore(1)


@family.breaks("lock.free-lock-cannot-be-released")
class IgnoresReleasesWhenFree(Broken):
    """A lock that does not complain if it is released when nobody holds it."""

    class Lock(sound.Lock):
        def release(self):
            with suppress(ValueError):
                super().release()


@family.breaks("lock.free-lock-cannot-be-released")
class RaisesAsThreadsDo(Broken):
    """A lock that raises the exception that a lock for threads would, if it is released when nobody holds it."""

    class Lock(sound.Lock):
        def release(self):
            if self.free:
                raise RuntimeError("release unlocked lock")
            super().release()


@family.breaks("lock.killed-holder-leaves-it-held")
class FreedByItsHoldersDeath(Broken):
    """A lock that is free once the process that holds it is dead."""

    class Lock(sound.Lock):
        @property
        def free(self):
            return not self.holder.value or state(self.holder.value) != ALIVE


@family.breaks("lock.buyer-that-fails-releases", "sharing.failing-child-releases-the-lock")
class HeldAfterAnException(Broken):
    """A lock that stays held if the block under it raises an exception."""

    class Lock(sound.Lock):
        def __exit__(self, *exception):
            if exception == (None, None, None):
                self.release()


@family.breaks("lock.buyer-that-fails-releases", "sharing.failing-child-releases-the-lock")
class SwallowsExceptions(Broken):
    """A lock that swallows what the block under it raises."""

    class Lock(sound.Lock):
        def __exit__(self, *exception):
            self.release()
            return True


@family.breaks(
    "lock.hands-the-lock-on", "lock.any-number-of-buyers-and-tickets", "sharing.counts-down-under-the-lock"
)
class WithDoesNotAcquire(Broken):
    """A lock that a with statement does not acquire."""

    class Lock(sound.Lock):
        def __enter__(self):
            return self

        def __exit__(self, *exception):
            pass


@family.breaks("lock.each-is-independent")
class AllAreOne(Broken):
    """All locks are one and the same."""

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
    """Children that each write to files of their own, as in sandboxes."""

    class Process(multiprocessing.context.ForkProcess):
        def run(self):
            with mock.patch.multiple(Path, open=_open_own, replace=_replace_own):
                super().run()


@family.breaks("lock.is-handed-on-to-a-childs-child")
class NewToGrandchildren(Broken):
    """A lock that a child's child, under spawn, gets a new one for."""

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
    """There are no more than 64 locks: from then on, each is one of those again."""

    made: ClassVar[list[sound.Lock]] = []

    def Lock(self):
        if len(self.made) < 64:
            self.made.append(sound.Lock())
            return self.made[-1]
        return self.made[len(self.made) % 64]


@family.breaks("lock.killed-program-leaves-nothing-shared")
class UnknownToTheTracker(Broken):
    """A lock that the resource tracker is not told of, and whose name stays if its program is killed."""

    method = "spawn"

    def Lock(self):
        with mock.patch.object(resource_tracker, "register"):
            return self.context.Lock()
