"""What acquire and release do to the value of a semaphore."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from impl.contract import Multiprocessing
from spec.claims.semaphore import payloads
from spec.claims.shared.synchronizing import one_goes_on
from spec.engine.fixtures import MakeWorker
from spec.engine.marks import managed_too, needs, source
from spec.harness.witness import caller, kernel, recorder, refuses
from spec.harness.worker import CallFailed
from spec.models.semaphore_model import BoundedSemaphoreModel, SemaphoreModel

pytestmark = [needs("Process", "Semaphore"), managed_too]


@source("https://docs.python.org/3/library/threading.html#threading.Semaphore.release")
def test_release_admits_one(mp: Any, worker: MakeWorker) -> None:
    """Each release of a semaphore lets exactly one of the processes that wait go on, and the others wait on."""
    semaphore = mp.Semaphore(0)
    waiting = [worker(semaphore=semaphore) for _ in range(3)]
    for waiter in waiting:
        waiter.begin("semaphore.acquire")
        kernel.shows("whether acquire() of a semaphore of zero is blocked", waiter.is_stuck(), expected=True)
    while waiting:
        caller.shows("what release() returns", semaphore.release(), expected=None)
        one_goes_on(waiting, "acquire() after a release")
        still = [waiter.is_stuck() for waiter in waiting]
        kernel.shows("whether each of the others is blocked", still, expected=[True] * len(waiting))
    caller.shows("acquire(False) after as many releases as waiters", semaphore.acquire(False), expected=False)


@source("https://docs.python.org/3/library/threading.html#threading.Semaphore")
def test_may_be_released_beyond_its_start(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that has acquired nothing can release a semaphore beyond its first value, for all processes."""
    semaphore = mp.Semaphore(1)
    one, another = worker(semaphore=semaphore), worker(semaphore=semaphore)
    for process in one, another, one:
        process.call("semaphore.release")
    acquired = [process.call("semaphore.acquire", False) for process in (another, one, another, another, one)]
    caller.shows("acquire(False), five times, by any process", acquired, expected=[True] * 4 + [False])


@needs("BoundedSemaphore")
@source("https://docs.python.org/3/library/threading.html#threading.BoundedSemaphore")
def test_bound_is_one_for_all_processes(mp: Any, worker: MakeWorker) -> None:
    """A release beyond the bound raises `ValueError` and has no effect, whichever processes acquired and released."""
    semaphore = mp.BoundedSemaphore(2)
    one, another = worker(semaphore=semaphore), worker(semaphore=semaphore)
    one.call("semaphore.acquire")
    another.call("semaphore.release")
    for process in one, another:
        with refuses(CallFailed, "ValueError"):
            process.call("semaphore.release")
    acquired = [process.call("semaphore.acquire", False) for process in (one, another, one)]
    caller.shows("acquire(False), three times, after that", acquired, expected=[True, True, False])
    with refuses(ValueError):
        mp.BoundedSemaphore(0).release()


@needs("BoundedSemaphore")
@source("https://docs.python.org/3/library/threading.html#threading.Semaphore", observed=True)
def test_negative_value_is_refused(mp: Any) -> None:
    """A semaphore cannot be made with a value below zero; one with the value zero is used up from the start."""
    for make in mp.Semaphore, mp.BoundedSemaphore:
        with refuses(Exception):
            make(-1)
        caller.shows("acquire(False) of a semaphore of zero", make(0).acquire(False), expected=False)


@source(
    "https://docs.python.org/3/library/threading.html#using-locks-conditions-and-semaphores-in-the-with-statement"
)
def test_with_takes_one_and_gives_it_back(mp: Any, worker: MakeWorker) -> None:
    """A `with` statement acquires a semaphore once, and releases it once at its end, also if an exception ends it."""
    semaphore = mp.Semaphore(2)
    other = worker(semaphore=semaphore)
    with refuses(payloads.BrokenDown), semaphore:
        free = [other.call("semaphore.acquire", False) for _ in range(2)]
        caller.shows("acquire(False), twice, within the statement", free, expected=[True, False])
        other.call("semaphore.release")
        payloads.break_down(0)
    free = [other.call("semaphore.acquire", False) for _ in range(3)]
    caller.shows("acquire(False), three times, after the statement", free, expected=[True, True, False])


@source("https://github.com/python/cpython/issues/117435")
@source("https://docs.python.org/3/library/threading.html#semaphore-objects", observed=True)
def test_never_admits_more_under_contention(mp: Any, worker: MakeWorker, folder: Path, scale: int) -> None:
    """However many processes and threads use a semaphore at once, no more than its value are inside at a time."""
    desks = [folder / "one", folder / "another"]
    for desk in desks:
        desk.touch()
    semaphore = mp.Semaphore(2)
    use = partial(payloads.use_desks, semaphore, [*map(str, desks)], 2, 100 * scale)
    users = [worker(use=use) for _ in range(3)]
    for user in users:
        user.begin("use")
    recorder.shows("how often a third was inside", [user.result() for user in users], expected=[0, 0, 0])
    free = [semaphore.acquire(False) for _ in range(3)]
    caller.shows("acquire(False), three times, after that", free, expected=[True, True, False])


@needs("Semaphore.get_value", "BoundedSemaphore")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Semaphore.get_value")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Semaphore", observed=True)
def test_get_value_tells_how_many_are_free(mp: Any, worker: MakeWorker) -> None:
    """`get_value()` tells every process how often the semaphore can be acquired now."""
    for semaphore in mp.Semaphore(2), mp.BoundedSemaphore(2):
        one, another = worker(semaphore=semaphore), worker(semaphore=semaphore)
        for method, value in (("acquire", 1), ("acquire", 0), ("release", 1), ("release", 2)):
            one.call(f"semaphore.{method}")
            seen = [one.call("semaphore.get_value"), another.call("semaphore.get_value"), semaphore.get_value()]
            caller.shows(f"get_value() in each process after {method}()", seen, expected=[value] * 3)


@needs("Semaphore.locked", "BoundedSemaphore")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Semaphore.locked")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.BoundedSemaphore.locked")
@source("https://github.com/python/cpython/issues/132795")
def test_locked_tells_whether_it_is_used_up(mp: Any, worker: MakeWorker) -> None:
    """`locked()` is true in every process while the semaphore cannot be acquired, and false while it can."""
    for semaphore in mp.Semaphore(2), mp.BoundedSemaphore(2):
        other = worker(semaphore=semaphore)
        for method, locked in (("acquire", False), ("acquire", True), ("release", False), ("release", False)):
            other.call(f"semaphore.{method}")
            seen = other.call("semaphore.locked"), semaphore.locked()
            caller.shows(f"locked() in each process after {method}()", seen, expected=(locked, locked))


@needs("BoundedSemaphore")
@source("https://docs.python.org/3/library/threading.html#semaphore-objects")
def test_any_sequence_of_operations(mp: Any, worker: MakeWorker) -> None:
    """Over any sequence of operations, a semaphore counts right, and nobody waits unless its value is zero."""
    for model, make in (SemaphoreModel, mp.Semaphore), (BoundedSemaphoreModel, mp.BoundedSemaphore):
        model.verify(partial(make, model.START), worker)
