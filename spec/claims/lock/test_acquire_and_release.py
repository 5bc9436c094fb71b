"""Acquiring and releasing a lock, and waiting for it."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from impl.contract import Multiprocessing
from spec.claims.shared import handlers, surroundings, threads
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.marks import managed_too, needs, source, unmanaged, where
from spec.harness.held_waits import all_wait_without_limit, timed_waits
from spec.harness.holdings import holdings
from spec.harness.interruption import is_interrupted, waits_through_a_signal
from spec.harness.process_table import until_blocked
from spec.harness.witness import at_least, caller, kernel, refuses
from spec.models.lock_model import LockModel

pytestmark = [needs("Process", "Lock"), managed_too]


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock.acquire")
def test_waiter_proceeds_after_release(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that waits for a lock is blocked while another holds it, and proceeds when it is released."""
    lock = mp.Lock()
    holder, waiter = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    waiter.begin("lock.acquire")
    kernel.shows("whether the waiter is blocked", waiter.blocks(), expected=True)
    holder.call("lock.release")
    caller.shows("the waiter's acquire() after the release", waiter.result(), expected=True)


@needs("RLock")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock.acquire")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.RLock.acquire")
def test_acquire_waits_without_limit(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Without a timeout, `acquire` of a lock or an RLock waits until it is released, however long that takes."""
    lock, rlock = mp.Lock(), mp.RLock()
    one, another = worker(lock=lock), worker(rlock=rlock)
    for held in lock, rlock:
        held.acquire()
    clocks = timed_waits()
    one.begin("lock.acquire")
    another.begin("rlock.acquire")
    all_wait_without_limit({"acquire() of a held Lock": one, "acquire() of a held RLock": another}, clocks)
    for held in lock, rlock:
        held.release()
    caller.shows("acquire() after the release", [one.result(), another.result()], expected=[True, True])


@source("https://github.com/python/cpython/pull/28643", observed=True)
def test_timeout_may_be_long(mp: Multiprocessing, worker: MakeWorker) -> None:
    """An acquire of a held lock with a timeout of a hundred years waits, and gets the lock when it is released."""
    lock = mp.Lock()
    lock.acquire()
    waiter = worker(lock=lock)
    waiter.begin("lock.acquire", True, 100 * surroundings.A_YEAR)
    kernel.shows("whether the waiter is blocked", waiter.blocks(), expected=True)
    lock.release()
    caller.shows("the waiter's acquire() after the release", waiter.result(), expected=True)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock.acquire")
def test_acquire_can_refuse_to_wait(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A non-blocking acquire of a lock that another process holds returns false at once, and leaves it held."""
    lock = mp.Lock()
    holder, other = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    caller.shows("acquire(False) on a held lock", other.call("lock.acquire", False), expected=False)
    holder.call("lock.release")
    caller.shows("acquire(False) on a free lock", other.call("lock.acquire", False), expected=True)
    caller.shows("acquire(False) by another process", holder.call("lock.acquire", False), expected=False)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock.acquire")
def test_acquire_can_be_timed(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A timed acquire returns true once the lock is released, or false if it stays held, not before its timeout."""
    lock = mp.Lock()
    holder, other = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    begun = time.monotonic()
    caller.shows("acquire(True, 0.05) on a held lock", other.call("lock.acquire", True, 0.05), expected=False)
    kernel.shows("the seconds that acquire(True, 0.05) took", time.monotonic() - begun, expected=at_least(0.05))
    other.begin("lock.acquire", True, 1000)
    kernel.shows("whether acquire(True, 1000) is blocked", other.blocks(), expected=True)
    holder.call("lock.release")
    caller.shows("acquire(True, 1000) after the release", other.result(), expected=True)


@where(unmanaged)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock.acquire")
def test_acquire_takes_its_arguments_by_name(mp: Multiprocessing, worker: MakeWorker) -> None:
    """`acquire` also takes keyword arguments; a timeout of zero or less does not wait, and None sets no limit."""
    lock = mp.Lock()
    holder, other = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    caller.shows("acquire(block=False) on a held lock", other.call("lock.acquire", block=False), expected=False)
    for seconds in 0.05, 0, -1:
        acquired = other.call("lock.acquire", timeout=seconds)
        caller.shows(f"acquire(timeout={seconds}) on a held lock", acquired, expected=False)
    caller.shows("acquire(False, 3600) on a held lock", other.call("lock.acquire", False, 3600), expected=False)
    other.begin("lock.acquire", timeout=None)
    kernel.shows("whether acquire(timeout=None) is blocked", other.blocks(), expected=True)
    holder.call("lock.release")
    caller.shows("acquire(timeout=None) after the release", other.result(), expected=True)
    other.call("lock.release")
    caller.shows("acquire(block=True) on a free lock", other.call("lock.acquire", block=True), expected=True)
    caller.shows("acquire(block=False) by another process", holder.call("lock.acquire", block=False), expected=False)


@source("https://docs.python.org/3/library/threading.html#lock-objects")
def test_each_is_independent(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Whether a lock is free does not depend on which other locks are held, or on how many."""
    one, another = mp.Lock(), mp.Lock()
    holder, other = worker(one=one, another=another), worker(one=one, another=another)
    holder.call("one.acquire")
    caller.shows("acquire(False) on the second lock", other.call("another.acquire", False), expected=True)
    many = [mp.Lock() for _ in range(100)]
    caller.shows("how many of a hundred locks are acquired", sum(lock.acquire(False) for lock in many), expected=100)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock")
def test_threads_wait_for_it_too(mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """A lock excludes threads from each other as it does processes, and a waiting thread blocks no other thread."""
    waiting = checkpoint("waiting")
    lock = mp.Lock()
    process = worker(lock=partial(threads.lock_beside, lock, waiting.pause))
    process.begin("lock")
    arrival = waiting.next()
    until_blocked([arrival.pid])
    arrival.let_go()
    results = process.result()
    what = "whether the second thread waited, and what acquire returned in the third and in the second"
    caller.shows(what, results, expected=(True, False, True))


@source("https://docs.python.org/3/whatsnew/3.5.html#whatsnew-pep-475", observed=True)
def test_wait_goes_on_after_a_signal(mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """A process that waits for a lock handles a signal, and then goes on waiting unless the handler raises."""
    lock, handling = mp.Lock(), checkpoint("handling")
    waiter = worker(lock=lock, handle=partial(handlers.handle, handling.pause))
    waiter.call("handle")
    lock.acquire()
    waiter.begin("lock.acquire", True, 3600)
    waits_through_a_signal(waiter, handling)
    lock.release()
    caller.shows("acquire(True, 3600) after the release", waiter.result(), expected=True)
    waiter.begin("lock.acquire")
    waits_through_a_signal(waiter, handling)
    is_interrupted(waiter)
    waiter.call("lock.release")
    caller.shows("acquire(False) after the waiter released the lock", lock.acquire(False), expected=True)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock.acquire")
def test_timed_wait_ends_amid_signals(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A timed acquire gives up after its timeout, even if signals keep arriving."""
    lock = mp.Lock()
    lock.acquire()
    waiter = worker(acquire=partial(handlers.amid_signals, lock, "acquire"))
    caller.shows("how acquire(True, 0.05) ended", waiter.call("acquire", True, 0.05), expected="ended")


@source("https://man7.org/linux/man-pages/man3/sem_close.3.html", observed=True)
def test_use_leaves_no_file_open(mp: Multiprocessing) -> None:
    """A lock that was acquired and released, and that nothing refers to any more, leaves no file open."""

    def use() -> None:
        lock = mp.Lock()
        for _ in range(3):
            lock.acquire()
            lock.release()

    use()  # now everything that the API opens once for all locks is open
    before = holdings()
    use()
    kernel.shows("the number of open files and of threads", holdings(), expected=before)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock")
def test_is_not_reentrant(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that acquires a lock that it already holds is blocked."""
    lock = mp.Lock()
    holder = worker(lock=lock)
    holder.call("lock.acquire")
    caller.shows("acquire(False) by the holder", holder.call("lock.acquire", False), expected=False)
    holder.begin("lock.acquire")
    kernel.shows("whether the holder is blocked in acquire()", holder.blocks(), expected=True)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock.release")
def test_another_process_may_release(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that does not hold a lock can release it."""
    lock = mp.Lock()
    holder, other = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    other.call("lock.release")
    caller.shows("acquire(False) after another's release", holder.call("lock.acquire", False), expected=True)


@where(unmanaged)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock.release")
def test_free_lock_cannot_be_released(mp: Multiprocessing) -> None:
    """Releasing a lock that nobody holds raises a `ValueError`."""
    with refuses(ValueError):
        mp.Lock().release()


@where(unmanaged)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock")
def test_any_sequence_of_operations(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Over any sequence of acquires and releases, at most one process holds a lock, and none waits for a free one."""
    LockModel.verify(mp.Lock, worker)


@needs("Lock.locked")
@source("https://github.com/python/cpython/issues/132561")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock.locked")
def test_locked_tells_whether_any_process_holds_it(mp: Multiprocessing, worker: MakeWorker) -> None:
    """`locked()` is true in every process while one holds the lock, and false in every process while none does."""
    lock: Any = mp.Lock()
    holder, other = worker(lock=lock), worker(lock=lock)
    for held in False, True, False:
        seen = holder.call("lock.locked"), other.call("lock.locked"), lock.locked()
        caller.shows(
            f"locked() in each process while it is {held} that one holds the lock", seen, expected=(held,) * 3
        )
        holder.call("lock.release" if held else "lock.acquire")


@needs("RLock")
@source(
    "https://docs.python.org/3/library/threading.html#using-locks-conditions-and-semaphores-in-the-with-statement"
)
def test_is_held_within_its_block(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A `with` statement holds a lock or an RLock until its block is left, even by an exception, and binds true."""
    lock: Any
    for lock in mp.Lock(), mp.RLock():
        other = worker(lock=lock)
        with refuses(LookupError), lock as bound:
            caller.shows("what the with statement binds", bound, expected=True)
            caller.shows("acquire(False) within the block", other.call("lock.acquire", False), expected=False)
            raise LookupError
        caller.shows("acquire(False) after the block", other.call("lock.acquire", False), expected=True)
