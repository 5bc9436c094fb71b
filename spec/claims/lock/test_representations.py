"""What the repr of a lock, a semaphore and a condition shows."""

from __future__ import annotations

from functools import partial
from typing import Any

from spec.claims.shared import threads
from spec.engine.fixtures import MakeWorker
from spec.engine.marks import events_tell_their_state, needs, source, where
from spec.harness.witness import caller, containing

pytestmark = needs("Process", "Lock", "RLock")


@source("https://docs.python.org/3/library/multiprocessing.html#synchronization-primitives", observed=True)
@needs("current_process")
def test_repr_tells_the_holder(mp: Any, worker: MakeWorker) -> None:
    """The repr of a lock tells which process and thread hold it, as far as the process that asks can know."""
    for make, free, again in ((mp.Lock, "None)", ""), (mp.RLock, "None, 0)", ", 1")):
        lock = make()
        child = worker(lock=lock)
        caller.shows("the repr of a free lock", repr(lock), expected=containing(free))
        lock.acquire()
        me = mp.current_process().name
        caller.shows("its repr in the process that holds it", repr(lock), expected=containing(f"{me}{again})"))
        caller.shows("its repr in another", child.call("lock.__repr__"), expected=containing("SomeOtherProcess"))
        [seen] = threads.in_each_of(1, lock.__repr__)
        caller.shows("its repr in another thread", seen, expected=containing("SomeOtherThread"))
        lock.release()
        [seen] = threads.in_each_of(1, partial(_acquire_and_show, lock))
        caller.shows("its repr in a thread that holds it", seen, expected=containing(f"{me}|"))
        caller.shows("its repr in the main thread", repr(lock), expected=containing("SomeOtherThread"))


@source("https://docs.python.org/3/library/multiprocessing.html#synchronization-primitives", observed=True)
@needs("current_process")
def test_repr_counts_acquisitions(mp: Any) -> None:
    """The repr of an RLock tells how many times its holder has acquired it and not yet released it."""
    lock, me = mp.RLock(), mp.current_process().name
    for _ in range(2):
        lock.acquire()
    caller.shows("the repr after two calls of acquire()", repr(lock), expected=containing(f"{me}, 2)"))
    lock.release()
    caller.shows("the repr after one release()", repr(lock), expected=containing(f"{me}, 1)"))
    lock.release()
    caller.shows("the repr of a free lock", repr(lock), expected=containing("None, 0)"))


@source("https://docs.python.org/3/library/multiprocessing.html#synchronization-primitives", observed=True)
@needs("Semaphore", "BoundedSemaphore", "Condition", "current_process")
def test_repr_tells_the_value(mp: Any, worker: MakeWorker) -> None:
    """The repr of a semaphore has its value and its bound; that of a condition has its lock and how many wait."""
    semaphore, bounded, condition = mp.Semaphore(3), mp.BoundedSemaphore(5), mp.Condition()
    child = worker(semaphore=semaphore, condition=condition)
    caller.shows("the repr of a semaphore", repr(semaphore), expected="<Semaphore(value=3)>")
    child.call("semaphore.acquire")
    caller.shows("its repr after acquire() in a child", repr(semaphore), expected="<Semaphore(value=2)>")
    bounded.acquire()
    caller.shows("the repr of one with a bound", repr(bounded), expected="<BoundedSemaphore(value=4, maxvalue=5)>")
    caller.shows("the repr of a condition", repr(condition), expected=containing("RLock(None, 0)>, 0)>"))
    child.call("condition.acquire")
    child.begin("condition.wait")
    caller.shows("whether the child waits", child.blocks(), expected=True)
    caller.shows("the repr of a condition for which one waits", repr(condition), expected=containing(", 1)>"))


def _acquire_and_show(lock: Any) -> str:
    lock.acquire()
    return repr(lock)


@source("https://docs.python.org/3/library/multiprocessing.html#synchronization-primitives", observed=True)
@where(events_tell_their_state)
@needs("Event")
def test_repr_tells_whether_an_event_is_set(mp: Any) -> None:
    """The repr of an event tells whether it is set."""
    event = mp.Event()
    caller.shows("the repr of a new event", repr(event), expected=containing("unset"))
    event.set()
    caller.shows("the repr of an event that is set", repr(event), expected=containing(" set"))
