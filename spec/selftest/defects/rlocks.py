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
    """A sound reentrant lock, made like the plain one, for subclasses with a fault."""

    def __init__(self):
        super().__init__()
        self.times = 0

    @property
    def mine(self):
        return self.holder.value == self.who()

    @staticmethod
    def who():
        return threading.get_native_id()  # the kernel identifies a thread by this among all processes

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
    """The RLock is a plain lock."""

    def RLock(self):
        return self.context.Lock()


@family.breaks("lock.rlock-is-released-by-its-holder-only", "lock.rlock-of-a-killed-holder-stays-held")
class IsForThreads(Broken):
    """The RLock is for threads: each process that inherits it has a lock of its own."""

    RLock = staticmethod(threading.RLock)


@family.breaks("lock.rlock-is-released-by-its-holder-only")
class KnowsThreadsOnly(Broken):
    """The RLock identifies its holder by the thread only, so forks of one process are the same to it."""

    class RLock(HandMadeAgain):
        who = staticmethod(threading.get_ident)


@family.breaks("lock.rlock-is-reentrant")
class NotReentrant(Broken):
    """The holder of the RLock cannot acquire it again."""

    class RLock(HandMadeAgain):
        def acquire(self, block=True, timeout=None):
            return not self.mine and super().acquire(block, timeout)


@family.breaks("lock.rlock-waiter-proceeds-after-the-last-release")
class FreedByTheFirstRelease(Broken):
    """One release frees the RLock, however often it was acquired."""

    class RLock(HandMadeAgain):
        def release(self):
            self.times = 1
            super().release()


@family.breaks("lock.rlock-waiter-proceeds-after-the-last-release")
class FreedByAsManyReleasesAndOne(Broken):
    """The RLock needs one release more than it was acquired."""

    class RLock(HandMadeAgain):
        def release(self):
            assert self.mine, "attempt to release recursive lock not owned by thread"
            self.times -= 1
            if self.times < 0:
                sound.Lock.release(self)


@family.breaks("lock.rlock-is-released-by-its-holder-only", "lock.rlock-is-held-by-one-thread")
class ReleasedByAnybody(Broken):
    """Any process may release the RLock."""

    class RLock(HandMadeAgain):
        def release(self):
            if self.mine:
                super().release()
            else:
                sound.Lock.release(self)


@family.breaks("lock.rlock-is-released-by-its-holder-only")
class IgnoresOthersReleases(Broken):
    """Releasing the RLock has no effect, and raises no exception, in a process that does not hold it."""

    class RLock(HandMadeAgain):
        def release(self):
            if self.mine:
                super().release()


@family.breaks("lock.rlock-is-released-by-its-holder-only")
class IgnoresReleasesWhenFree(Broken):
    """Releasing a free RLock raises no exception."""

    class RLock(HandMadeAgain):
        def release(self):
            if not self.free:
                super().release()


@family.breaks("lock.rlock-of-a-killed-holder-stays-held", "lock.rlock-waiter-proceeds-after-the-last-release")
class PrivateOncePickled(Broken):
    """A spawned child gets a new RLock instead of the one that it was given."""

    method = "spawn"

    class RLock(HandMadeAgain):
        method = "spawn"

        def __reduce__(self):
            return type(self), ()


@family.breaks("lock.rlock-is-released-by-its-holder-only")
class RefusesTooLate(Broken):
    """Releasing the RLock in a process that does not hold it raises an exception, but frees it."""

    class RLock(HandMadeAgain):
        def release(self):
            if not self.mine:
                sound.Lock.release(self)
            super().release()


@family.breaks("lock.rlock-is-held-by-one-thread")
class BelongsToTheProcess(Broken):
    """The RLock belongs to the process, so each of its threads holds it."""

    class RLock(HandMadeAgain):
        who = staticmethod(os.getpid)


@family.breaks("lock.rlock-waiter-proceeds-after-the-last-release")
class WaitsForEver(Broken):
    """An acquire of the RLock checks it once and then waits without a limit."""

    class RLock(HandMadeAgain):
        def acquire(self, block=True, timeout=None):
            if super().acquire(False) or not block:
                return self.mine
            threading.Event().wait(timeout)
            return False


@family.breaks("lock.rlock-waiter-proceeds-after-the-last-release")
class HasNoPatience(Broken):
    """An acquire of the RLock never waits."""

    class RLock(HandMadeAgain):
        def acquire(self, block=True, timeout=None):
            return super().acquire(False)


@family.breaks("lock.rlock-is-reentrant")
class LetsGoAtTheEndOfABlock(Broken):
    """Leaving any ``with`` block frees the RLock, however often it was acquired."""

    class RLock(HandMadeAgain):
        def __exit__(self, *exception):
            while self.mine:
                self.release()


@family.breaks("lock.rlock-of-a-killed-holder-stays-held")
class LetGoByDeath(Broken):
    """The RLock is free when its holder has exited."""

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
