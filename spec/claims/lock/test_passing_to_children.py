"""Passing a lock to a child, and on to a child of that child."""

from __future__ import annotations

from functools import partial

from impl.contract import Multiprocessing
from spec.claims.lock import payloads
from spec.engine.fixtures import MakeWorker
from spec.engine.marks import needs, source
from spec.harness.witness import caller

pytestmark = needs("Process", "Lock")


@source("https://docs.python.org/3/library/multiprocessing.html#synchronization-between-processes")
def test_is_handed_to_a_child_as_an_argument(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A lock that a child gets as an argument is the starter's own: what one acquires, the other finds held."""
    lock = mp.Lock()
    child = worker(lock=lock)
    child.call("lock.acquire")
    caller.shows("whether the starter gets it", lock.acquire(False), expected=False)
    child.call("lock.release")
    caller.shows("whether the starter gets it then", lock.acquire(False), expected=True)
    caller.shows("whether the child gets it then", child.call("lock.acquire", False), expected=False)


@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods")
def test_is_handed_on_to_a_childs_child(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A lock that a child hands on to a child of its own is still the one that the starter has."""
    lock = mp.Lock()
    child = worker(let_a_child_try=partial(payloads.let_a_child_try, mp.Process, lock))
    lock.acquire()
    caller.shows(
        "the exit code of a child's child that tries it", child.call("let_a_child_try"), expected=payloads.HELD
    )
    lock.release()
    caller.shows("that of one that tries it when free", child.call("let_a_child_try"), expected=payloads.ACQUIRED)
    caller.shows("whether the starter gets it then", lock.acquire(False), expected=False)
