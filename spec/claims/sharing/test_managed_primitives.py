"""Locks, semaphores, conditions, events and barriers that a manager has made."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from spec.claims.shared import synchronizing
from spec.engine.fixtures import MakeWorker
from spec.engine.marks import needs, source
from spec.harness.recorder import Recorder

pytestmark = needs("Process", "Manager")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.SyncManager.Lock")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.SyncManager.RLock")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.SyncManager.Semaphore")
def test_managed_lock_excludes(manager: Any, worker: MakeWorker) -> None:
    """A managed lock that is held, or a managed semaphore that is used up, excludes other processes."""
    for lock in manager.Lock(), manager.RLock(), manager.Semaphore(1):
        synchronizing.lock_excludes(lock, worker)
    for semaphore in manager.Semaphore(2), manager.BoundedSemaphore(2):
        synchronizing.semaphore_admits_two(semaphore, worker)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.SyncManager.Condition")
def test_managed_condition_wakes_as_many_as_notified(manager: Any, worker: MakeWorker) -> None:
    """`notify` of a managed condition wakes one process, or as many as it is asked to, and `notify_all` wakes all."""
    synchronizing.condition_wakes_as_many(manager.Condition(), worker)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.SyncManager.Condition")
def test_managed_condition_can_be_waited_for(manager: Any, worker: MakeWorker, folder: Path) -> None:
    """`wait_for` of a managed condition calls its predicate in the process that waits, and can be timed."""
    synchronizing.condition_can_be_waited_for(manager.Condition(), worker, folder / "file")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.SyncManager.Event")
def test_managed_event_is_for_all_that_wait(manager: Any, worker: MakeWorker) -> None:
    """All processes that wait for a managed event are blocked until it is set, and again after it was cleared."""
    synchronizing.event_is_for_all(manager.Event(), worker)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.SyncManager.Barrier")
def test_managed_barrier_opens_once_all_wait(manager: Any, worker: MakeWorker, log: Recorder) -> None:
    """A managed barrier blocks until all its parties wait, calls its action once, and then lets all pass."""
    synchronizing.barrier_opens_for_all(manager.Barrier(3, partial(log, "opened")), worker, log)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.SyncManager.Barrier")
def test_managed_barrier_can_be_broken(manager: Any, worker: MakeWorker) -> None:
    """A managed barrier that is aborted, reset, or waited for too long, fails for all that wait."""
    synchronizing.barrier_can_be_broken(manager.Barrier(3), worker)
