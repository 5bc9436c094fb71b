"""Acquiring and releasing a lock, and waiting for it."""

from __future__ import annotations

import time
from functools import partial

from impl.contract import Multiprocessing
from spec.claims.shared import handlers, threads
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.marks import needs, source
from spec.harness.holdings import holdings
from spec.harness.interruption import is_interrupted, waits_through_a_signal
from spec.harness.process_table import until_blocked
from spec.harness.witness import at_least, caller, kernel, refuses
from spec.models import locks

pytestmark = needs("Process", "Lock")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock.acquire")
def test_waiter_proceeds_after_release(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that waits for a lock is blocked while another holds it, and proceeds once it is released."""
    lock = mp.Lock()
    holder, waiter = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    waiter.begin("lock.acquire")
    kernel.shows("whether the waiter is blocked", waiter.blocks(), expected=True)
    holder.call("lock.release")
    caller.shows("whether the waiter acquired it", waiter.result(), expected=True)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock.acquire")
def test_acquire_can_refuse_to_wait(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A non-blocking acquire of a lock that another holds returns false at once, and leaves it held."""
    lock = mp.Lock()
    holder, other = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    caller.shows("whether it was acquired", other.call("lock.acquire", False), expected=False)
    holder.call("lock.release")
    caller.shows("whether it was acquired when free", other.call("lock.acquire", False), expected=True)
    caller.shows("whether it was acquired twice", holder.call("lock.acquire", False), expected=False)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock.acquire")
def test_acquire_can_be_timed(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A timed acquire of a lock that stays held returns false, and not before its time; if it is released, true."""
    lock = mp.Lock()
    holder, other = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    begun = time.monotonic()
    caller.shows("whether it was acquired", other.call("lock.acquire", True, 0.05), expected=False)
    kernel.shows("the seconds it took", time.monotonic() - begun, expected=at_least(0.05))
    other.begin("lock.acquire", True, 1000)
    kernel.shows("whether the other is blocked", other.blocks(), expected=True)
    holder.call("lock.release")
    caller.shows("whether it was acquired once released", other.result(), expected=True)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock.acquire")
def test_acquire_takes_its_arguments_by_name(mp: Multiprocessing, worker: MakeWorker) -> None:
    """What acquire takes, it takes by name too; a time of zero or less is none, None is no limit."""
    lock = mp.Lock()
    holder, other = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    caller.shows("whether block=False acquired it", other.call("lock.acquire", block=False), expected=False)
    for seconds in 0.05, 0, -1:
        acquired = other.call("lock.acquire", timeout=seconds)
        caller.shows(f"whether timeout={seconds} acquired it", acquired, expected=False)
    caller.shows("whether it waits where it may not", other.call("lock.acquire", False, 3600), expected=False)
    other.begin("lock.acquire", timeout=None)
    kernel.shows("whether timeout=None waits", other.blocks(), expected=True)
    holder.call("lock.release")
    caller.shows("whether timeout=None acquired it in the end", other.result(), expected=True)
    other.call("lock.release")
    caller.shows("whether block=True acquired it when free", other.call("lock.acquire", block=True), expected=True)
    caller.shows("whether it was held then", holder.call("lock.acquire", block=False), expected=False)


@source("https://docs.python.org/3/library/threading.html#lock-objects")
def test_each_is_independent(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A lock is free whoever holds others, and however many."""
    one, another = mp.Lock(), mp.Lock()
    holder, other = worker(one=one, another=another), worker(one=one, another=another)
    holder.call("one.acquire")
    caller.shows("whether another process gets the second lock", other.call("another.acquire", False), expected=True)
    many = [mp.Lock() for _ in range(100)]
    caller.shows("how many of a hundred are got", sum(lock.acquire(False) for lock in many), expected=100)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock")
def test_threads_wait_for_it_too(mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """Threads exclude each other with a lock as processes do, and one that waits for it holds up no other."""
    waiting = checkpoint("waiting")
    process = worker(lock=partial(threads.lock_beside, mp.Lock(), waiting.pause))
    process.begin("lock")
    arrival = waiting.next()
    until_blocked([arrival.pid])
    arrival.let_go()
    got = process.result()
    caller.shows("whether one waited, and whether the other and it got it", got, expected=(True, False, True))


@source("https://docs.python.org/3/whatsnew/3.5.html#whatsnew-pep-475", observed=True)
def test_wait_goes_on_after_a_signal(mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """Who waits for a lock handles a signal meanwhile, and waits on, unless the handler raises."""
    lock, handling = mp.Lock(), checkpoint("handling")
    waiter = worker(lock=lock, handle=partial(handlers.handle, handling.pause))
    waiter.call("handle")
    lock.acquire()
    waiter.begin("lock.acquire", True, 3600)
    waits_through_a_signal(waiter, handling)
    lock.release()
    caller.shows("whether it acquired the lock", waiter.result(), expected=True)
    waiter.begin("lock.acquire")
    waits_through_a_signal(waiter, handling)
    is_interrupted(waiter)
    waiter.call("lock.release")
    caller.shows("whether the lock is free then", lock.acquire(False), expected=True)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock.acquire")
def test_timed_wait_ends_amid_signals(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A timed acquire gives up when its time is over, though signals keep coming meanwhile."""
    lock = mp.Lock()
    lock.acquire()
    waiter = worker(acquire=partial(handlers.amid_signals, lock, "acquire"))
    caller.shows("how the acquire came to its end", waiter.call("acquire", True, 0.05), expected="ended")


@source("https://man7.org/linux/man-pages/man3/sem_close.3.html", observed=True)
def test_use_leaves_no_file_open(mp: Multiprocessing) -> None:
    """A lock that was acquired and released, and that nobody refers to any more, has left no file open."""

    def use() -> None:
        lock = mp.Lock()
        for _ in range(3):
            lock.acquire()
            lock.release()

    use()  # whatever the API opens once for all locks is open now
    before = holdings()
    use()
    kernel.shows("how many files and threads there are", holdings(), expected=before)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock")
def test_is_not_reentrant(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that acquires a lock which it holds already is blocked."""
    holder = worker(lock=mp.Lock())
    holder.call("lock.acquire")
    caller.shows("whether it was acquired again", holder.call("lock.acquire", False), expected=False)
    holder.begin("lock.acquire")
    kernel.shows("whether the holder is blocked", holder.blocks(), expected=True)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock.release")
def test_another_process_may_release(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A lock can be released by a process that does not hold it."""
    lock = mp.Lock()
    holder, other = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    other.call("lock.release")
    caller.shows("whether it was free then", holder.call("lock.acquire", False), expected=True)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock.release")
def test_free_lock_cannot_be_released(mp: Multiprocessing) -> None:
    """Releasing a lock that nobody holds is refused."""
    with refuses(ValueError):
        mp.Lock().release()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock")
def test_any_sequence_of_operations(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Over any sequence of acquires and releases by several processes, at most one has it, and no free lock waits."""
    locks.Lock.verify(mp.Lock, worker)
