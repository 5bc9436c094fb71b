"""The workers of a pool: how many there are, where they are, how they begin, and when they are replaced."""

from __future__ import annotations

import os
import signal
from functools import partial
from typing import Any

from impl.contract import Multiprocessing, Pool
from spec.claims.pool import payloads
from spec.claims.pool.scenes import begin_tasks
from spec.claims.shared import handlers
from spec.claims.shared.startup import within_a_few_files
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall, MakeWorker
from spec.engine.marks import needs, source, starter_is_parent, where
from spec.engine.targets import Target
from spec.harness.holdings import holdings
from spec.harness.process_table import ALIVE, descendants, parent, state, until_gone
from spec.harness.recorder import Recorder
from spec.harness.stillness import until_still
from spec.harness.witness import at_most, caller, containing, gatekeeper, kernel, one_of, recorder, refuses
from spec.models.pool_model import POOL_WORKERS, Depot, PoolModel

pytestmark = needs("Process", "Pool")

DOCUMENTATION = "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.pool.Pool"


@source(DOCUMENTATION)
def test_works_in_as_many_processes(mp: Multiprocessing, scale: int, checkpoint: MakeCheckpoint) -> None:
    """A pool carries out as many tasks at once as it has workers, each in another process, and the rest later."""
    working, workers = checkpoint("working"), 3 * scale
    with mp.Pool(workers) as pool:
        results = [pool.apply_async(working.pause, (number,)) for number in range(2 * workers)]
        first = working.wait_for(workers)
        until_still()
        gatekeeper.shows("the tasks that began at once", len(working.waiting), expected=workers)
        pids = {arrival.pid for arrival in first}
        kernel.shows("the number of processes", len(pids - {os.getpid()}), expected=workers)
        for arrival in first:
            arrival.let_go()
        later = working.wait_for(workers)
        kernel.shows("the processes of the later tasks", {arrival.pid for arrival in later}, expected=pids)
        working.open()
        caller.shows("the results", [result.get() for result in results], expected=[None] * 2 * workers)


@where(starter_is_parent)
@source(DOCUMENTATION, observed=True)
def test_workers_are_its_makers_children(pool: Pool, checkpoint: MakeCheckpoint) -> None:
    """The workers of a pool are children of the process that made it."""
    working = checkpoint("working")
    _, arrivals = begin_tasks(pool, working, 2)
    parents = [parent(arrival.pid) for arrival in arrivals]
    kernel.shows("the parents of the workers", parents, expected=[os.getpid()] * 2)


@source(DOCUMENTATION)
def test_has_its_workers_from_the_beginning(mp: Multiprocessing) -> None:
    """A new pool has all its workers, although it has no task."""
    with mp.Pool(1):
        before = descendants(os.getpid())
        with mp.Pool(3):
            kernel.shows("how many processes more there are", len(descendants(os.getpid())) - len(before), expected=3)


@source("https://github.com/python/cpython/issues/83658")
@source(DOCUMENTATION)
def test_impossible_numbers_are_refused(mp: Multiprocessing) -> None:
    """A pool of no workers, or of workers that carry out no task, raises `ValueError`, and starts no process."""
    mp.Pool(1).terminate()  # starts the helper processes
    before = holdings()
    impossible: list[dict[str, Any]] = [{"processes": 0}, {"processes": -1}]
    impossible += [{"processes": 1, "maxtasksperchild": number} for number in (0, -1, 0.5, "12")]
    for numbers in impossible:
        with refuses(ValueError):
            mp.Pool(**numbers)
    kernel.shows("the children", holdings().children, expected=before.children)


@source(DOCUMENTATION)
def test_initializer_runs_in_each_worker(mp: Multiprocessing, log: Recorder, checkpoint: MakeCheckpoint) -> None:
    """Each worker, also one that replaces another, calls the initializer with its arguments before its tasks."""
    working = checkpoint("working")
    with mp.Pool(2, log, ("initialized", "a value"), 1) as pool:
        for task in 2, 4:
            results, arrivals = begin_tasks(pool, working, 2)
            pids = {arrival.pid for arrival in arrivals}
            begun = {event.pid for event in log.events("initialized")}
            recorder.shows("whether all that work are initialized", pids <= begun, expected=True)
            for arrival, result in zip(arrivals, results):
                arrival.let_go()
                result.wait()
            recorder.shows("how many workers have begun, at least", len(begun) >= task, expected=True)
    events = log.events("initialized")
    recorder.shows("the arguments", {event.value for event in events}, expected={"a value"})
    recorder.shows("how often one was initialized", len(events) - len({event.pid for event in events}), expected=0)


@source(DOCUMENTATION, observed=True)
def test_replacement_of_a_killed_worker_is_initialized(
    mp: Multiprocessing, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """The worker that takes the place of a killed one calls the initializer before its tasks."""
    working = checkpoint("working")
    with mp.Pool(1, log, ("initialized",)) as pool:
        pool.apply_async(working.pause)
        os.kill(working.next().pid, signal.SIGKILL)
        later = pool.apply_async(working.pause)
        arrival = working.next()
        recorder.shows(
            "the workers that were initialized",
            [event.pid for event in log.events("initialized")],
            expected=containing(arrival.pid),
        )
        arrival.let_go("done")
        caller.shows("the result of a later task", later.get(), expected="done")


@source("https://github.com/celery/celery/issues/2615")
@source(DOCUMENTATION, observed=True)
def test_initializer_may_set_signal_handlers(mp: Multiprocessing, log: Recorder) -> None:
    """Signal handlers that the initializer sets are in effect during the tasks of the worker."""
    with mp.Pool(1, handlers.record, (log,)) as pool:
        pool.apply(handlers.signal_itself)
    recorder.shows("the signals that the worker has handled", log.values("handled"), expected=handlers.recorded())


@source(DOCUMENTATION, observed=True)
def test_initializer_must_be_callable(mp: Any) -> None:
    """A pool whose initializer cannot be called raises `TypeError`, and starts no process."""
    mp.Pool(1).terminate()
    before = holdings()
    with refuses(TypeError):
        mp.Pool(1, initializer=1)
    kernel.shows("the children", holdings().children, expected=before.children)


@source("https://github.com/python/cpython/issues/87472")
@source(DOCUMENTATION, observed=True)
def test_failing_initializer_is_told(mp: Multiprocessing, log: Recorder, forked_call: MakeForkedCall) -> None:
    """If the initializer of a pool fails, its tasks raise an exception, and workers are not started without end."""
    enough = 6

    def use() -> None:
        mp.Pool(1, payloads.begin_and_fail, (log,)).apply(abs, (-1,))

    user = forked_call(use)
    until_still(lambda: not user.running or len(log.events("begun")) >= enough)
    started, ended = len(log.events("begun")), not user.running
    if not ended:
        user.kill()  # or it would start workers for as long as it runs
    recorder.shows("how many workers of one were started", started, expected=at_most(enough - 1))
    caller.shows("whether the task raises an exception", ended and user.failure() != "", expected=True)


@source(DOCUMENTATION)
def test_worker_is_replaced_after_its_tasks(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """With `maxtasksperchild`, a worker exits after that many tasks, is reaped, and another one takes its place."""
    working, pids = checkpoint("working"), []
    with mp.Pool(1, maxtasksperchild=2) as pool:
        for task in range(5):
            result = pool.apply_async(working.pause)
            arrival = working.next()
            pids.append(arrival.pid)
            arrival.let_go(task)
            caller.shows("the result of a task", result.get(), expected=task)
        for pid in pids[0], pids[2]:
            until_gone(pid)
    kernel.shows("the workers of the tasks", [pids.index(pid) for pid in pids], expected=[0, 0, 2, 2, 4])


@source("https://github.com/python/cpython/issues/91315", observed=True)
@source("https://github.com/celery/celery/issues/5120", observed=True)
@source(DOCUMENTATION)
def test_replaced_workers_lose_no_task(mp: Multiprocessing, log: Recorder) -> None:
    """With `maxtasksperchild`, each task is carried out once, and its result comes, however many workers it takes."""
    count = 12
    with mp.Pool(2, maxtasksperchild=1) as pool:
        done = pool.map(partial(payloads.tell_and_pack, log), range(count), 1)
    caller.shows("the results, in order", [parcel for parcel, _ in done], expected=[*range(count)])
    recorder.shows("what was carried out", sorted(log.values("packed")), expected=[*range(count)])
    kernel.shows("the number of workers", len({pid for _, pid in done}), expected=count)


@source(DOCUMENTATION)
def test_number_of_workers_has_a_default(mp: Multiprocessing) -> None:
    """Without a number, a pool has a worker for each processor of the machine, or that the program may use."""
    with mp.Pool(1):
        before = len(descendants(os.getpid()))
        with mp.Pool() as pool:
            workers = len(descendants(os.getpid())) - before
            caller.shows("the results of tasks", pool.map(abs, [-1, -2, -3]), expected=[1, 2, 3])
    kernel.shows("the number of workers", workers, expected=one_of(os.cpu_count(), len(os.sched_getaffinity(0))))


@source(DOCUMENTATION)
def test_worker_stays_for_all_tasks(mp: Multiprocessing) -> None:
    """Without `maxtasksperchild`, a worker carries out all tasks for as long as its pool lives."""
    with mp.Pool(1) as pool:
        pids = {pool.apply(os.getpid) for _ in range(20)}
    kernel.shows("the number of workers", len(pids), expected=1)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.daemon")
def test_inside_a_worker_is_refused(pool: Pool, target: Target) -> None:
    """A task cannot make a pool of its own, as workers are daemons; the worker lives on."""
    with refuses(AssertionError, "daemonic processes are not allowed to have children"):
        pool.apply(payloads.add_up, (target.name, [1, 2]))
    caller.shows("the result of the next task", pool.apply(abs, (-1,)), expected=1)


@source(DOCUMENTATION, observed=True)
def test_child_may_have_one(target: Target, worker: MakeWorker) -> None:
    """A child that is no daemon can make a pool, and use it."""
    child = worker(add_up=partial(payloads.add_up, target.name))
    caller.shows("what a pool of the child has computed", child.call("add_up", [1, 2, 3]), expected=9)


@source("https://github.com/python/cpython/issues/89240", observed=True)
@source(DOCUMENTATION)
def test_may_be_large(mp: Multiprocessing, scale: int) -> None:
    """A pool of many workers carries out many tasks, and ends."""
    with mp.Pool(8 * scale) as pool:
        total = sum(pool.map(payloads.successor, range(1000)))
    caller.shows("the sum of the results", total, expected=500500)


@source("https://github.com/python/cpython/pull/5614")
@source(DOCUMENTATION, observed=True)
def test_failed_start_leaves_no_worker(mp: Multiprocessing) -> None:
    """If a pool cannot start one of its workers, making it raises an exception, and the others are ended."""
    mp.Pool(1).terminate()
    before = how_many_run()
    for files in 8, 12, 16:
        with within_a_few_files(files), refuses(Exception):
            mp.Pool(20)
        until_still()
        kernel.shows("how many processes run, with the helper processes", how_many_run(), expected=at_most(before))


def how_many_run() -> int:
    """Return how many processes run that this process has started; a fork server may have ended meanwhile."""
    return sum(state(pid) == ALIVE for pid in descendants(os.getpid()))


@source(DOCUMENTATION)
def test_any_sequence_of_operations(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """Over any sequence of tasks that are given, end, fail, or lose their worker, a pool does what its model says."""
    working = checkpoint("working")
    PoolModel.verify(lambda: Depot(mp.Pool(POOL_WORKERS), working, payloads.obey))
