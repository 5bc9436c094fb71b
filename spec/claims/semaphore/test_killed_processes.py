"""What becomes of a semaphore when a process that uses it is killed or stopped."""

from __future__ import annotations

import os
import signal

from impl.contract import Multiprocessing
from spec.engine.fixtures import MakeWorker
from spec.engine.marks import managed_too, needs, source
from spec.harness.process_table import ALIVE, state
from spec.harness.stillness import is_stopped
from spec.harness.witness import caller, kernel, other_than

pytestmark = [needs("Process", "Semaphore"), managed_too]


@source("https://man7.org/linux/man-pages/man3/sem_post.3.html", observed=True)
def test_killed_waiter_is_passed_over(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Processes that are killed while they wait take nothing: one release lets in the one that is left."""
    semaphore = mp.Semaphore(0)
    *victims, heir = (worker(semaphore=semaphore) for _ in range(3))
    for waiter in *victims, heir:
        waiter.begin("semaphore.acquire")
        kernel.shows("whether a waiter is blocked in acquire()", waiter.blocks(), expected=True)
    for victim in victims:
        victim.kill()
        kernel.shows("the state of the killed waiter", state(victim.pid), expected=other_than(ALIVE))
    semaphore.release()
    caller.shows("acquire() of the waiter that is left", heir.result(), expected=True)
    caller.shows("acquire(False) after that", semaphore.acquire(False), expected=False)


@source("https://github.com/python/cpython/issues/88304", observed=True)
def test_killed_holder_keeps_its_place(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that is killed after `acquire` leaves one place fewer, until another process calls `release`."""
    semaphore = mp.Semaphore(2)
    holder, other = worker(semaphore=semaphore), worker(semaphore=semaphore)
    holder.call("semaphore.acquire")
    holder.kill()
    kernel.shows("the state of the killed holder", state(holder.pid), expected=other_than(ALIVE))
    caller.shows("acquire() of the place that is left", other.call("semaphore.acquire"), expected=True)
    other.begin("semaphore.acquire")
    kernel.shows("whether a second acquire() is blocked", other.is_stuck(), expected=True)
    semaphore.release()
    caller.shows("that acquire() after a release by another process", other.result(), expected=True)


@source("https://man7.org/linux/man-pages/man7/signal.7.html", observed=True)
def test_stopped_waiter_delays_no_other(mp: Multiprocessing, worker: MakeWorker) -> None:
    """While a process that waits is stopped, a release lets another one go on; continued, it waits for the next."""
    semaphore = mp.Semaphore(0)
    stopped, other = worker(semaphore=semaphore), worker(semaphore=semaphore)
    for waiter in stopped, other:
        waiter.begin("semaphore.acquire")
        kernel.shows("whether a waiter is blocked in acquire()", waiter.blocks(), expected=True)
    os.kill(stopped.pid, signal.SIGSTOP)
    kernel.shows("whether the waiter is stopped", is_stopped(stopped.pid), expected=True)
    semaphore.release()
    caller.shows("acquire() of the waiter that is not stopped", other.result(), expected=True)
    os.kill(stopped.pid, signal.SIGCONT)
    kernel.shows("whether the other is blocked once it continues", stopped.is_stuck(), expected=True)
    semaphore.release()
    caller.shows("its acquire() after one more release", stopped.result(), expected=True)
