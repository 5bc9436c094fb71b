"""Shutting an executor down: what it waits for, what is refused after it, and executors that are never shut down."""

from __future__ import annotations

import os
import signal
from concurrent.futures import wait
from functools import partial

from impl.api import executor_maker
from impl.contract import Multiprocessing
from spec.claims.executor import kitchens, payloads
from spec.claims.shared.silence import ends_silently
from spec.engine.fixtures import MakeCheckpoint, MakeExecutor, MakeForkedCall, Programs
from spec.engine.marks import counts_references, fresh_memory, needs, source, where
from spec.harness.held_waits import all_wait_without_limit
from spec.harness.holdings import leaves_nothing_behind
from spec.harness.process_table import ALIVE, state, until_exited, until_gone
from spec.harness.recorder import Recorder
from spec.harness.stillness import until_still
from spec.harness.witness import caller, gatekeeper, kernel, other_than, recorder, refuses

pytestmark = needs("Process", "ProcessPoolExecutor")

SHUTDOWN = "https://docs.python.org/3/library/concurrent.futures.html#concurrent.futures.Executor.shutdown"


@source(SHUTDOWN)
def test_leaving_the_block_waits_for_all(
    executor: MakeExecutor, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall
) -> None:
    """The end of a `with` block waits until all tasks are done, however long it takes, and no worker stays."""
    working = checkpoint("working")
    waiting = forked_call(kitchens.leave_the_block, executor, [working.pause] * 3)
    for _ in range(3):
        arrival = working.next()
        all_wait_without_limit({"the end of the block": waiting})
        arrival.let_go()
    caller.shows("which tasks are done at the end", waiting.result(), expected=[True] * 3)
    until_gone(arrival.pid)


@source(SHUTDOWN)
def test_shutdown_reaps_the_workers(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """When `shutdown` returns, all workers have exited, and another shutdown does nothing."""
    working, kitchen = checkpoint("working"), executor(2)
    futures = [kitchen.submit(working.pause) for _ in range(2)]
    pids = [arrival.let_go().pid for arrival in working.wait_for(2)]
    kitchen.shutdown()
    kernel.shows("whether a worker runs", [state(pid) == ALIVE for pid in pids], expected=[False] * 2)
    kitchen.shutdown()
    caller.shows("whether the tasks are done", [future.done() for future in futures], expected=[True] * 2)
    executor(2).shutdown()


@source(SHUTDOWN)
def test_need_not_wait(executor: MakeExecutor, checkpoint: MakeCheckpoint, log: Recorder) -> None:
    """`shutdown(wait=False)` returns at once; the tasks are still done, and then the workers exit."""
    working, kitchen = checkpoint("working"), executor(1)
    futures = [kitchen.submit(working.pause), *(kitchen.submit(log, "ran", number) for number in range(5))]
    arrival = working.next()
    kitchen.shutdown(wait=False)
    gatekeeper.shows("whether the first task still runs", arrival.waiting, expected=True)
    arrival.let_go("rice")
    caller.shows("the results", [future.result() for future in futures], expected=["rice", *[None] * 5])
    recorder.shows("the tasks that ran", log.values("ran"), expected=[*range(5)])
    until_exited(arrival.pid)


@source(SHUTDOWN)
def test_nothing_can_be_submitted_after_it(executor: MakeExecutor) -> None:
    """After `shutdown`, `submit` and `map` raise RuntimeError, also if the executor was never used."""
    used, unused = executor(1), executor(1)
    used.submit(os.getpid).result()
    for kitchen in used, unused:
        kitchen.shutdown()
        with refuses(RuntimeError):
            kitchen.submit(os.getpid)
        with refuses(RuntimeError):
            kitchen.map(abs, [1])


@needs("ProcessPoolExecutor.shutdown(cancel_futures)")
@source(SHUTDOWN)
def test_can_cancel_what_waits(executor: MakeExecutor, checkpoint: MakeCheckpoint, log: Recorder) -> None:
    """`shutdown(cancel_futures=True)` cancels the tasks that no worker has; those that have begun are done."""
    working, kitchen = checkpoint("working"), executor(1)
    first = kitchen.submit(working.pause)
    arrival = working.next()
    futures = [kitchen.submit(log, "ran", number) for number in range(20)]
    kitchen.shutdown(wait=False, cancel_futures=True)
    arrival.let_go("rice")
    caller.shows("the result of the running task", first.result(), expected="rice")
    until_exited(arrival.pid)
    cancelled = [number for number, future in enumerate(futures) if future.cancelled()]
    caller.shows("whether the last task was cancelled", cancelled[-1:], expected=[19])
    others = [number for number in range(20) if number not in cancelled]
    recorder.shows("the tasks that ran", log.values("ran"), expected=others)


@needs("ProcessPoolExecutor.shutdown(cancel_futures)")
@source("https://github.com/python/cpython/issues/136655")
@source("https://docs.python.org/3/library/concurrent.futures.html#concurrent.futures.wait")
def test_cancelled_by_shutdown_is_done_for_all(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """Functions that wait for futures find those done which `shutdown(cancel_futures=True)` has cancelled."""
    working, kitchen = checkpoint("working"), executor(1)
    futures = [kitchen.submit(working.pause) for _ in range(9)]
    working.open()
    kitchen.shutdown(cancel_futures=True)
    caller.shows("how many are not done for wait()", len(wait(futures, timeout=0).not_done), expected=0)


@source("https://github.com/python/cpython/issues/94440")
@source(SHUTDOWN, observed=True)
def test_cancelled_task_does_not_delay_it(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """`shutdown` returns although the last tasks were cancelled just before."""
    working, kitchen = checkpoint("working"), executor(1)
    future = kitchen.submit(working.pause)
    working.next().let_go()
    future.result()
    futures = [kitchen.submit(working.pause) for _ in range(9)]
    for last in reversed(futures):
        last.cancel()
    working.open()
    kitchen.shutdown()
    caller.shows("whether each is done", [future.done() for future in futures], expected=[True] * 9)


@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods", observed=True)
def test_use_leaves_nothing_behind(executor: MakeExecutor, scale: int) -> None:
    """However many executors were used and shut down, no process, thread, file or name of theirs is left."""

    def use() -> None:
        with executor(1) as kitchen:
            kitchen.submit(os.getpid).result()

    leaves_nothing_behind(use, 3 * scale)


@where(counts_references)
@source(
    "https://docs.python.org/3/library/concurrent.futures.html#concurrent.futures.ProcessPoolExecutor", observed=True
)
def test_dropped_executor_does_its_tasks(mp: Multiprocessing, checkpoint: MakeCheckpoint, log: Recorder) -> None:
    """The tasks of an executor that nothing refers to any more are done, and then its workers exit."""
    working = checkpoint("working")
    futures = kitchens.drop(executor_maker(mp), [working.pause, *(partial(log, "ran", n) for n in range(5))])
    arrival = working.next().let_go("rice")
    caller.shows("the results", [future.result() for future in futures], expected=["rice", *[None] * 5])
    recorder.shows("the tasks that ran", log.values("ran"), expected=[*range(5)])
    until_exited(arrival.pid)


@source("https://docs.python.org/3/library/concurrent.futures.html#processpoolexecutor", observed=True)
def test_program_that_forgets_it_ends(program: Programs, checkpoint: MakeCheckpoint, log: Recorder) -> None:
    """A program that ends without a shutdown waits until all tasks are done, and ends silently; no worker stays."""
    working = checkpoint("working")
    forgetting = program.main(kitchens.forget, [working.pause, *(partial(log, "ran", n) for n in range(5))])
    arrival = working.next()
    until_still()
    kernel.shows("whether the program runs while a task does", forgetting.running, expected=True)
    arrival.let_go()
    ends_silently(forgetting)
    recorder.shows("the tasks that ran", log.values("ran"), expected=[*range(5)])
    kernel.shows("the state of the worker", state(arrival.pid), expected=other_than(ALIVE))


@source("https://github.com/python/cpython/issues/83386")
@source(SHUTDOWN)
def test_program_that_does_not_wait_ends(program: Programs, checkpoint: MakeCheckpoint, log: Recorder) -> None:
    """A program that ends after `shutdown(wait=False)` waits until all tasks are done, and ends silently."""
    working = checkpoint("working")
    ending = program.main(kitchens.shut_down_and_end, [working.pause, *(partial(log, "ran", n) for n in range(5))])
    arrival = working.next()
    until_still()  # now the program is at its end
    arrival.let_go()
    ends_silently(ending)
    recorder.shows("the tasks that ran", log.values("ran"), expected=[*range(5)])


@source("https://docs.python.org/3/whatsnew/3.9.html#concurrent-futures", observed=True)
def test_exit_handler_cannot_submit(program: Programs, log: Recorder) -> None:
    """A task that an exit handler submits, when the executor takes no more, is refused, and the program ends."""
    ends_silently(program.main(kitchens.submit_at_the_end, log))
    recorder.shows("what became of the task", log.only("refused").name, expected="refused")


@source("https://github.com/python/cpython/issues/125886", observed=True)
@source("https://docs.python.org/3/library/exceptions.html#KeyboardInterrupt", observed=True)
def test_ctrl_c_ends_a_busy_program(program: Programs, checkpoint: MakeCheckpoint) -> None:
    """Ctrl-C, which reaches the program and its workers, ends a program that waits for its tasks; no worker stays."""
    working = checkpoint("working")
    serving = program.main(kitchens.serve, working.pause)
    arrivals = working.wait_for(2)
    for arrival in arrivals:
        arrival.until_blocked()
    until_still()
    for pid in [serving.pid, *(arrival.pid for arrival in arrivals)]:
        os.kill(pid, signal.SIGINT)
    kernel.shows("the program's exit status", serving.exit_status(), expected=-signal.SIGINT)
    for arrival in arrivals:
        until_exited(arrival.pid)


@where(fresh_memory)
@needs("ProcessPoolExecutor(max_tasks_per_child)")
@source("https://github.com/python/cpython/issues/119592")
@source("https://github.com/python/cpython/issues/132969")
def test_replaces_workers_without_waiting(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """After `shutdown(wait=False)`, workers that have reached `max_tasks_per_child` are replaced for later tasks."""
    working, kitchen = checkpoint("working"), executor(1, max_tasks_per_child=1)
    futures = [kitchen.submit(working.pause) for _ in range(3)]
    first = working.next()
    kitchen.shutdown(wait=False)
    first.let_go(0)
    second, third = (working.next().let_go(number) for number in (1, 2))
    caller.shows("the results", [future.result() for future in futures], expected=[0, 1, 2])
    for worker in first, second, third:
        until_exited(worker.pid)


@source(
    "https://github.com/python/cpython/blob/main/Lib/test/test_concurrent_futures/test_deadlock.py", observed=True
)
@source(SHUTDOWN, observed=True)
def test_ends_though_a_worker_is_killed(
    executor: MakeExecutor, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall
) -> None:
    """When a worker is killed while `shutdown` waits for its task, `shutdown` returns, and the task is lost."""
    working = checkpoint("working")
    waiting = forked_call(kitchens.how_a_task_ends_with_a_shutdown, executor, working.pause)
    arrival = working.next()
    waiting.until_still()
    os.kill(arrival.pid, signal.SIGKILL)
    caller.shows("whether the task is lost", waiting.result(), expected=True)


@source("https://github.com/python/cpython/pull/17670")
def test_unpicklable_task_fails_though_shut_down(executor: MakeExecutor) -> None:
    """A task that cannot be pickled fails also if `shutdown(wait=False)` is called at once."""
    kitchen = executor(1)
    worker = kitchen.submit(os.getpid).result()
    future = kitchen.submit(payloads.ignore, payloads.FailsToBePickled())
    kitchen.shutdown(wait=False)
    with refuses(Exception):
        future.result()
    until_exited(worker)
