"""Semaphores, conditions, events and barriers with a fault, and what is shown of them."""

from __future__ import annotations

from multiprocessing import synchronize
from typing import Any

from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

primitives: Any = synchronize


@family.breaks("lock.semaphore-admits-as-many-as-its-value", "lock.repr-tells-the-value")
class AdmitsOneMore(Broken):
    """A semaphore can be acquired once more than its value says."""

    def Semaphore(self, value=1):
        return self.context.Semaphore(value + 1)


@family.breaks("lock.semaphore-is-bounded-if-asked-for")
class Unbounded(Broken):
    """A bounded semaphore has no bound."""

    def BoundedSemaphore(self, value=1):
        return self.context.Semaphore(value)


class _WakesAll(primitives.Condition):
    def notify(self, n=1):
        super().notify_all()


@family.breaks("lock.condition-wakes-as-many-as-notified")
class NotifyWakesAll(Broken):
    """`notify()` wakes all that wait for the condition."""

    def Condition(self, lock=None):
        return _WakesAll(lock, ctx=self.context)


class _LooksOnce(primitives.Condition):
    def wait_for(self, predicate, timeout=None):
        return predicate() or (self.wait(timeout) and predicate())


@family.breaks("lock.condition-can-be-waited-for")
class WaitForLooksOnce(Broken):
    """`wait_for()` returns after the first notification, whether its predicate is true or not."""

    def Condition(self, lock=None):
        return _LooksOnce(lock, ctx=self.context)


class _WakesOne(primitives.Event):
    def set(self):
        with self._cond:
            self._flag.acquire(False)
            self._flag.release()
            self._cond.notify()


@family.breaks("lock.event-is-for-all-that-wait")
class EventWakesOne(Broken):
    """To set an event wakes one of those that wait for it."""

    def Event(self):
        return _WakesOne(ctx=self.context)


@family.breaks("lock.barrier-opens-once-all-wait", "lock.barrier-can-be-broken")
class BarrierOpensEarly(Broken):
    """A barrier waits for one party less than it should."""

    def Barrier(self, parties, action=None, timeout=None):
        return self.context.Barrier(parties - 1, action, timeout)


class _Lock(primitives.Lock):
    __repr__ = object.__repr__


class _RLock(primitives.RLock):
    __repr__ = object.__repr__


@family.breaks("lock.repr-tells-the-holder", "lock.repr-tells-the-value", "lock.repr-counts-acquisitions")
class AnonymousHolders(Broken):
    """The repr of a lock does not tell who holds it."""

    def Lock(self):
        return _Lock(ctx=self.context)

    def RLock(self):
        return _RLock(ctx=self.context)

    def Condition(self, lock=None):
        return self.context.Condition(lock or self.RLock())


class _Portable(primitives.Lock):
    def __reduce__(self):
        return _Portable, ()


@family.breaks("lock.is-pickled-only-for-a-child")
class PicklesLocks(Broken):
    """A lock can be pickled at any time, which makes another lock of it."""

    def Lock(self):
        return _Portable(ctx=self.context)


class _EventOfUnknownState(primitives.Event):
    __repr__ = object.__repr__


@family.breaks("lock.repr-tells-whether-an-event-is-set")
class EventsLookAlike(Broken):
    """The repr of an event does not tell whether it is set."""

    def Event(self):
        return _EventOfUnknownState(ctx=self.context)
