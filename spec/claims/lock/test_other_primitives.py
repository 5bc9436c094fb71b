"""Semaphores, conditions, events and barriers."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from spec.claims.shared import synchronizing
from spec.engine.fixtures import MakeWorker
from spec.engine.marks import managed_too, needs, source
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, refuses

pytestmark = [needs("Process", "Lock"), managed_too]


@needs("Semaphore", "BoundedSemaphore")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Semaphore")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.BoundedSemaphore")
def test_semaphore_admits_as_many_as_its_value(mp: Any, worker: MakeWorker) -> None:
    """A semaphore is acquired as many times as its value says, and again after any process has released it."""
    for make in mp.Semaphore, mp.BoundedSemaphore:
        synchronizing.semaphore_admits_two(make(2), worker)


@needs("Semaphore", "BoundedSemaphore")
@source("https://docs.python.org/3/library/threading.html#threading.BoundedSemaphore")
def test_semaphore_is_bounded_if_asked_for(mp: Any) -> None:
    """A semaphore has the value 1 by default; a bounded one cannot be released more often than it was acquired."""
    semaphore, bounded = mp.Semaphore(), mp.BoundedSemaphore()
    for made in semaphore, bounded:
        acquired = [made.acquire(False) for _ in range(2)]
        caller.shows("acquire(False), twice, on a new semaphore", acquired, expected=[True, False])
        made.release()
    with refuses(ValueError):
        bounded.release()
    semaphore.release()
    acquired = [semaphore.acquire(False) for _ in range(3)]
    caller.shows("acquire(False), three times, after two releases", acquired, expected=[True, True, False])


@needs("Condition")
@source("https://docs.python.org/3/library/threading.html#threading.Condition.notify")
def test_condition_wakes_as_many_as_notified(mp: Any, worker: MakeWorker) -> None:
    """`notify` wakes one process or as many as it is told, `notify_all` wakes all, and `wait` releases the lock."""
    synchronizing.condition_wakes_as_many(mp.Condition(), worker)


@needs("Condition", "RLock")
@source("https://docs.python.org/3/library/threading.html#threading.Condition.wait_for")
def test_condition_can_be_waited_for(mp: Any, worker: MakeWorker, folder: Path) -> None:
    """`wait_for` returns once its predicate is true or its time is up, and holds the lock of the condition again."""
    synchronizing.condition_can_be_waited_for(mp.Condition(), worker, folder / "one")
    synchronizing.condition_can_be_waited_for(mp.Condition(mp.RLock()), worker, folder / "another")


@needs("Event")
@source("https://docs.python.org/3/library/threading.html#event-objects")
def test_event_is_for_all_that_wait(mp: Any, worker: MakeWorker) -> None:
    """All processes that wait for an event are blocked until it is set, and again after it has been cleared."""
    synchronizing.event_is_for_all(mp.Event(), worker)


@needs("Barrier")
@source("https://docs.python.org/3/library/threading.html#barrier-objects")
def test_barrier_opens_once_all_wait(mp: Any, worker: MakeWorker, log: Recorder) -> None:
    """A barrier blocks until all its parties wait, calls its action once, and then lets all pass, again and again."""
    synchronizing.barrier_opens_for_all(mp.Barrier(3, partial(log, "opened")), worker, log)


@needs("Barrier")
@source("https://docs.python.org/3/library/threading.html#threading.BrokenBarrierError")
def test_barrier_can_be_broken(mp: Any, worker: MakeWorker) -> None:
    """A barrier that is aborted, reset, or waited for too long, fails for all that wait, and works after a reset."""
    synchronizing.barrier_can_be_broken(mp.Barrier(3), worker)
    with refuses(Exception):
        mp.Barrier(2, timeout=0.05).wait()
