"""Passing a lock to a child, and on to a child of that child."""

from __future__ import annotations

import pickle
from functools import partial
from typing import Any

from impl.contract import Multiprocessing
from spec.claims.lock import making, payloads
from spec.claims.shared.silence import ends_silently
from spec.engine.fixtures import MakeWorker, Programs
from spec.engine.marks import managed_too, needs, runs_main_again, source, unmanaged, where
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, recorder, refuses

pytestmark = [needs("Process", "Lock"), managed_too]


@source("https://docs.python.org/3/library/multiprocessing.html#synchronization-between-processes")
def test_is_handed_to_a_child_as_an_argument(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A child that gets a lock as an argument has the starter's lock: if one holds it, the other finds it held."""
    lock = mp.Lock()
    child = worker(lock=lock)
    child.call("lock.acquire")
    caller.shows("acquire(False) by the starter while the child holds the lock", lock.acquire(False), expected=False)
    child.call("lock.release")
    caller.shows("acquire(False) by the starter after the child released it", lock.acquire(False), expected=True)
    acquired = child.call("lock.acquire", False)
    caller.shows("acquire(False) by the child while the starter holds the lock", acquired, expected=False)


@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods")
def test_is_handed_on_to_a_childs_child(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A lock that a child passes on to a child of its own is still the starter's lock."""
    lock = mp.Lock()
    child = worker(let_a_child_try=partial(payloads.let_a_child_try, mp.Process, lock))
    lock.acquire()
    exit_code = child.call("let_a_child_try")
    caller.shows("the exit code of a child's child that tries the held lock", exit_code, expected=payloads.REFUSED)
    lock.release()
    exit_code = child.call("let_a_child_try")
    caller.shows("the exit code of a child's child that tries the free lock", exit_code, expected=payloads.ACQUIRED)
    caller.shows(
        "acquire(False) by the starter after the child's child acquired it", lock.acquire(False), expected=False
    )


@source("https://github.com/python/cpython/issues/94765")
@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods", observed=True)
def test_is_kept_for_a_child_that_starts(mp: Multiprocessing) -> None:
    """A lock that is only given to a child works there, even if its starter does not refer to it any more."""
    child = mp.Process(target=payloads.try_to_acquire, args=(mp.Lock(),))
    child.start()
    child.join()
    caller.shows("the exit code of a child that tries the lock", child.exitcode, expected=payloads.ACQUIRED)


@needs("RLock")
@source("https://github.com/pytorch/pytorch/issues/30461")
@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods", observed=True)
def test_rlock_is_kept_for_a_child_that_starts(mp: Multiprocessing) -> None:
    """An `RLock` that is only given to a child works there, even if its starter does not refer to it any more."""
    child = mp.Process(target=payloads.try_to_acquire, args=(mp.RLock(),))
    child.start()
    child.join()
    caller.shows("the exit code of a child that tries the lock", child.exitcode, expected=payloads.ACQUIRED)


@where(unmanaged)
@needs("RLock", "Semaphore", "Condition", "Event", "Queue", "SimpleQueue")
@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods", observed=True)
def test_is_pickled_only_for_a_child(mp: Any) -> None:
    """Locks and queues are pickled only while a child starts: to pickle them before or after raises RuntimeError."""
    shared = [mp.Lock(), mp.RLock(), mp.Semaphore(), mp.Condition(), mp.Event(), mp.Queue(), mp.SimpleQueue()]
    for _ in range(2):
        for thing in shared:
            with refuses(RuntimeError):
                pickle.dumps(thing)
        child = mp.Process(target=len, args=(shared,))
        child.start()
        child.join()
        caller.shows("the exit code of a child that was given all of them", child.exitcode, expected=0)


@where(unmanaged)
@where(runs_main_again)
@source("https://github.com/python/cpython/issues/90549")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing-safe-main-import", observed=True)
def test_global_is_another_one_in_a_child(program: Programs, log: Recorder) -> None:
    """If main makes a lock at its top level, a child that runs main again makes its own, and both end silently."""
    ends_silently(program.module(making, log.path))
    recorder.shows("whether the lock was free, in main and in the child", log.values("free"), expected=[True, True])
