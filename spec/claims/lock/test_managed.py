"""Locks that a manager has made, where they differ from the API's own."""

from __future__ import annotations

from impl.contract import Multiprocessing
from spec.engine.fixtures import MakeWorker
from spec.engine.marks import managed, managed_too, needs, source, where
from spec.harness.witness import caller, refuses
from spec.harness.worker import CallFailed
from spec.models.lock_model import ManagedLockModel

pytestmark = [needs("Process", "Lock", "RLock"), managed_too, where(managed)]


@source("https://docs.python.org/3/library/threading.html#threading.Lock.release")
@source("https://docs.python.org/3/library/threading.html#threading.RLock.release")
def test_managed_lock_is_not_released_by_others(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Releasing a managed lock that is free, or a managed RLock that another process holds, raises RuntimeError."""
    lock, rlock = mp.Lock(), mp.RLock()
    holder, other = worker(rlock=rlock), worker(lock=lock, rlock=rlock)
    holder.call("rlock.acquire")
    for request in "lock.release", "rlock.release":
        with refuses(CallFailed, "RuntimeError"):
            other.call(request)
    caller.shows("acquire(False) of the RLock after that", other.call("rlock.acquire", False), expected=False)
    holder.call("rlock.release")
    caller.shows("acquire(False) once it was released", other.call("rlock.acquire", False), expected=True)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.SyncManager.RLock")
def test_managed_rlock_is_reentrant(mp: Multiprocessing, worker: MakeWorker) -> None:
    """The holder of a managed RLock can acquire it again, and frees it with the same number of releases."""
    rlock = mp.RLock()
    holder, other = worker(rlock=rlock), worker(rlock=rlock)
    acquired = [holder.call("rlock.acquire") for _ in range(2)]
    caller.shows("acquire(), twice", acquired, expected=[True, True])
    for free in False, True:
        holder.call("rlock.release")
        caller.shows("acquire(False) by another", other.call("rlock.acquire", False), expected=free)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.SyncManager.Lock")
def test_managed_lock_in_any_sequence(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Over any sequence of operations, at most one process holds a managed lock, and none waits for a free one."""
    ManagedLockModel.verify(mp.Lock, worker)
