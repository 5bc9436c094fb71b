"""RLock: a lock that its holder can acquire again."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from impl.contract import Multiprocessing
from spec.engine.fixtures import MakeWorker
from spec.engine.marks import managed_too, needs, source, unmanaged, where
from spec.harness.witness import at_least, caller, kernel, refuses
from spec.harness.worker import CallFailed

pytestmark = [needs("Process", "Lock"), managed_too]


@where(unmanaged)
@needs("RLock")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.RLock")
def test_rlock_is_reentrant(mp: Multiprocessing, worker: MakeWorker) -> None:
    """The holder of an RLock can acquire it again, and frees it with the same number of releases."""
    lock = mp.RLock()
    holder, other = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    again = [holder.call("lock.acquire", block=False) for _ in range(2)]
    caller.shows("acquire(block=False) by the holder, two more times", again, expected=[True, True])
    for _ in range(2):
        holder.call("lock.__enter__")
        holder.call("lock.__exit__", None, None, None)
    for releases in (1, 2):
        holder.call("lock.release")
        acquired = other.call("lock.acquire", False)
        caller.shows(f"acquire(False) by another process after {releases} of 3 releases", acquired, expected=False)
    holder.call("lock.release")
    acquired = other.call("lock.acquire", False)
    caller.shows("acquire(False) by another process after 3 of 3 releases", acquired, expected=True)


@where(unmanaged)
@needs("RLock")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.RLock.release")
def test_rlock_is_released_by_its_holder_only(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Releasing an RLock without holding it raises `AssertionError`, even in the holder's child; it stays held."""
    lock, refusal = mp.RLock(), "AssertionError"
    holder, other = worker(lock=lock), worker(lock=lock)
    with refuses(CallFailed, refusal):
        other.call("lock.release")
    holder.call("lock.acquire")
    with refuses(CallFailed, refusal):
        other.call("lock.release")
    acquired = other.call("lock.acquire", False)
    caller.shows("acquire(False) by another process after its refused release", acquired, expected=False)
    lock = mp.RLock()
    lock.acquire()
    child = worker(lock=lock)
    with refuses(CallFailed, refusal):
        child.call("lock.release")
    acquired = child.call("lock.acquire", False)
    caller.shows("acquire(False) by the holder's child after its refused release", acquired, expected=False)


@needs("RLock")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.RLock.release")
def test_rlock_waiter_proceeds_after_the_last_release(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that waits for a held RLock gives up at its timeout, or proceeds after the holder's last release."""
    lock = mp.RLock()
    holder, waiter = worker(lock=lock), worker(lock=lock)
    for _ in range(10):
        holder.call("lock.acquire")
    begun = time.monotonic()
    caller.shows("acquire(True, 0.05) on a held RLock", waiter.call("lock.acquire", True, 0.05), expected=False)
    kernel.shows("the seconds that acquire(True, 0.05) took", time.monotonic() - begun, expected=at_least(0.05))
    waiter.begin("lock.acquire")
    for releases in range(10):
        kernel.shows(f"whether the waiter is blocked after {releases} of 10 releases", waiter.blocks(), expected=True)
        holder.call("lock.release")
    caller.shows("the waiter's acquire() after the last release", waiter.result(), expected=True)


@where(unmanaged)
@needs("RLock")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.RLock")
def test_rlock_is_held_by_one_thread(mp: Multiprocessing) -> None:
    """The thread that acquired an RLock holds it: no other thread of its process can acquire or release it."""
    lock = mp.RLock()
    lock.acquire()
    with ThreadPoolExecutor(1) as other:
        caller.shows("acquire(False) by another thread", other.submit(lock.acquire, False).result(), expected=False)
        with refuses(AssertionError):
            other.submit(lock.release).result()


@needs("RLock", "RLock.locked")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.RLock.locked")
def test_rlock_locked_tells_whether_any_process_holds_it(mp: Multiprocessing, worker: MakeWorker) -> None:
    """`locked()` of an RLock is true in every process until its holder has released it as often as acquired."""
    lock: Any = mp.RLock()
    holder, other = worker(lock=lock), worker(lock=lock)
    operations = ["locked", "acquire", "acquire", "release", "release"]
    for operation, held in zip(operations, [False, True, True, True, False]):
        holder.call(f"lock.{operation}")
        seen = holder.call("lock.locked"), other.call("lock.locked"), lock.locked()
        caller.shows(f"locked() in each process after {operation}()", seen, expected=(held,) * 3)
