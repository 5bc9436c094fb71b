"""What becomes of a lock when a process that uses it is killed or stopped."""

from __future__ import annotations

import os
import signal

from impl.contract import Guard, Multiprocessing
from spec.claims.lock import payloads
from spec.engine.fixtures import MakeCheckpoint, MakeWorker, Programs
from spec.engine.marks import managed_too, needs, source, unmanaged, where
from spec.harness.held_waits import all_wait_without_limit, timed_waits
from spec.harness.holdings import leaves_no_name_when_killed
from spec.harness.process_table import ALIVE, state
from spec.harness.witness import caller, kernel, other_than

pytestmark = [needs("Process", "Lock"), managed_too]


def stays_held_by_a_killed_process(lock: Guard, worker: MakeWorker) -> None:
    """State that nobody can acquire *lock* once the process that holds it has been killed."""
    holder, other = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    holder.kill()
    kernel.shows("the state of the killed holder", state(holder.pid), expected=other_than(ALIVE))
    clocks = timed_waits()
    other.begin("lock.acquire")
    all_wait_without_limit({"acquire() by another process": other}, clocks)


@source("https://github.com/python/cpython/issues/88304", observed=True)
def test_killed_holder_leaves_it_held(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that is killed while it holds a lock leaves it held for ever."""
    stays_held_by_a_killed_process(mp.Lock(), worker)


@source("https://man7.org/linux/man-pages/man3/sem_post.3.html", observed=True)
def test_killed_waiter_is_passed_over(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that is killed while it waits for a lock delays no other: the next that waits acquires the lock."""
    lock = mp.Lock()
    holder, victim, heir = (worker(lock=lock) for _ in range(3))
    holder.call("lock.acquire")
    for waiter in victim, heir:
        waiter.begin("lock.acquire")
        kernel.shows("whether a waiter is blocked in acquire()", waiter.blocks(), expected=True)
    victim.kill()
    kernel.shows("the state of the killed waiter", state(victim.pid), expected=other_than(ALIVE))
    holder.call("lock.release")
    caller.shows("whether the second waiter acquired the lock", heir.result(), expected=True)


@where(unmanaged)
@needs("Queue")
@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods", observed=True)
def test_killed_program_leaves_nothing_shared(
    mp: Multiprocessing,  # noqa: ARG001  the API must have what the program uses
    program: Programs,
    checkpoint: MakeCheckpoint,
) -> None:
    """After the end of a killed program's helper processes, none of its locks and queues is left in shared memory."""
    holding = checkpoint("holding")
    main = program.main(payloads.make_and_hold, holding.pause)
    holding.next()
    leaves_no_name_when_killed(main)


@needs("RLock")
@source("https://github.com/python/cpython/issues/88304", observed=True)
def test_rlock_of_a_killed_holder_stays_held(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that is killed while it holds an RLock leaves it held for ever."""
    stays_held_by_a_killed_process(mp.RLock(), worker)


@source("https://man7.org/linux/man-pages/man7/signal.7.html", observed=True)
def test_stopped_holder_keeps_it(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that is stopped while it holds a lock keeps the lock, and can release it once it continues."""
    lock = mp.Lock()
    holder, other = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    os.kill(holder.pid, signal.SIGSTOP)
    caller.shows("acquire(False) while the holder is stopped", other.call("lock.acquire", False), expected=False)
    other.begin("lock.acquire")
    kernel.shows("whether another process is blocked in acquire()", other.blocks(), expected=True)
    os.kill(holder.pid, signal.SIGCONT)
    holder.call("lock.release")
    caller.shows("acquire() after the holder continued and released it", other.result(), expected=True)
