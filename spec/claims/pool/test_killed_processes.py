"""What becomes of a pool when one of its workers is killed or stopped, or is interrupted with all of its program."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import Any

from impl.contract import Multiprocessing, Pool
from spec.claims.pool.scenes import begin_tasks, busy_program, ends, in_a_pool
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall, Programs
from spec.engine.marks import needs, source
from spec.harness.process_table import ALIVE, blocks, state, until_exited
from spec.harness.signal_state import until_taken
from spec.harness.stillness import is_stopped, until_still
from spec.harness.witness import caller, gatekeeper, kernel, other_than, refuses

pytestmark = needs("Process", "Pool")

DOCUMENTATION = "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.pool"


@source("https://github.com/python/cpython/issues/82265", observed=True)
@source(f"{DOCUMENTATION}.Pool", observed=True)
def test_killed_worker_is_replaced(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """When a worker is killed during a task, another worker takes its place, and carries out the later tasks."""
    working = checkpoint("working")
    with mp.Pool(1) as pool:
        pool.apply_async(working.pause)
        victims = []
        for number in 1, 2, 3:
            victims.append(working.next().pid)
            os.kill(victims[-1], signal.SIGKILL)
            later = pool.apply_async(working.pause, (number,))
        arrival = working.next()
        arrival.let_go("done")
        caller.shows("the result of the last task", later.get(), expected="done")
        kernel.shows("the number of workers", len({*victims, arrival.pid}), expected=4)


@source("https://github.com/python/cpython/issues/82265")
@source("https://github.com/python/cpython/pull/10441")
@source("https://github.com/uqfoundation/pathos/issues/230")
def test_lost_task_is_told(mp: Multiprocessing, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall) -> None:
    """When a worker is killed during a task, getting the result of that task raises an exception."""
    working = checkpoint("working")
    getter = forked_call(in_a_pool, mp, lambda pool: pool.apply(working.pause))
    victim = working.next().pid
    getter.until_still()
    kernel.shows("whether apply() is blocked", blocks(getter.pid), expected=True)
    os.kill(victim, signal.SIGKILL)
    caller.shows("whether apply() ends", ends(getter), expected=True)
    caller.shows("the exception", getter.failure(), expected=other_than(""))


@source("https://github.com/celery/celery/issues/5120", observed=True)
@source(f"{DOCUMENTATION}.Pool", observed=True)
def test_lost_task_is_not_begun_again(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """When a worker is killed during a task, no other worker begins that task again."""
    working = checkpoint("working")
    with mp.Pool(1) as pool:
        pool.apply_async(working.pause, ("lost",))
        os.kill(working.next().pid, signal.SIGKILL)
        later = pool.apply_async(working.pause, ("later",))
        arrival = working.next()
        gatekeeper.shows("the task that begins", arrival.notes, expected=("later",))
        arrival.let_go("done")
        caller.shows("the result of the later task", later.get(), expected="done")
        until_still()
        gatekeeper.shows("whether another task has begun", working.reached, expected=False)


@source("https://github.com/uqfoundation/pathos/issues/265")
@source("https://github.com/python/cpython/pull/10441")
def test_lost_item_is_told(mp: Multiprocessing, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall) -> None:
    """When a worker is killed during an item of `map`, `map` raises an exception, though the other items are done."""
    working = checkpoint("working")
    getter = forked_call(in_a_pool, mp, lambda pool: pool.map(working.pause, range(2), 1))
    victim, other = working.wait_for(2)
    os.kill(victim.pid, signal.SIGKILL)
    other.let_go("done")
    caller.shows("whether map() ends", ends(getter), expected=True)
    caller.shows("the exception", getter.failure(), expected=other_than(""))


@source("https://github.com/python/cpython/issues/96062")
@source(f"{DOCUMENTATION}.Pool", observed=True)
def test_killed_idle_worker_stops_no_pool(
    mp: Multiprocessing, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall
) -> None:
    """When a worker is killed that has nothing to do, later tasks are carried out."""
    idle = checkpoint("idle")

    def use(pool: Pool) -> Any:
        idle.pause(pool.apply(os.getpid))
        return pool.apply(abs, (-1,))

    user = forked_call(in_a_pool, mp, use, 1)
    arrival = idle.next()
    [victim] = arrival.notes
    user.until_still()
    os.kill(victim, signal.SIGKILL)
    until_exited(victim)
    arrival.let_go()
    caller.shows("whether the next task ends", ends(user), expected=True)
    caller.shows("the result of the next task", user.result(), expected=1)


@source("https://github.com/python/cpython/issues/82265", observed=True)
@source(f"{DOCUMENTATION}.Pool", observed=True)
def test_stopped_worker_stops_no_other(pool: Pool, checkpoint: MakeCheckpoint) -> None:
    """While a worker is stopped during a task, the others carry out all other tasks; its own goes on once it may."""
    [stopped, other], arrivals = begin_tasks(pool, checkpoint("working"), 2)
    victim = arrivals[0].pid
    os.kill(victim, signal.SIGSTOP)
    kernel.shows("whether the worker is stopped", is_stopped(victim), expected=True)
    arrivals[0].let_go("in the end")
    arrivals[1].let_go("done")
    caller.shows("the result of the other", other.get(), expected="done")
    caller.shows("the results of later tasks", pool.map(abs, [-1, -2, -3]), expected=[1, 2, 3])
    caller.shows("whether the task of the stopped worker is done", stopped.ready(), expected=False)
    os.kill(victim, signal.SIGCONT)
    caller.shows("its result once it goes on", stopped.get(), expected="in the end")


@source("https://github.com/python/cpython/issues/73945", observed=True)
@source(f"{DOCUMENTATION}.Pool.terminate", observed=True)
def test_can_be_terminated_when_one_was_killed(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """A pool whose worker was killed during a task can be terminated, and then no worker is left."""
    pool = mp.Pool(2)
    _, arrivals = begin_tasks(pool, checkpoint("working"), 2)
    os.kill(arrivals[0].pid, signal.SIGKILL)
    until_exited(arrivals[0].pid)
    pool.terminate()
    pool.join()
    kernel.shows("the other worker", state(arrivals[1].pid), expected=other_than(ALIVE))


@source("https://github.com/python/cpython/issues/52544", observed=True)
@source(f"{DOCUMENTATION}.Pool", observed=True)
def test_ctrl_c_ends_a_busy_program(program: Programs, checkpoint: MakeCheckpoint) -> None:
    """Ctrl-C, which interrupts all processes of a program whose pool is busy, ends the program and its workers."""
    working = checkpoint("working")
    running, workers = busy_program(program, working, 4)
    os.kill(running.pid, signal.SIGINT)
    until_taken(running.pid, signal.SIGINT)  # or a thread that replaces a worker might take it, and wake nobody
    for pid in workers:
        with suppress(ProcessLookupError):  # the program may have ended it already
            os.kill(pid, signal.SIGINT)
    kernel.shows("the program's exit status", running.exit_status(), expected=-signal.SIGINT)
    kernel.shows("the workers", [state(pid) for pid in workers], expected=[other_than(ALIVE)] * 2)
    running.all_errors()  # waits until all that have its stderr have exited


@source(f"{DOCUMENTATION}.Pool", observed=True)
def test_interrupted_main_ends_its_workers(program: Programs, checkpoint: MakeCheckpoint) -> None:
    """SIGINT to the main process alone ends a program whose pool is busy, and its workers with it."""
    working = checkpoint("working")
    running, workers = busy_program(program, working, 2)
    os.kill(running.pid, signal.SIGINT)
    kernel.shows("the program's exit status", running.exit_status(), expected=-signal.SIGINT)
    kernel.shows("the workers", [state(pid) for pid in workers], expected=[other_than(ALIVE)] * 2)
    gatekeeper.shows("whether another task has begun", working.reached, expected=False)
    with refuses(ProcessLookupError):
        os.kill(running.pid, 0)
