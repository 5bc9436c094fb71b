"""Managers whose locks, conditions, events, barriers and other objects have a fault, or that are started wrongly."""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from multiprocessing import managers
from typing import Any

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.managers import BrokenManager, SyncManager

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

parts: Any = managers


class _NoLock:
    def acquire(self, blocking=True, timeout=-1):
        return True

    def release(self):
        pass


class _LetsAllIn(SyncManager):
    pass


for name in "Lock", "RLock":
    _LetsAllIn.register(name, _NoLock, parts.AcquirerProxy)


@family.breaks("sharing.managed-lock-excludes")
class ManagedLocksLetAllIn(BrokenManager):
    """A managed lock can be acquired by all at once."""

    Served = _LetsAllIn


class _WakesAll(threading.Condition):
    def notify(self, n=1):
        self.notify_all()

    def notify_all(self):
        super().notify(len(vars(self)["_waiters"]))


class _WithConditions(SyncManager):
    pass


_WithConditions.register("Condition", _WakesAll, parts.ConditionProxy)


@family.breaks("sharing.managed-condition-wakes-as-many-as-notified")
class ManagedNotifyWakesAll(BrokenManager):
    """`notify()` of a managed condition wakes all that wait."""

    Served = _WithConditions


class _LooksOnce(parts.ConditionProxy):
    def wait_for(self, predicate, timeout=None):
        return predicate() or (self.wait(timeout) and predicate())


class _WithImpatientConditions(SyncManager):
    pass


_WithImpatientConditions.register("Condition", threading.Condition, _LooksOnce)


@family.breaks("sharing.managed-condition-can-be-waited-for")
class ManagedWaitForLooksOnce(BrokenManager):
    """`wait_for()` of a managed condition returns after the first notification."""

    Served = _WithImpatientConditions


class _NeverCleared(threading.Event):
    def clear(self):
        pass


class _WithEvents(SyncManager):
    pass


_WithEvents.register("Event", _NeverCleared, parts.EventProxy)


@family.breaks("sharing.managed-event-is-for-all-that-wait")
class ManagedEventStaysSet(BrokenManager):
    """A managed event cannot be cleared."""

    Served = _WithEvents


def _one_less(parties, action=None, timeout=None):
    return threading.Barrier(parties - 1, action, timeout)


class _WithBarriers(SyncManager):
    pass


_WithBarriers.register("Barrier", _one_less, parts.BarrierProxy)


@family.breaks("sharing.managed-barrier-opens-once-all-wait", "sharing.managed-barrier-can-be-broken")
class ManagedBarrierOpensEarly(BrokenManager):
    """A managed barrier waits for one party less than it should."""

    Served = _WithBarriers


class _KeepsAttributes(parts.NamespaceProxy):
    def __delattr__(self, key):
        pass


class _ReadOnly(parts.ValueProxy):
    value = property(parts.ValueProxy.get, lambda self, value: None)


class _WithData(SyncManager):
    pass


_WithData.register("Namespace", parts.Namespace, _KeepsAttributes)
_WithData.register("Value", parts.Value, _ReadOnly)


@family.breaks("sharing.namespace-has-any-attributes", "sharing.managed-value-and-array-are-shared")
class ManagedDataStaysAsItIs(BrokenManager):
    """No attribute of a managed namespace can be deleted, and no managed value changed."""

    Served = _WithData


class _LastInFirstOut(SyncManager):
    pass


_LastInFirstOut.register("Queue", queue.LifoQueue)


@family.breaks("sharing.managed-queue-behaves-as-one")
class ManagedQueueIsAStack(BrokenManager):
    """A managed queue gives the item that was put last."""

    Served = _LastInFirstOut


class _ExposesAll(SyncManager):
    @classmethod
    def register(cls, typeid, *arguments, exposed=None, method_to_typeid=None, **more):
        super().register(typeid, *arguments, **more)


@family.breaks("sharing.any-class-can-be-registered", "sharing.answer-can-be-another-proxy")
class RegistersWithoutConditions(BrokenManager):
    """A registered class exposes all its public methods, and these return values only."""

    Served = _ExposesAll


class _Opaque(parts.ListProxy):
    __str__ = parts.BaseProxy.__repr__


class _WithOpaqueLists(SyncManager):
    pass


_WithOpaqueLists.register("list", list, _Opaque)


@family.breaks("sharing.proxy-shows-what-it-refers-to")
class ProxiesShowThemselves(BrokenManager):
    """The str of a proxy shows the proxy, not the object."""

    Served = _WithOpaqueLists


class _Forgetful(SyncManager):
    def __init__(self, address=None, authkey=None, **more):
        super().__init__(None, None, **more)


@family.breaks("sharing.manager-is-reached-by-its-address", "sharing.any-process-can-serve")
class ForgetsItsAddress(BrokenManager):
    """A manager takes neither the address nor the authkey that it is given."""

    Served = _Forgetful


class _StartsAgain(SyncManager):
    def start(self, *arguments):
        with suppress(parts.ProcessError):
            super().start(*arguments)


@family.breaks("sharing.manager-is-started-once")
class StartsAgain(BrokenManager):
    """To start a manager a second time is not refused."""

    Served = _StartsAgain
