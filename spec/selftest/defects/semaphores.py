"""Semaphores with a fault."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from multiprocessing import synchronize
from typing import Any

from spec.harness.process_table import ALIVE, state
from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.interruptions import libc, sleep_undisturbed

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

primitives: Any = synchronize
FORK: Any = multiprocessing.get_context("fork")
ForkProcess: Any = FORK.Process


class Methods(primitives.SemLock):
    """The methods of a semaphore, as methods of its class, so that a subclass can override them."""

    def _make_methods(self):
        """Do not make methods for this one semaphore only."""

    def acquire(self, block=True, timeout=None):
        return self._semlock.acquire(block, timeout)

    def release(self):
        self._semlock.release()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *exception):
        self.release()


class BrokenSemaphores(Broken):
    """A multiprocessing API whose semaphores, bounded or not, have other methods.

    Attributes:
        Faulty: the methods.
    """

    Faulty: type = Methods

    def Semaphore(self, value=1):
        return self.make(primitives.Semaphore, value)

    def BoundedSemaphore(self, value=1):
        return self.make(primitives.BoundedSemaphore, value)

    def make(self, base, value):
        """Return a semaphore of the class *base* with the methods of `Faulty`."""
        return type(base.__name__, (self.Faulty, base), {})(value, ctx=self.context)


@family.breaks("semaphore.release-admits-one")
class ReleaseAdmitsTwo(BrokenSemaphores):
    """A release lets two processes in."""

    class Faulty(Methods):
        def release(self):
            for _ in range(2):
                super().release()


@family.breaks("semaphore.may-be-released-beyond-its-start", "semaphore.more-places-admit-more-cars")
class AllAreBounded(Broken):
    """A semaphore cannot be released beyond its first value."""

    def Semaphore(self, value=1):
        return self.context.BoundedSemaphore(value)


@family.breaks("semaphore.may-be-released-beyond-its-start", "semaphore.bound-is-one-for-all-processes")
class ReleasedByItsHolderOnly(BrokenSemaphores):
    """A process can release a semaphore only as often as it has acquired it."""

    class Faulty(Methods):
        times = 0

        def acquire(self, block=True, timeout=None):
            acquired = super().acquire(block, timeout)
            self.times += acquired
            return acquired

        def release(self):
            if not self.times:
                raise ValueError("released too many times")
            self.times -= 1
            super().release()


@family.breaks("semaphore.bound-is-one-for-all-processes", "semaphore.bounded-car-park-has-no-more-places")
class HasNoBound(Broken):
    """A bounded semaphore has no bound."""

    def BoundedSemaphore(self, value=1):
        return self.context.Semaphore(value)


@family.breaks("semaphore.negative-value-is-refused")
class TakesNegativeForZero(Broken):
    """A semaphore with a value below zero is one with the value zero."""

    def Semaphore(self, value=1):
        return self.context.Semaphore(max(0, value))


@family.breaks("semaphore.with-takes-one-and-gives-it-back", "semaphore.car-that-fails-gives-its-place-back")
class KeptAfterAnException(BrokenSemaphores):
    """A with statement that an exception ends does not release the semaphore."""

    class Faulty(Methods):
        def __exit__(self, kind, *_):
            if kind is None:
                self.release()


@family.breaks("semaphore.never-admits-more-under-contention")
class LooksBeforeItTakes(BrokenSemaphores):
    """An acquire looks at the value, and takes one off in a second step."""

    class Faulty(Methods):
        def __init__(self, value, *, ctx):
            super().__init__(value, ctx=ctx)
            self.value = ctx.RawValue("i", value)

        def acquire(self, block=True, timeout=None):
            while True:
                value = self.value.value
                if value > 0:
                    os.sched_yield()
                    self.value.value = value - 1
                    return True
                if not block:
                    return False
                time.sleep(0.001)

        def release(self):
            self.value.value += 1


@family.breaks("semaphore.get-value-tells-how-many-are-free")
class KnowsItsOwnUseOnly(BrokenSemaphores):
    """`get_value()` knows only what its own process has acquired and released."""

    class Faulty(Methods):
        taken = 0

        def acquire(self, block=True, timeout=None):
            acquired = super().acquire(block, timeout)
            self.taken += acquired
            return acquired

        def release(self):
            super().release()
            self.taken -= 1

        def get_value(self):
            return 2 - self.taken


@family.breaks("semaphore.locked-tells-whether-it-is-used-up")
class LockedOnceAcquired(BrokenSemaphores):
    """`locked()` is true as soon as one process has acquired the semaphore."""

    class Faulty(Methods):
        def locked(self):
            return self._semlock._get_value() < 2


class _Owing(Methods):
    """A semaphore that can owe a release to a process that waits no more."""

    def __init__(self, value, *, ctx):
        super().__init__(value, ctx=ctx)
        self.owed = ctx.RawValue("i", 0)

    def release(self):
        if self.owed.value:
            self.owed.value -= 1
        else:
            super().release()


@family.breaks("semaphore.acquire-can-be-timed", "semaphore.any-sequence-of-operations")
class TimedOutWaiterTakesTheNext(BrokenSemaphores):
    """An acquire that has given up takes the next release."""

    class Faulty(_Owing):
        def acquire(self, block=True, timeout=None):
            acquired = super().acquire(block, timeout)
            if block and not acquired:
                self.owed.value += 1
            return acquired


@family.breaks("semaphore.wait-goes-on-after-a-signal")
class InterruptedWaiterTakesTheNext(BrokenSemaphores):
    """An acquire that an exception has ended takes the next release."""

    class Faulty(_Owing):
        def acquire(self, block=True, timeout=None):
            try:
                return super().acquire(block, timeout)
            except KeyboardInterrupt:
                self.owed.value += 1
                raise


@family.breaks("semaphore.wait-goes-on-after-a-signal")
class GivesUpOnASignal(BrokenSemaphores):
    """A signal makes an acquire return without the semaphore."""

    class Faulty(Methods):
        def acquire(self, block=True, timeout=None):
            if not block or (timeout is not None and timeout < 1000):
                return super().acquire(block, timeout)
            return libc.sem_wait(self._semlock.handle) == 0


@family.breaks("semaphore.timed-wait-ends-amid-signals")
class SignalsProlongIt(BrokenSemaphores):
    """The timeout of an acquire begins anew with each signal."""

    class Faulty(Methods):
        def acquire(self, block=True, timeout=None):
            if not block or timeout is None or timeout <= 0:
                return super().acquire(block, timeout)
            sleep_undisturbed(timeout)
            return super().acquire(False)


@family.breaks("semaphore.zero-blocks-without-limit")
class GivesUpAfterAWhile(BrokenSemaphores):
    """An acquire without a timeout returns false after a while."""

    class Faulty(Methods):
        def acquire(self, block=True, timeout=None):
            return super().acquire(block, 1 if block and timeout is None else timeout)


@family.breaks("semaphore.acquire-can-be-timed")
class TakesSecondsForMilliseconds(BrokenSemaphores):
    """`acquire()` takes its timeout for milliseconds."""

    class Faulty(Methods):
        def acquire(self, block=True, timeout=None):
            return super().acquire(block, None if timeout is None else timeout / 1000)


@family.breaks("semaphore.acquire-can-refuse-to-wait")
class NegativeTimesAreNoLimit(BrokenSemaphores):
    """An acquire with a negative timeout waits without a limit."""

    class Faulty(Methods):
        def acquire(self, block=True, timeout=None):
            return super().acquire(block, None if timeout is not None and timeout < 0 else timeout)


@family.breaks("semaphore.timeout-is-ignored-if-it-may-not-wait")
class WaitsIfTimed(BrokenSemaphores):
    """A non-blocking acquire waits if it is given a timeout."""

    class Faulty(Methods):
        def acquire(self, block=True, timeout=None):
            return super().acquire(block or timeout is not None, timeout)


@family.breaks("semaphore.waiters-handler-may-release-it", "semaphore.threads-wait-for-it-too")
class WaitsUnderALock(BrokenSemaphores):
    """While one thread waits, no other code of its process can use the semaphore."""

    class Faulty(Methods):
        def __init__(self, value, *, ctx):
            super().__init__(value, ctx=ctx)
            self.guard = threading.Lock()

        def acquire(self, block=True, timeout=None):
            with self.guard:
                return super().acquire(block, timeout)

        def release(self):
            with self.guard:
                super().release()


@family.breaks("semaphore.killed-waiter-is-passed-over", "semaphore.stopped-waiter-delays-no-other")
class HandsItToTheFirst(BrokenSemaphores):
    """A release hands the semaphore to the process that has waited longest, even if that is dead or stopped."""

    class Faulty(Methods):
        def __init__(self, value, *, ctx):
            super().__init__(value, ctx=ctx)
            self.guard, self.queue = ctx.Lock(), ctx.Array("i", 2)  # how many have come, and how many were called
            self.calls = [ctx.Semaphore(0) for _ in range(20)]

        def acquire(self, block=True, timeout=None):
            acquired = super().acquire(False)
            if acquired or not block:
                return acquired
            with self.guard:
                place, self.queue[0] = self.queue[0], self.queue[0] + 1
            return self.calls[place].acquire()

        def release(self):
            with self.guard:
                come, called = self.queue
                if come > called:
                    self.queue[1] += 1
                    self.calls[called].release()
                else:
                    super().release()


@family.breaks("semaphore.killed-holder-keeps-its-place")
class FreedByDeath(BrokenSemaphores):
    """The place of a process that is dead is free."""

    class Faulty(Methods):
        def __init__(self, value, *, ctx):
            super().__init__(value, ctx=ctx)
            self.holders = ctx.RawArray("i", 10)

        def acquire(self, block=True, timeout=None):
            for number, holder in enumerate(self.holders):
                if holder and state(holder) != ALIVE:
                    self.holders[number] = 0
                    self.release()
            acquired = super().acquire(block, timeout)
            if acquired:
                self.holders[self.holders[:].index(0)] = os.getpid()
            return acquired


class PassesNewOnesOn(ForkProcess):
    """A process that gives new semaphores and conditions to a child's child."""

    def __init__(self, *arguments, args=(), **named):
        if multiprocessing.parent_process() is not None:
            args = tuple(map(_new_one_like, args))
        super().__init__(*arguments, args=args, **named)


def _new_one_like(argument):
    if isinstance(argument, primitives.Semaphore):
        return FORK.Semaphore()
    return FORK.Condition() if isinstance(argument, primitives.Condition) else argument


@family.breaks("semaphore.is-handed-on-to-a-childs-child", "condition.is-handed-on-to-a-childs-child")
class NewToGrandchildren(Broken):
    """A child's child gets a new semaphore or condition instead of the one that it was given."""

    Process = PassesNewOnesOn


@family.breaks("semaphore.cannot-be-sent")
class IsSent(BrokenSemaphores):
    """A semaphore that is sent arrives as something else."""

    class Faulty(Methods):
        def __reduce__(self):
            return str, ("a semaphore",)


@family.breaks(
    "barrier.made-for-forks-is-refused-elsewhere",
    "condition.made-for-forks-is-refused-elsewhere",
    "semaphore.made-for-forks-is-refused-elsewhere",
)
class TakesThoseOfAnyContext(Broken):
    """Semaphores, conditions and barriers of another context are taken as if they were of this one."""

    method = "spawn"

    def get_context(self, _method=None):
        return self.context


@family.breaks("semaphore.made-for-spawned-children-works-for-all")
class ForkedChildrenCopyThoseOfOthers(Broken):
    """A forked child has its own copy of a semaphore that was made for spawned children."""

    def get_context(self, _method=None):
        return threading
