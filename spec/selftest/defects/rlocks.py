"""Reentrant locks with a fault."""

from __future__ import annotations

import os
import threading
import time

from spec.harness.process_table import ALIVE, state
from spec.selftest.defects import sound
from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


class HandMadeAgain(sound.Lock):
    """A sound reentrant lock, made as the plain one is: here faults are easily put in."""

    def __init__(self):
        super().__init__()
        self.times = 0

    @property
    def mine(self):
        return self.holder.value == self.who()

    @staticmethod
    def who():
        return threading.get_native_id()  # by which the kernel knows one thread of all processes

    def acquire(self, block=True, timeout=None):
        acquired = self.mine or super().acquire(block, timeout)
        if acquired:
            self.holder.value = self.who()
            self.times += 1
        return acquired

    def release(self):
        assert self.mine, "attempt to release recursive lock not owned by thread"
        self.times -= 1
        if not self.times:
            super().release()


@family.breaks("lock.rlock-is-reentrant", "lock.rlock-is-released-by-its-holder-only")
class IsPlainLock(Broken):
    """An RLock that is a plain lock."""

    def RLock(self):
        return self.context.Lock()


@family.breaks("lock.rlock-is-released-by-its-holder-only", "lock.rlock-of-a-killed-holder-stays-held")
class IsForThreads(Broken):
    """An RLock for threads: of each process that inherits it, it is a lock of its own."""

    RLock = staticmethod(threading.RLock)


@family.breaks("lock.rlock-is-released-by-its-holder-only")
class KnowsThreadsOnly(Broken):
    """An RLock that goes by the thread and not by the process: forks of one process are the same to it."""

    class RLock(HandMadeAgain):
        who = staticmethod(threading.get_ident)


@family.breaks("lock.rlock-is-reentrant")
class NotReentrant(Broken):
    """An RLock that its holder cannot acquire again."""

    class RLock(HandMadeAgain):
        def acquire(self, block=True, timeout=None):
            return not self.mine and super().acquire(block, timeout)


@family.breaks("lock.rlock-waiter-proceeds-after-the-last-release")
class FreedByTheFirstRelease(Broken):
    """An RLock that one release frees, however often it was acquired."""

    class RLock(HandMadeAgain):
        def release(self):
            self.times = 1
            super().release()


@family.breaks("lock.rlock-waiter-proceeds-after-the-last-release")
class FreedByAsManyReleasesAndOne(Broken):
    """An RLock that takes one release more than acquires to be free."""

    class RLock(HandMadeAgain):
        def release(self):
            assert self.mine, "attempt to release recursive lock not owned by thread"
            self.times -= 1
            if self.times < 0:
                sound.Lock.release(self)


@family.breaks("lock.rlock-is-released-by-its-holder-only", "lock.rlock-is-held-by-one-thread")
class ReleasedByAnybody(Broken):
    """An RLock that anybody may release."""

    class RLock(HandMadeAgain):
        def release(self):
            if self.mine:
                super().release()
            else:
                sound.Lock.release(self)


@family.breaks("lock.rlock-is-released-by-its-holder-only")
class IgnoresOthersReleases(Broken):
    """An RLock that stays held, without a word, if a process that does not hold it releases it."""

    class RLock(HandMadeAgain):
        def release(self):
            if self.mine:
                super().release()


@family.breaks("lock.rlock-is-released-by-its-holder-only")
class IgnoresReleasesWhenFree(Broken):
    """An RLock that does not complain if it is released when nobody holds it."""

    class RLock(HandMadeAgain):
        def release(self):
            if not self.free:
                super().release()


@family.breaks("lock.rlock-of-a-killed-holder-stays-held", "lock.rlock-waiter-proceeds-after-the-last-release")
class PrivateOncePickled(Broken):
    """An RLock that a child, under spawn, gets a new one for."""

    method = "spawn"

    class RLock(HandMadeAgain):
        method = "spawn"

        def __reduce__(self):
            return type(self), ()


@family.breaks("lock.rlock-is-released-by-its-holder-only")
class RefusesTooLate(Broken):
    """An RLock that refuses to be released by a process that does not hold it, and is free thereafter."""

    class RLock(HandMadeAgain):
        def release(self):
            if not self.mine:
                sound.Lock.release(self)
            super().release()


@family.breaks("lock.rlock-is-held-by-one-thread")
class BelongsToTheProcess(Broken):
    """An RLock that belongs to the process of the thread that has acquired it, and so to each of its threads."""

    class RLock(HandMadeAgain):
        who = staticmethod(os.getpid)


@family.breaks("lock.rlock-waiter-proceeds-after-the-last-release")
class WaitsForEver(Broken):
    """An RLock that is tried once, and then never again."""

    class RLock(HandMadeAgain):
        def acquire(self, block=True, timeout=None):
            if super().acquire(False) or not block:
                return self.mine
            threading.Event().wait(timeout)
            return False


@family.breaks("lock.rlock-waiter-proceeds-after-the-last-release")
class HasNoPatience(Broken):
    """An RLock whose acquire never waits."""

    class RLock(HandMadeAgain):
        def acquire(self, block=True, timeout=None):
            return super().acquire(False)


@family.breaks("lock.rlock-is-reentrant")
class LetsGoAtTheEndOfABlock(Broken):
    """An RLock that is free once any ``with`` block is left, however often it was acquired."""

    class RLock(HandMadeAgain):
        def __exit__(self, *exception):
            while self.mine:
                self.release()


@family.breaks("lock.rlock-of-a-killed-holder-stays-held")
class LetGoByDeath(Broken):
    """An RLock that is free once its holder has exited."""

    class RLock(HandMadeAgain):
        @property
        def free(self):
            return not self.holder.value or state(self.holder.value) != ALIVE

        def acquire(self, block=True, timeout=None):
            while not super().acquire(block and timeout is not None, timeout):
                if not block or timeout is not None:
                    return False
                time.sleep(0.01)
            return True
