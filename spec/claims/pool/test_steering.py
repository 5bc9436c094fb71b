"""Steering a pool while it works, as the pools of billiard let programs do, on which Celery stands."""

from __future__ import annotations

import os
import signal
from typing import Any

from impl.api import pool_class
from spec.claims.pool import payloads
from spec.claims.pool.scenes import ANY_EXCEPTION, BRIEF, LONG, begin_tasks, name_of_failure
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall
from spec.engine.marks import needs, source
from spec.harness.process_table import until_exited
from spec.harness.stillness import until_still
from spec.harness.witness import caller, gatekeeper, kernel, other_than, refuses

pytestmark = needs("Process", "Pool")

BILLIARD = "https://github.com/celery/billiard/blob/main/billiard/pool.py"

CONTROL = "https://docs.celeryq.dev/en/stable/reference/celery.app.control.html#celery.app.control.Control"

CELERY_WORKERS = "https://docs.celeryq.dev/en/stable/userguide/workers.html"


@needs("Pool.grow")
@source(f"{CONTROL}.pool_grow")
def test_grown_pool_does_more_at_once(mp: Any, checkpoint: MakeCheckpoint) -> None:
    """A pool that has grown carries out more tasks at once, also those that it was given before."""
    working = checkpoint("working")
    with mp.Pool(1) as pool:
        results = [pool.apply_async(working.pause) for _ in range(4)]
        working.wait_for(1)
        pool.grow(2)
        working.wait_for(2)
        until_still()
        gatekeeper.shows("the tasks under way", len(working.waiting), expected=3)
        working.open()
        caller.shows("the results", [result.get() for result in results], expected=[None] * 4)


@needs("Pool.shrink")
@source(f"{CONTROL}.pool_shrink")
def test_shrunk_pool_loses_idle_workers(mp: Any, checkpoint: MakeCheckpoint) -> None:
    """A pool that shrinks ends an idle worker, not one that works, and does not replace it."""
    working = checkpoint("working")
    with mp.Pool(2) as pool:
        results, arrivals = begin_tasks(pool, working, 2)
        idle, busy = arrivals
        idle.let_go()
        results[0].get()
        until_still()
        pool.shrink()
        until_exited(idle.pid)
        later = pool.apply_async(os.getpid)
        until_still()
        gatekeeper.shows("whether the other task is under way", busy.waiting, expected=True)
        caller.shows("whether a later task is done meanwhile", later.ready(), expected=False)
        busy.let_go("done")
        caller.shows("the result of the other task", results[1].get(), expected="done")
        kernel.shows("the worker of the later task", later.get(), expected=busy.pid)


@needs("Pool.shrink")
@source(f"{CONTROL}.pool_shrink")
def test_busy_pool_does_not_shrink(mp: Any, checkpoint: MakeCheckpoint) -> None:
    """A pool whose workers are all busy refuses to shrink, and their tasks go on."""
    working = checkpoint("working")
    with mp.Pool(2) as pool:
        results, arrivals = begin_tasks(pool, working, 2)
        until_still()  # until the pool knows that both have begun
        with refuses(ValueError):
            pool.shrink()
        for number, arrival in enumerate(arrivals):
            arrival.let_go(number)
        caller.shows("the results", [result.get() for result in results], expected=[0, 1])


@needs("Pool(allow_restart)", "Pool.restart")
@source(f"{CONTROL}.pool_restart")
def test_restart_replaces_all_workers(mp: Any, checkpoint: MakeCheckpoint) -> None:
    """After `restart`, tasks under way are done by their workers, and later tasks by others."""
    working = checkpoint("working")
    with mp.Pool(2, allow_restart=True) as pool:
        results, arrivals = begin_tasks(pool, working, 2)
        pool.restart()
        for number, arrival in enumerate(arrivals):
            arrival.let_go(number)
        caller.shows("the results", [result.get() for result in results], expected=[0, 1])
        for arrival in arrivals:
            until_exited(arrival.pid)
        _, later = begin_tasks(pool, working, 2)
        kernel.shows(
            "workers that stayed", {one.pid for one in later} & {one.pid for one in arrivals}, expected=set()
        )
        working.open()


@needs("Pool.__init__(max_memory_per_child)")
@source(f"{CELERY_WORKERS}#max-memory-per-child-setting")
def test_worker_that_has_grown_is_replaced(mp: Any) -> None:
    """With `max_memory_per_child`, a worker that has more kilobytes exits after its task, and is replaced."""
    for kilobytes, expected in (1, 3), (1 << 40, 1):
        with pool_class(mp)(1, max_memory_per_child=kilobytes, context=mp) as pool:
            pids = [pool.apply(os.getpid) for _ in range(3)]
            kernel.shows(f"the number of workers with {kilobytes} kB", len({*pids}), expected=expected)


@needs("Pool(lost_worker_timeout)", "Pool.apply_async(lost_worker_timeout)")
@source("https://docs.celeryq.dev/en/stable/userguide/configuration.html#worker-lost-wait")
def test_patience_for_lost_tasks_can_be_set(mp: Any, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall) -> None:
    """When workers are killed, the exception of a task comes when its `lost_worker_timeout` is over, not before."""
    working, told = checkpoint("working"), checkpoint("told")

    def use() -> None:
        pool = mp.Pool(2, lost_worker_timeout=LONG)
        patient = pool.apply_async(working.pause)
        hasty = pool.apply_async(working.pause, lost_worker_timeout=BRIEF)
        told.pause(name_of_failure(hasty), patient.ready())

    forked_call(use)
    for arrival in working.wait_for(2):
        os.kill(arrival.pid, signal.SIGKILL)
    arrival = told.next()
    caller.shows(
        "the hasty task's exception, and whether the other is done", arrival.notes, expected=(ANY_EXCEPTION, False)
    )
    until_still()  # until other workers have taken the places of the killed ones
    arrival.let_go()


@needs("Pool(lost_worker_timeout)")
@source("https://github.com/celery/celery/pull/7781")
@source("https://github.com/celery/billiard/issues/408")
def test_lost_worker_can_be_caught(mp: Any, checkpoint: MakeCheckpoint) -> None:
    """Getting the result of a task whose worker was killed raises WorkerLostError."""
    working = checkpoint("working")
    with mp.Pool(1, lost_worker_timeout=BRIEF) as pool:
        result = pool.apply_async(working.pause)
        os.kill(working.next().pid, signal.SIGKILL)
        caller.shows("the exception", name_of_failure(result), expected="WorkerLostError")


@needs("Pool.terminate_job")
@source(f"{CELERY_WORKERS}#revoke-revoking-tasks")
def test_task_can_be_terminated(mp: Any, checkpoint: MakeCheckpoint) -> None:
    """`terminate_job` ends the worker with a given pid, and its task, and no other."""
    working = checkpoint("working")
    with mp.Pool(2) as pool:
        results, [victim, other] = begin_tasks(pool, working, 2)
        pool.terminate_job(victim.pid)
        caller.shows("the exception that get() raises", name_of_failure(results[0]), expected=ANY_EXCEPTION)
        until_exited(victim.pid)
        gatekeeper.shows("whether the other task is under way", other.waiting, expected=True)
        kernel.shows("the worker of a later task", pool.apply(os.getpid), expected=other_than(victim.pid))
        other.let_go("done")
        caller.shows("the result of the other task", results[1].get(), expected="done")


@needs("Pool.apply_async(accept_callback)")
@source(BILLIARD, observed=True)
def test_accepted_task_is_told(mp: Any, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall) -> None:
    """`accept_callback` is called with the worker's pid when a task begins; if it fails, the pool still works."""
    working, accepted = checkpoint("working"), checkpoint("accepted")

    def use() -> object:
        pool = mp.Pool(1)
        for callback in (lambda pid, _time: accepted.pause(pid)), payloads.tear:
            pool.apply_async(working.pause, accept_callback=callback).get()
        return pool.apply(abs, (-1,))

    user = forked_call(use)
    [pid] = accepted.next().let_go().notes
    arrival = working.next()
    kernel.shows("the pid of the worker", arrival.pid, expected=pid)
    arrival.let_go()
    working.next().let_go()
    caller.shows("the result of a later task", user.result(), expected=1)


@needs("Pool(on_process_up)", "Pool(on_process_down)")
@source(BILLIARD, observed=True)
def test_workers_that_come_and_go_are_told(mp: Any, checkpoint: MakeCheckpoint) -> None:
    """`on_process_up` is called with each worker that was started, `on_process_down` with one that has exited."""
    working = checkpoint("working")
    up: list[Any] = []
    down: list[Any] = []
    with mp.Pool(2, maxtasksperchild=1, on_process_up=up.append, on_process_down=down.append) as pool:
        caller.shows("the number of workers", len(up), expected=2)
        results, arrivals = begin_tasks(pool, working, 2)
        pids = {arrival.pid for arrival in arrivals}
        kernel.shows("those that carry out tasks", pids, expected={worker.pid for worker in up})
        for arrival, result in zip(arrivals, results):
            arrival.let_go()
            result.get()
        results, arrivals = begin_tasks(pool, working, 2)
        until_still()  # a worker may carry out its task before it is told of
        caller.shows("those that have exited", {worker.pid for worker in down}, expected=pids)
        kernel.shows("the new ones", {one.pid for one in arrivals}, expected={worker.pid for worker in up[2:]})
        working.open()


@needs("Pool(putlocks)")
@source(BILLIARD, observed=True)
def test_giver_may_wait_for_an_idle_worker(mp: Any, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall) -> None:
    """With `putlocks`, `apply_async` is blocked as long as the pool has as many tasks as workers."""
    working, given = checkpoint("working"), checkpoint("given")

    def give() -> list[Any]:
        pool, results = mp.Pool(2, putlocks=True), []
        for number in range(4):
            results.append(pool.apply_async(working.pause, (number,)))
            given.pause(number)
        return [result.get() for result in results]

    giver = forked_call(give)
    for _ in range(2):
        given.next().let_go()
    arrivals = working.wait_for(2)
    for number in 2, 3:
        until_still()
        gatekeeper.shows("whether another task was given", given.reached, expected=False)
        arrivals.pop().let_go("done")
        gatekeeper.shows("the task that was given", given.next().let_go().notes, expected=(number,))
        arrivals.append(working.next())
    for arrival in arrivals:
        arrival.let_go("done")
    caller.shows("the results", giver.result(), expected=["done"] * 4)
