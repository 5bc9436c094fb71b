"""The end of a pool: by `close`, `terminate`, its block, its last reference, or the end of the program."""

from __future__ import annotations

import gc
import os
import threading
import warnings
from typing import Any, Callable

from impl.contract import Multiprocessing, Pause, Pool
from spec.claims.pool import payloads
from spec.claims.pool.scenes import begin_tasks, ends
from spec.claims.queue.payloads import HeldUp
from spec.claims.shared.silence import ends_silently
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall, Programs
from spec.engine.marks import counts_references, needs, source, where
from spec.harness.held_waits import all_wait_without_limit
from spec.harness.holdings import leaves_nothing_behind
from spec.harness.process_table import ALIVE, GONE, blocks, state, until_exited
from spec.harness.recorder import Recorder
from spec.harness.stillness import until_still
from spec.harness.witness import caller, gatekeeper, kernel, other_than, recorder, refuses

pytestmark = needs("Process", "Pool")

DOCUMENTATION = "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.pool"

BIG_RESULT = bytes(1 << 18)
"""More than what a pipe holds."""


def takes_nothing_more(pool: Pool) -> None:
    """State that *pool* refuses tasks, however they are given."""
    for submit in (
        lambda: pool.apply(abs, (-1,)),
        lambda: pool.apply_async(abs, (-1,)),
        lambda: pool.map(abs, [-1]),
        lambda: pool.map_async(abs, [-1]),
        lambda: pool.starmap(abs, [(-1,)]),
        lambda: pool.imap(abs, [-1]),
        lambda: pool.imap_unordered(abs, [-1]),
    ):
        with refuses(ValueError):
            submit()


def fill_and_terminate(mp: Multiprocessing, work: Pause, full: Pause) -> None:
    """Give a pool more tasks than its pipe holds, stop at *full*, and terminate it, twice."""
    pool = mp.Pool(2)
    pool.map_async(work, [BIG_RESULT] * 20, 1)
    full()
    for _ in range(2):
        pool.terminate()
        takes_nothing_more(pool)
    pool.join()


def terminate_ends_amid(
    task: Callable[[Pause], object], mp: Multiprocessing, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall
) -> None:
    """State that `terminate` ends a pool whose worker has stopped at the checkpoint that its *task* was given."""
    working, leaving = checkpoint("working"), checkpoint("leaving")

    def give_up() -> None:
        with mp.Pool(1) as pool:
            pool.apply_async(task, (working.pause,))
            leaving.pause()

    user = forked_call(give_up)
    worker = working.next().pid
    leaving.next().let_go()
    caller.shows("whether terminate() ends", ends(user), expected=True)
    kernel.shows("the state of the worker", state(worker), expected=other_than(ALIVE))


class PickledOnceTheyEnd:
    """A large object that takes until some processes have exited to be pickled, in any but the main thread."""

    def __init__(self, pids: list[int]) -> None:
        self._pids = pids

    def __reduce__(self) -> tuple[Any, ...]:
        if threading.current_thread() is not threading.main_thread():
            for pid in self._pids:
                until_exited(pid)
        return bytes, (BIG_RESULT,)


def terminate_amid_pickling(mp: Multiprocessing, work: Pause, submit: Pause) -> None:
    """Terminate a pool whose workers are at *work* while a task is pickled, which takes until they have ended.

    Stop at *submit* before the task is submitted, to be told the pids of the workers, and after that.
    """
    pool = mp.Pool(2)
    for number in range(2):
        pool.apply_async(work, (number,))
    workers: Any = submit()
    pool.apply_async(payloads.return_it, (PickledOnceTheyEnd(workers),))
    submit()
    pool.terminate()


@source(f"{DOCUMENTATION}.Pool.close")
def test_close_lets_tasks_finish(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """A pool that is closed refuses new tasks, carries out those that it has, and then its workers exit."""
    working, pool = checkpoint("working"), mp.Pool(2)
    results = [pool.apply_async(working.pause, (number,)) for number in range(3)]
    arrivals = working.wait_for(2)
    for _ in range(2):
        pool.close()
        takes_nothing_more(pool)
    arrivals[0].let_go(arrivals[0].notes[0])
    arrivals.append(working.next())
    for arrival in arrivals[1:]:
        arrival.let_go(arrival.notes[0])
    caller.shows("the results", [result.get() for result in results], expected=[0, 1, 2])
    pool.join()
    kernel.shows("the workers", [state(arrival.pid) for arrival in arrivals], expected=[GONE] * 3)


@source(f"{DOCUMENTATION}.Pool.join")
def test_join_waits_for_all_tasks(
    mp: Multiprocessing, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall
) -> None:
    """`join` waits until all tasks of a closed pool are done and its workers have exited, however long that takes."""
    working = checkpoint("working")

    def finish() -> None:
        pool = mp.Pool(1)
        pool.map_async(working.pause, range(2), 1)
        pool.close()
        pool.join()

    joiner = forked_call(finish)
    first = working.next()
    all_wait_without_limit({"join()": joiner})
    first.let_go()
    second = working.next()
    joiner.until_still()
    kernel.shows("whether join() is blocked", blocks(joiner.pid), expected=True)
    second.let_go()
    joiner.result()
    kernel.shows("the state of the worker", state(second.pid), expected=other_than(ALIVE))


@source(f"{DOCUMENTATION}.Pool.join")
def test_join_comes_after_close(pool: Pool) -> None:
    """To join a pool that was neither closed nor terminated raises `ValueError`, and the pool still works."""
    with refuses(ValueError):
        pool.join()
    caller.shows("the result of a task", pool.apply(abs, (-1,)), expected=1)


@source("https://github.com/python/cpython/issues/54541", observed=True)
@source(f"{DOCUMENTATION}.Pool.close")
def test_close_waits_for_later_workers(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """If each worker carries out one task only, a closed pool starts as many workers as it has tasks."""
    pool = mp.Pool(2, maxtasksperchild=1)
    _, arrivals = begin_tasks(pool, checkpoint("working"), 2)
    later = [pool.apply_async(os.getpid) for _ in range(3)]
    pool.close()
    for arrival in arrivals:
        arrival.let_go()
    pool.join()
    pids = {*(arrival.pid for arrival in arrivals), *(result.get() for result in later)}
    kernel.shows("the number of workers", len(pids), expected=5)


@source("https://github.com/python/cpython/issues/78178", observed=True)
@source(f"{DOCUMENTATION}.Pool.terminate")
def test_terminate_ends_tasks_under_way(
    mp: Multiprocessing, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall
) -> None:
    """`terminate` ends and reaps the workers in the middle of their tasks, and drops the other tasks."""
    working, full = checkpoint("working"), checkpoint("full")
    terminating = forked_call(fill_and_terminate, mp, working.pause, full.pause)
    arrivals = working.wait_for(2)
    filled = full.next()
    terminating.until_still()
    filled.let_go()
    caller.shows("what terminate() or join() raises", terminating.failure(), expected="")
    kernel.shows("the workers", [state(arrival.pid) for arrival in arrivals], expected=[GONE] * 2)
    gatekeeper.shows("whether another task has begun", working.reached, expected=False)


@source("https://github.com/python/cpython/issues/78178", observed=True)
@source(f"{DOCUMENTATION}.Pool.terminate")
def test_terminate_ends_amid_pickling(
    mp: Multiprocessing, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall
) -> None:
    """`terminate` ends the pool also if another thread is pickling a large task at that moment."""
    working, pickling = checkpoint("working"), checkpoint("pickling")
    terminating = forked_call(terminate_amid_pickling, mp, working.pause, pickling.pause)
    arrivals = working.wait_for(2)
    pickling.next().let_go([arrival.pid for arrival in arrivals])
    submitted = pickling.next()
    terminating.until_still()
    submitted.let_go()
    caller.shows("whether terminate() returns", ends(terminating), expected=True)


@source("https://github.com/python/cpython/issues/96995")
@source(f"{DOCUMENTATION}.Pool.terminate", observed=True)
def test_terminate_ends_amid_a_result(
    mp: Multiprocessing, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall
) -> None:
    """`terminate` ends the pool also if a worker is pickling a result at that moment."""
    terminate_ends_amid(HeldUp, mp, checkpoint, forked_call)


@source(f"{DOCUMENTATION}.Pool.terminate")
def test_terminate_ends_what_ignores_sigterm(
    mp: Multiprocessing, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall
) -> None:
    """`terminate` ends a worker whose task ignores SIGTERM."""
    terminate_ends_amid(payloads.ignore_sigterm, mp, checkpoint, forked_call)


@source("https://github.com/python/cpython/issues/126743")
@source("https://github.com/python/cpython/issues/79659")
@source(f"{DOCUMENTATION}.AsyncResult.get", observed=True)
def test_terminated_task_is_told(mp: Multiprocessing, forked_call: MakeForkedCall) -> None:
    """Getting the result of a task that `terminate` has cut off raises an exception."""

    def get_too_late() -> str:
        with mp.Pool(1) as pool:
            results = [pool.apply_async(payloads.wait_for_ever), pool.map_async(abs, [-1])]
        for result in results:
            with refuses(Exception):
                result.get()
        return "refused"

    getter = forked_call(get_too_late)
    caller.shows("whether the wait for the result ends", ends(getter), expected=True)
    caller.shows("what get() does", getter.result(), expected="refused")


@source(f"{DOCUMENTATION}.Pool")
def test_leaving_its_block_terminates_it(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """The end of a `with` block, by an exception too, terminates the pool, which cannot be entered again."""
    working = checkpoint("working")
    for failing in False, True:
        pool = mp.Pool(2)
        try:
            with pool as entered:
                caller.shows("whether the block has the pool", entered is pool, expected=True)
                _, arrivals = begin_tasks(pool, working, 2)
                if failing:
                    raise payloads.Torn
        except payloads.Torn:
            pass
        kernel.shows("the workers", [state(arrival.pid) for arrival in arrivals], expected=[GONE] * 2)
        takes_nothing_more(pool)
        with refuses(ValueError), pool:
            pass


@source(f"{DOCUMENTATION}.Pool")
def test_leaves_nothing_behind(mp: Multiprocessing) -> None:
    """Pools that were terminated, or closed and joined, leave no file, thread, child or shared memory behind."""

    def use() -> object:
        with mp.Pool(1) as terminated:
            terminated.map(abs, range(3))
        closed = mp.Pool(1)
        closed.close()
        closed.join()
        terminated.join()
        return terminated, closed

    leaves_nothing_behind(use, 3)


@source(f"{DOCUMENTATION}.Pool", observed=True)
def test_replaced_workers_leave_nothing_behind(mp: Multiprocessing) -> None:
    """Workers that a pool has replaced leave no file, thread, child or shared memory behind."""

    def use() -> None:
        with mp.Pool(1, maxtasksperchild=1) as pool:
            for number in range(3):
                pool.apply(abs, (number,))

    leaves_nothing_behind(use, 2)


@where(counts_references)
@source("https://github.com/python/cpython/issues/78353", observed=True)
@source(f"{DOCUMENTATION}.Pool")
def test_dropped_pool_warns_and_ends(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """A pool that is dropped before it is ended warns with `ResourceWarning`, and its workers end."""
    beginning = checkpoint("beginning")
    pool = mp.Pool(1, beginning.pause)
    worker = beginning.next().let_go().pid
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        del pool
        gc.collect()
    kinds = [warning.category for warning in told if "pool" in str(warning.message)]
    told.clear()  # a warning refers to the pool
    caller.shows("what is warned of", kinds, expected=[ResourceWarning])
    until_exited(worker)


@where(counts_references)
@source("https://github.com/python/cpython/issues/79559")
@source(f"{DOCUMENTATION}.Pool", observed=True)
def test_results_keep_their_pool(mp: Any) -> None:
    """While somebody waits for its results, a pool works, although nothing else refers to it."""
    [(first, one)] = mp.Pool(1).imap(payloads.pack_here, [1])
    second, another = mp.Pool(1).apply_async(payloads.pack_here, (2,)).get()
    caller.shows("the results of imap() and of apply_async()", [first, second], expected=[1, 2])
    gc.collect()
    for worker in one, another:
        until_exited(worker)


@source("https://github.com/python/cpython/issues/82682")
@source(f"{DOCUMENTATION}.Pool", observed=True)
def test_program_that_forgets_its_pool_ends(program: Programs, log: Recorder, checkpoint: MakeCheckpoint) -> None:
    """A program that does not end its pool ends all the same, silently, during a task, and no worker is left."""
    working, leaving = checkpoint("working"), checkpoint("leaving")
    running = program.main(payloads.leave_a_pool, working.pause, leaving.pause)
    worker = working.next().pid
    leaving.next().let_go()
    ends_silently(running)
    kernel.shows("the state of the worker", state(worker), expected=other_than(ALIVE))
    recorder.shows("what was done", log.values("done"), expected=[])


@source(f"{DOCUMENTATION}.Pool", observed=True)
def test_idle_workers_end_with_a_killed_program(program: Programs, checkpoint: MakeCheckpoint) -> None:
    """The workers of a program that is killed exit once they have nothing to do."""
    working, leaving = checkpoint("working"), checkpoint("leaving")
    running = program.main(payloads.leave_a_pool, working.pause, leaving.pause)
    arrival = working.next()
    leaving.next()
    running.kill()
    until_still()
    kernel.shows("the state of the worker that has a task", state(arrival.pid), expected=ALIVE)
    arrival.let_go()
    until_exited(arrival.pid)
    kernel.shows("the state of the worker that has none", state(arrival.pid), expected=other_than(ALIVE))
