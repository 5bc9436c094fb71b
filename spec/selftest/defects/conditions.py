"""Conditions with a fault."""

from __future__ import annotations

import threading
from multiprocessing import synchronize
from typing import Any

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.interruptions import libc, sleep_undisturbed
from spec.selftest.defects.mended_primitives import SeatedCondition

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

primitives: Any = synchronize


class InSteps(primitives.Condition):
    """The condition of the standard library, whose wait is made of steps that a subclass can override."""

    def wait(self, timeout=None):
        self.refuse_without_the_lock()
        self.begin()
        depth = self.give_up()
        try:
            return self.sleep(timeout)
        finally:
            self._woken_count.release()
            self.take_back(depth)

    def refuse_without_the_lock(self):
        assert self._lock._semlock._is_mine(), "must acquire() condition before using wait()"

    def begin(self):
        self._sleeping_count.release()

    def give_up(self):
        depth = self._lock._semlock._count()
        for _ in range(depth):
            self.release()
        return depth

    def sleep(self, timeout):
        return self._wait_semaphore.acquire(True, timeout)

    def take_back(self, depth):
        for _ in range(depth):
            self.acquire()


class BrokenConditions(Broken):
    """A multiprocessing API with conditions of another class.

    Attributes:
        Faulty: the class.
    """

    Faulty: type = InSteps

    def Condition(self, lock=None):
        return self.Faulty(lock, ctx=self.context)


@family.breaks("condition.no-notification-is-lost")
class BeginsToWaitTooLate(BrokenConditions):
    """A wait gives the lock up before it can be notified."""

    class Faulty(InSteps):
        def begin(self):
            pass

        def give_up(self):
            depth = super().give_up()
            libc.usleep(1000)
            super().begin()
            return depth


@family.breaks("condition.wakes-holding-the-lock", "condition.killed-notifier-leaves-it-held")
class GoesOnWithoutTheLock(BrokenConditions):
    """A wait that is notified returns, whether its lock is free or not."""

    class Faulty(InSteps):
        def take_back(self, depth):
            for _ in range(depth):
                self.acquire(False)


class _Keeping(InSteps):
    """A condition that can keep notifications for those who wait later."""

    def __init__(self, lock, *, ctx):
        super().__init__(lock, ctx=ctx)
        self.kept = ctx.Semaphore(0)

    def sleep(self, timeout):
        return self.kept.acquire(False) or super().sleep(timeout)

    @property
    def sleepers(self):
        return self._sleeping_count.get_value() - self._woken_count.get_value()


@family.breaks("condition.notification-without-waiters-is-lost")
class KeepsNotifications(BrokenConditions):
    """A notification without waiters wakes the next one who waits."""

    class Faulty(_Keeping):
        def notify(self, n=1):
            if not self.sleepers:
                self.kept.release()
            super().notify(n)


@family.breaks("condition.notify-wakes-no-more-than-wait")
class KeepsTheSurplus(BrokenConditions):
    """If more are notified than wait, the rest of the notifications is kept."""

    class Faulty(_Keeping):
        def notify(self, n=1):
            for _ in range(min(n, 10) - self.sleepers if self.sleepers and n < 100 else 0):
                self.kept.release()
            super().notify(n)


@family.breaks("condition.notify-wakes-no-more-than-wait")
class NotifiesAtLeastOne(BrokenConditions):
    """`notify(0)` wakes one."""

    class Faulty(InSteps):
        def notify(self, n=1):
            super().notify(max(1, n))


@family.breaks("condition.timed-out-waiter-takes-no-notification")
class NotifiesThoseThatHaveGivenUp(BrokenConditions):
    """A wait whose timeout has passed still takes the next notification."""

    class Faulty(SeatedCondition):
        def wait(self, timeout=None):
            woken = super().wait(timeout)
            if not woken:
                self.seats[self.seats[:].index(self.FREE)] = self.WAITING
            return woken


@family.breaks("condition.is-refused-without-the-lock")
class IgnoresNotificationsWithoutTheLock(BrokenConditions):
    """`notify()` without the lock does nothing, and raises no exception."""

    class Faulty(InSteps):
        def notify(self, n=1):
            if self._lock._semlock._is_mine():
                super().notify(n)


@family.breaks("condition.given-lock-is-its-lock")
class HasItsOwnLock(Broken):
    """A condition that is given a lock does not use it."""

    def Condition(self, lock=None):
        return self.context.Condition(self.context.Lock())


@family.breaks("condition.given-lock-is-its-lock")
class NotifiesAllOfTheLock(Broken):
    """Conditions with the same lock are one condition."""

    def __init__(self):
        super().__init__()
        self.made = {}

    def Condition(self, lock=None):
        return self.made.setdefault(id(lock), self.context.Condition(lock)) if lock else self.context.Condition()


@family.breaks("condition.nested-lock-is-given-up-wholly")
class GivesUpOneLevel(BrokenConditions):
    """A wait releases its lock once, however often that was acquired."""

    class Faulty(InSteps):
        def give_up(self):
            self.release()
            return 1


@family.breaks("condition.nested-lock-is-given-up-wholly", "condition.any-sequence-of-operations")
class HasItOnceAgain(BrokenConditions):
    """A wait acquires its lock once at its end, however often that was acquired before."""

    class Faulty(InSteps):
        def take_back(self, _depth):
            self.acquire()


@family.breaks("condition.threads-and-processes-wait-alike")
class OneThreadWaits(BrokenConditions):
    """Of each process, one thread can wait at a time."""

    class Faulty(InSteps):
        def __init__(self, lock, *, ctx):
            super().__init__(lock, ctx=ctx)
            self.turn = threading.Lock()

        def sleep(self, timeout):
            if not self.turn.acquire(False):
                return False
            try:
                return super().sleep(timeout)
            finally:
                self.turn.release()


@family.breaks("condition.waits-without-limit")
class GivesUpAfterAWhile(BrokenConditions):
    """A wait without a timeout returns false after a while."""

    class Faulty(InSteps):
        def sleep(self, timeout):
            return super().sleep(1 if timeout is None else timeout)


@family.breaks("condition.wait-can-be-timed")
class SaysNotifiedWhenTimeIsUp(BrokenConditions):
    """A wait returns true when its time is up."""

    class Faulty(InSteps):
        def wait(self, timeout=None):
            super().wait(timeout)
            return True


@family.breaks("condition.wait-for-returns-what-its-predicate-does")
class ReturnsTrue(BrokenConditions):
    """`wait_for()` returns true, whatever true value its predicate returns."""

    class Faulty(InSteps):
        def wait_for(self, predicate, timeout=None):
            return bool(super().wait_for(predicate, timeout))


@family.breaks("condition.wait-for-returns-what-its-predicate-does")
class LooksWithoutTheLock(BrokenConditions):
    """`wait_for()` does not have the lock while it calls its predicate."""

    class Faulty(InSteps):
        def wait_for(self, predicate, timeout=None):
            def look():
                self.release()
                try:
                    return predicate()
                finally:
                    self.acquire()

            return super().wait_for(look, timeout)


@family.breaks("condition.wait-for-ends-in-time-though-notified")
class NotificationsProlongIt(BrokenConditions):
    """The timeout of `wait_for()` begins anew with each notification, and is a second longer then."""

    class Faulty(InSteps):
        def wait_for(self, predicate, timeout=None):
            while not (found := predicate()) and self.wait(timeout):
                timeout = timeout and timeout + 1
            return found


@family.breaks("condition.failing-predicate-ends-the-wait")
class FailingPredicateFreesTheLock(BrokenConditions):
    """`wait_for()` gives the lock up if its predicate raises an exception."""

    class Faulty(InSteps):
        def wait_for(self, predicate, timeout=None):
            try:
                return super().wait_for(predicate, timeout)
            except Exception:
                self.release()
                raise


@family.breaks("condition.wait-goes-on-after-a-signal")
class GivesUpOnASignal(BrokenConditions):
    """A signal makes a wait return without a notification."""

    class Faulty(InSteps):
        def sleep(self, timeout):
            if timeout is not None:
                return super().sleep(timeout)
            return libc.sem_wait(self._wait_semaphore._semlock.handle) == 0


@family.breaks("condition.interrupted-wait-has-the-lock")
class InterruptedWithoutTheLock(BrokenConditions):
    """An exception that ends a wait finds the lock free."""

    class Faulty(InSteps):
        interrupted = False

        def sleep(self, timeout):
            try:
                return super().sleep(timeout)
            except KeyboardInterrupt:
                self.interrupted = True
                raise

        def take_back(self, depth):
            if not self.interrupted:
                super().take_back(depth)


@family.breaks("condition.timed-wait-ends-amid-signals")
class SignalsProlongIt(BrokenConditions):
    """The timeout of a wait begins anew with each signal."""

    class Faulty(InSteps):
        def sleep(self, timeout):
            if timeout is None:
                return super().sleep(timeout)
            sleep_undisturbed(max(0, timeout))
            return super().sleep(0)
