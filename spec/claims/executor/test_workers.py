"""The workers of an executor: how they begin, and when they are replaced."""

from __future__ import annotations

import os
from concurrent.futures import BrokenExecutor, wait

from impl.api import executor_maker
from impl.contract import Multiprocessing
from spec.claims.executor import kitchens, payloads
from spec.engine.fixtures import MakeCheckpoint, MakeExecutor, Programs
from spec.engine.marks import counts_references, fresh_memory, inherits_memory, needs, source, where
from spec.harness.process_table import ALIVE, state, until_exited
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, containing, kernel, recorder, refuses

pytestmark = needs("Process", "ProcessPoolExecutor")

PROCESS_POOL_EXECUTOR = (
    "https://docs.python.org/3/library/concurrent.futures.html#concurrent.futures.ProcessPoolExecutor"
)


@source(PROCESS_POOL_EXECUTOR)
def test_initializer_runs_first_in_each_worker(
    executor: MakeExecutor, checkpoint: MakeCheckpoint, log: Recorder
) -> None:
    """The initializer is called once in each worker, with its arguments, before the first task."""
    working, kitchen = checkpoint("working"), executor(2, initializer=payloads.initialize, initargs=(log, "salt"))
    futures = [kitchen.submit(working.pause) for _ in range(2)]
    arrivals = working.wait_for(2)
    begun = sorted(event.pid for event in log.events("begun"))
    recorder.shows("where the initializer ran", begun, expected=sorted(arrival.pid for arrival in arrivals))
    working.open()
    for future in futures:
        future.result()
    kept = [kitchen.submit(payloads.initialized).result() for _ in range(3)]
    caller.shows("the arguments of the calls in each worker", kept, expected=[[("salt",)]] * 3)


@source(PROCESS_POOL_EXECUTOR)
def test_failing_initializer_breaks_it(executor: MakeExecutor) -> None:
    """If the initializer raises an exception, tasks that were submitted, and later ones, raise BrokenExecutor."""
    kitchen = executor(1, initializer=payloads.salt_twice)
    with refuses(BrokenExecutor):
        kitchen.submit(os.getpid).result()
    with refuses(BrokenExecutor):
        kitchen.submit(os.getpid)


@source("https://github.com/python/cpython/blob/3.13/Lib/test/test_concurrent_futures/test_init.py", observed=True)
@source(PROCESS_POOL_EXECUTOR, observed=True)
def test_failure_of_an_initializer_is_printed(executor: MakeExecutor, program: Programs) -> None:  # noqa: ARG001
    """The exception of an initializer is written to stderr."""
    running = program.main(kitchens.begin_with_a_failure)
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    recorder.shows("what is on stderr", running.all_errors(), expected=containing("SaltedTwice"))


@source(PROCESS_POOL_EXECUTOR)
def test_nonsense_is_refused(executor: MakeExecutor) -> None:
    """Less than one worker, and an initializer that cannot be called, are refused."""
    for workers in 0, -1:
        with refuses(ValueError):
            executor(workers)
    with refuses(TypeError):
        executor(1, initializer=3)


@needs("ProcessPoolExecutor.kill_workers", "ProcessPoolExecutor.terminate_workers")
@source(f"{PROCESS_POOL_EXECUTOR}.kill_workers")
@source(f"{PROCESS_POOL_EXECUTOR}.terminate_workers")
def test_can_be_killed(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """`kill_workers` and `terminate_workers` end all workers at once, and their tasks fail."""
    for method in "kill_workers", "terminate_workers":
        working, kitchen = checkpoint(method), executor(2)
        futures = [kitchen.submit(working.pause) for _ in range(2)]
        arrivals = working.wait_for(2)
        getattr(kitchen, method)()
        for arrival, future in zip(arrivals, futures):
            until_exited(arrival.pid)
            with refuses(BrokenExecutor):
                future.result()
        with refuses(RuntimeError):
            kitchen.submit(os.getpid)


@where(fresh_memory)
@needs("ProcessPoolExecutor(max_tasks_per_child)")
@source(PROCESS_POOL_EXECUTOR)
def test_worker_is_replaced_after_its_tasks(executor: MakeExecutor) -> None:
    """With `max_tasks_per_child`, a worker exits after that many tasks, and another one runs the next."""
    kitchen = executor(1, max_tasks_per_child=2)
    pids = [kitchen.submit(os.getpid).result() for _ in range(5)]
    caller.shows("whether two tasks had one worker", [pids[0] == pids[1], pids[2] == pids[3]], expected=[True] * 2)
    caller.shows("the number of workers", len({*pids}), expected=3)
    kitchen.shutdown()
    kernel.shows("whether a worker runs", [state(pid) == ALIVE for pid in {*pids}], expected=[False] * 3)


@where(fresh_memory)
@needs("ProcessPoolExecutor(max_tasks_per_child)")
@source("https://github.com/python/cpython/issues/115634")
@source(PROCESS_POOL_EXECUTOR)
def test_replaced_worker_leaves_no_task_undone(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """With `max_tasks_per_child`, all tasks are done, also those that were submitted before a worker was replaced."""
    working, kitchen = checkpoint("working"), executor(1, max_tasks_per_child=2)
    futures = [kitchen.submit(working.pause, number) for number in range(5)]
    for number in range(5):
        working.next().let_go(number)
    caller.shows("the results", [future.result() for future in futures], expected=[*range(5)])


@where(fresh_memory)
@where(counts_references)
@needs("ProcessPoolExecutor(max_tasks_per_child)")
@source("https://github.com/python/cpython/issues/152967")
def test_dropped_executor_leaves_nobody_waiting(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """With `max_tasks_per_child`, the tasks of a dropped executor are done, or fail, when its last worker exits."""
    working = checkpoint("working")
    futures = kitchens.drop(executor_maker(mp), [working.pause, *[os.getpid] * 3], max_tasks_per_child=1)
    working.next().let_go()
    ended = wait(futures)
    caller.shows("how many are not done", len(ended.not_done), expected=0)


@where(inherits_memory)
@needs("ProcessPoolExecutor(max_tasks_per_child)")
@source(PROCESS_POOL_EXECUTOR)
def test_forked_workers_cannot_be_replaced(executor: MakeExecutor) -> None:
    """`max_tasks_per_child` is refused where workers are forked."""
    with refuses(ValueError):
        executor(1, max_tasks_per_child=2)
