"""Waiting for a semaphore: with and without a limit, with signals, in threads."""

from __future__ import annotations

import os
import signal
import time
from functools import partial

from impl.contract import Multiprocessing
from spec.claims.semaphore import payloads
from spec.claims.shared import handlers, threads
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.marks import managed_too, needs, source, unmanaged, where
from spec.harness.held_waits import all_wait_without_limit, timed_waits
from spec.harness.interruption import is_interrupted, waits_through_a_signal
from spec.harness.process_table import until_blocked
from spec.harness.witness import at_least, caller, kernel

pytestmark = [needs("Process", "Semaphore"), managed_too]


@needs("BoundedSemaphore")
@source("https://docs.python.org/3/library/threading.html#threading.Semaphore.acquire")
def test_zero_blocks_without_limit(mp: Multiprocessing, worker: MakeWorker) -> None:
    """While the value is zero, `acquire` without a timeout waits for a release, however long that takes."""
    plain, bounded = mp.Semaphore(0), mp.BoundedSemaphore(1)
    bounded.acquire()
    one, another = worker(plain=plain), worker(bounded=bounded)
    clocks = timed_waits()
    one.begin("plain.acquire")
    another.begin("bounded.acquire")
    all_wait_without_limit({"acquire() of a Semaphore": one, "acquire() of a BoundedSemaphore": another}, clocks)
    for semaphore in plain, bounded:
        semaphore.release()
    caller.shows("acquire() after the release", [one.result(), another.result()], expected=[True, True])


@source("https://docs.python.org/3/library/threading.html#threading.Semaphore.acquire")
def test_acquire_can_be_timed(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A timed acquire returns true after a release, or false if none comes, not before its timeout."""
    semaphore = mp.Semaphore(0)
    waiter = worker(semaphore=semaphore)
    begun = time.monotonic()
    caller.shows("acquire(True, 0.05) of zero", waiter.call("semaphore.acquire", True, 0.05), expected=False)
    kernel.shows("the seconds that acquire(True, 0.05) took", time.monotonic() - begun, expected=at_least(0.05))
    waiter.begin("semaphore.acquire", True, 1000)
    kernel.shows("whether acquire(True, 1000) is blocked", waiter.is_stuck(), expected=True)
    semaphore.release()
    caller.shows("acquire(True, 1000) after a release", waiter.result(), expected=True)
    semaphore.release()
    taken = [semaphore.acquire(False) for _ in range(2)]
    caller.shows("acquire(False), twice, after one more release", taken, expected=[True, False])


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Semaphore")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock.acquire")
def test_acquire_can_refuse_to_wait(mp: Multiprocessing, worker: MakeWorker) -> None:
    """`acquire(False)`, and `acquire` with a timeout of zero or less, do not wait; None sets no limit."""
    semaphore = mp.Semaphore(1)
    waiter = worker(semaphore=semaphore)
    for expected in True, False:
        caller.shows("acquire(False)", waiter.call("semaphore.acquire", False), expected=expected)
    for arguments in (False, None), (True, 0), (True, -1):
        acquired = waiter.call("semaphore.acquire", *arguments)
        caller.shows(f"acquire{arguments} of zero", acquired, expected=False)
    for seconds in 0.05, 0, -1:
        acquired = waiter.call("semaphore.acquire", timeout=seconds)
        caller.shows(f"acquire(timeout={seconds}) of zero", acquired, expected=False)
    waiter.begin("semaphore.acquire", timeout=None)
    kernel.shows("whether acquire(timeout=None) of zero is blocked", waiter.is_stuck(), expected=True)
    semaphore.release()
    caller.shows("acquire(timeout=None) after a release", waiter.result(), expected=True)


@where(unmanaged)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock.acquire")
def test_timeout_is_ignored_if_it_may_not_wait(mp: Multiprocessing, worker: MakeWorker) -> None:
    """`acquire(False)` does not wait though it is given a timeout, unlike that of a semaphore for threads."""
    semaphore = mp.Semaphore(1)
    waiter = worker(semaphore=semaphore)
    for acquired in True, False:
        caller.shows("acquire(False, 3600)", waiter.call("semaphore.acquire", False, 3600), expected=acquired)


@source("https://docs.python.org/3/whatsnew/3.5.html#whatsnew-pep-475", observed=True)
def test_wait_goes_on_after_a_signal(mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """A process that waits handles a signal and waits on; if the handler raises, the wait ends and takes nothing."""
    semaphore, handling = mp.Semaphore(0), checkpoint("handling")
    waiter = worker(semaphore=semaphore, handle=partial(handlers.handle, handling.pause))
    waiter.call("handle")
    waiter.begin("semaphore.acquire", True, 3600)
    waits_through_a_signal(waiter, handling)
    semaphore.release()
    caller.shows("acquire(True, 3600) after a release", waiter.result(), expected=True)
    waiter.begin("semaphore.acquire")
    waits_through_a_signal(waiter, handling)
    is_interrupted(waiter)
    semaphore.release()
    taken = [waiter.call("semaphore.acquire", False) for _ in range(2)]
    caller.shows("acquire(False), twice, after one more release", taken, expected=[True, False])


@source("https://docs.python.org/3/library/threading.html#threading.Semaphore.acquire")
def test_timed_wait_ends_amid_signals(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A timed acquire gives up after its timeout, even if signals keep arriving."""
    semaphore = mp.Semaphore(0)
    waiter = worker(acquire=partial(handlers.amid_signals, semaphore, "acquire"))
    caller.shows("how acquire(True, 0.05) ended", waiter.call("acquire", True, 0.05), expected="ended")


@source("https://man7.org/linux/man-pages/man3/sem_post.3.html", observed=True)
def test_waiters_handler_may_release_it(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process whose signal handler releases the very semaphore that the process waits for goes on."""
    semaphore = mp.Semaphore(0)
    waiter = worker(semaphore=semaphore, handle=partial(payloads.release_on_signal, semaphore))
    waiter.call("handle")
    waiter.begin("semaphore.acquire")
    kernel.shows("whether acquire() is blocked", waiter.is_stuck(), expected=True)
    os.kill(waiter.pid, signal.SIGUSR1)
    caller.shows("acquire() after its handler has released the semaphore", waiter.result(), expected=True)
    caller.shows("acquire(False) after that", semaphore.acquire(False), expected=False)


@source("https://docs.python.org/3/library/threading.html#semaphore-objects", observed=True)
def test_threads_wait_for_it_too(mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """A thread that waits for a semaphore blocks no other thread of its process, and any thread may release it."""
    waiting = checkpoint("waiting")
    semaphore = mp.Semaphore(1)
    process = worker(semaphore=partial(threads.lock_beside, semaphore, waiting.pause))
    process.begin("semaphore")
    arrival = waiting.next()
    until_blocked([arrival.pid])
    arrival.let_go()
    what = "whether the second thread waited, and what acquire returned in the third and in the second"
    caller.shows(what, process.result(), expected=(True, False, True))
