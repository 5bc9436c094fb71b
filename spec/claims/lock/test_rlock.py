"""RLock: a lock that its holder can acquire again."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from impl.contract import Multiprocessing
from spec.engine.fixtures import MakeWorker
from spec.engine.marks import needs, source
from spec.harness.witness import at_least, caller, kernel, refuses
from spec.harness.worker import CallFailed

pytestmark = needs("Process", "Lock")


@needs("RLock")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.RLock")
def test_rlock_is_reentrant(mp: Multiprocessing, worker: MakeWorker) -> None:
    """The holder of an RLock can acquire it again, and frees it with as many releases."""
    lock = mp.RLock()
    holder, other = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    again = [holder.call("lock.acquire", block=False) for _ in range(2)]
    caller.shows("whether it was acquired twice again", again, expected=[True, True])
    for _ in range(2):
        holder.call("lock.__enter__")
        holder.call("lock.__exit__", None, None, None)
    for releases in (1, 2):
        holder.call("lock.release")
        got = other.call("lock.acquire", False)
        caller.shows(f"whether another gets it after {releases} of 3 releases", got, expected=False)
    holder.call("lock.release")
    caller.shows("whether another gets it after all", other.call("lock.acquire", False), expected=True)


@needs("RLock")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.RLock.release")
def test_rlock_is_released_by_its_holder_only(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Releasing an RLock is refused to all but its holder, be it a child started meanwhile, and leaves it held."""
    lock, refusal = mp.RLock(), "AssertionError"
    holder, other = worker(lock=lock), worker(lock=lock)
    with refuses(CallFailed, refusal):
        other.call("lock.release")
    holder.call("lock.acquire")
    with refuses(CallFailed, refusal):
        other.call("lock.release")
    caller.shows("whether it was free then", other.call("lock.acquire", False), expected=False)
    lock = mp.RLock()
    lock.acquire()
    child = worker(lock=lock)
    with refuses(CallFailed, refusal):
        child.call("lock.release")
    caller.shows("whether a child got what its starter holds", child.call("lock.acquire", False), expected=False)


@needs("RLock")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.RLock.release")
def test_rlock_waiter_proceeds_after_the_last_release(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Who waits for an RLock that another holds gives up at a given time, or else proceeds after its last release."""
    lock = mp.RLock()
    holder, waiter = worker(lock=lock), worker(lock=lock)
    for _ in range(10):
        holder.call("lock.acquire")
    begun = time.monotonic()
    caller.shows("whether it was acquired in time", waiter.call("lock.acquire", True, 0.05), expected=False)
    kernel.shows("the seconds it took", time.monotonic() - begun, expected=at_least(0.05))
    waiter.begin("lock.acquire")
    for releases in range(10):
        kernel.shows(f"whether the waiter is blocked after {releases} of 10 releases", waiter.blocks(), expected=True)
        holder.call("lock.release")
    caller.shows("whether the waiter acquired it", waiter.result(), expected=True)


@needs("RLock")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.RLock")
def test_rlock_is_held_by_one_thread(mp: Multiprocessing) -> None:
    """An RLock belongs to the thread that acquired it: another one of its process neither gets nor releases it."""
    lock = mp.RLock()
    lock.acquire()
    with ThreadPoolExecutor(1) as other:
        caller.shows("whether another thread got it", other.submit(lock.acquire, False).result(), expected=False)
        with refuses(AssertionError):
            other.submit(lock.release).result()
