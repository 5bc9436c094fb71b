"""Managers whose locks have a fault."""

from __future__ import annotations

import threading
from multiprocessing import managers
from typing import Any

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.managers import BrokenManager, SyncManager

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

parts: Any = managers


class _Forgiving:
    """A lock that a process may release though it is free, or though another process holds it."""

    def __init__(self):
        self.lock = threading.Semaphore(1)

    def acquire(self, blocking=True, timeout=None):
        return self.lock.acquire(blocking, timeout)

    def release(self):
        if not self.lock._value:
            self.lock.release()


class _WithForgivingLocks(SyncManager):
    pass


for name in "Lock", "RLock":
    _WithForgivingLocks.register(name, _Forgiving, parts.AcquirerProxy)


@family.breaks(
    "lock.managed-lock-is-not-released-by-others",
    "lock.managed-rlock-is-reentrant",
    verdicts=("violated", "hung"),
    managed=True,
)
class ForgivesEachRelease(BrokenManager):
    """Any process can release a managed RLock, a free lock can be released, and an RLock is not reentrant."""

    Served = _WithForgivingLocks


class _LetsTwoIn(SyncManager):
    pass


_LetsTwoIn.register("Lock", lambda: threading.BoundedSemaphore(2), parts.AcquirerProxy)


@family.breaks("lock.managed-lock-in-any-sequence", "lock.admits-one-buyer-at-a-time", managed=True)
class ManagedLockAdmitsTwo(BrokenManager):
    """A managed lock admits two processes at once."""

    Served = _LetsTwoIn
