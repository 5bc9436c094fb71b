"""What becomes of an executor when a worker, or the program, is killed or stopped."""

from __future__ import annotations

import os
import signal
from concurrent.futures import BrokenExecutor

from impl.api import executor_maker
from impl.contract import Multiprocessing
from spec.claims.executor import kitchens, payloads
from spec.claims.shared.silence import ends_silently
from spec.engine.fixtures import MakeCheckpoint, MakeExecutor, Programs
from spec.engine.marks import counts_references, fresh_memory, needs, source, where
from spec.harness.process_table import ALIVE, state, until_exited
from spec.harness.recorder import Recorder
from spec.harness.stillness import is_stopped, until_still
from spec.harness.witness import caller, containing, kernel, other_than, recorder, refuses

pytestmark = needs("Process", "ProcessPoolExecutor")

BROKEN_POOL = "https://docs.python.org/3/library/concurrent.futures.html#concurrent.futures.process.BrokenProcessPool"


@source(BROKEN_POOL)
def test_killed_worker_breaks_it(executor: MakeExecutor, checkpoint: MakeCheckpoint, log: Recorder) -> None:
    """When a worker is killed, all futures raise BrokenExecutor, no task is taken any more, and no worker stays."""
    working, kitchen = checkpoint("working"), executor(2)
    futures = [kitchen.submit(working.pause) for _ in range(2)]
    victim, other = working.wait_for(2)
    futures += [kitchen.submit(log, "ran") for _ in range(9)]
    os.kill(victim.pid, signal.SIGKILL)
    for future in futures:
        with refuses(BrokenExecutor):
            future.result()
    with refuses(BrokenExecutor):
        kitchen.submit(os.getpid)
    kitchen.shutdown()
    kernel.shows("the other worker", state(other.pid), expected=other_than(ALIVE))
    recorder.shows("the tasks that ran", log.events("ran"), expected=[])


@where(fresh_memory)
@source(BROKEN_POOL, observed=True)
def test_killed_newcomer_hangs_nobody(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """When a worker is killed that was started while another one works, its task raises BrokenExecutor."""
    working, kitchen = checkpoint("working"), executor(2)
    kitchen.submit(working.pause)
    first = working.next()
    until_still()
    future = kitchen.submit(working.pause)
    newcomer = working.next()
    kernel.shows("whether the first worker works", first.waiting, expected=True)
    os.kill(newcomer.pid, signal.SIGKILL)
    with refuses(BrokenExecutor):
        future.result()


@source("https://github.com/python/cpython/issues/101267")
def test_each_lost_task_has_its_exception(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """Futures that are lost with a worker do not share an exception, to which each `result()` would add."""
    working, kitchen = checkpoint("working"), executor(1)
    futures = [kitchen.submit(working.pause) for _ in range(2)]
    os.kill(working.next().pid, signal.SIGKILL)
    first, second = (future.exception() for future in futures)
    caller.shows("whether they have one exception", first is second, expected=False)


@source(BROKEN_POOL, observed=True)
def test_killed_idle_worker_hangs_nobody(executor: MakeExecutor) -> None:
    """When an idle worker was killed, the next task raises BrokenExecutor, and is not lost."""
    kitchen = executor(1)
    os.kill(kitchen.submit(os.getpid).result(), signal.SIGKILL)
    with refuses(BrokenExecutor):
        kitchen.submit(os.getpid).result()


@source(BROKEN_POOL, observed=True)
def test_worker_may_die_at_any_moment(executor: MakeExecutor) -> None:
    """A worker that dies while it receives a task, in a task, or while it sends a result leaves nobody waiting."""
    for task, *arguments in (
        (payloads.ignore, payloads.KillsAtUnpickling()),
        (payloads.leave_abruptly,),
        (payloads.make, payloads.KillsAtPickling),
    ):
        with executor(1) as kitchen, refuses(BrokenExecutor):
            kitchen.submit(task, *arguments).result()


@source("https://github.com/python/cpython/issues/94777")
@source(BROKEN_POOL, observed=True)
def test_large_tasks_of_a_broken_one_hang_nobody(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """When a worker is killed while large tasks are sent to it, their futures raise BrokenExecutor too."""
    working, kitchen = checkpoint("working"), executor(1)
    futures = [kitchen.submit(working.pause)]
    arrival = working.next()
    futures += [kitchen.submit(payloads.ignore, bytes(10**6)) for _ in range(4)]
    os.kill(arrival.pid, signal.SIGKILL)
    for future in futures:
        with refuses(BrokenExecutor):
            future.result()
    kitchen.shutdown()


@source(
    "https://docs.python.org/3/library/concurrent.futures.html#concurrent.futures.Future.add_done_callback",
    observed=True,
)
def test_callback_of_a_lost_task_may_submit(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """A callback of a future that is lost may submit a task, which is refused, and may shut the executor down."""
    working, kitchen, told = checkpoint("working"), executor(1), []

    def try_again(_future: object) -> None:
        try:
            told.append(kitchen.submit(os.getpid))
        except BrokenExecutor:
            kitchen.shutdown(wait=False)
            told.append("refused")

    future = kitchen.submit(working.pause)
    future.add_done_callback(try_again)
    os.kill(working.next().pid, signal.SIGKILL)
    with refuses(BrokenExecutor):
        future.result()
    kitchen.shutdown()
    caller.shows("what the callback was told", told, expected=["refused"])


@source(BROKEN_POOL, observed=True)
def test_program_that_lost_a_worker_ends(program: Programs) -> None:
    """A program whose executor is broken ends, without a shutdown, with exit status 0, and silently."""
    ends_silently(program.main(kitchens.lose_a_worker_and_end))


@source("https://man7.org/linux/man-pages/man7/signal.7.html", observed=True)
def test_stopped_worker_delays_its_task_only(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """While a worker is stopped, the others go on with the tasks; its own task is done once it continues."""
    working, kitchen = checkpoint("working"), executor(2)
    futures = [kitchen.submit(working.pause, number) for number in range(2)]
    stopped, other = sorted(working.wait_for(2), key=lambda arrival: arrival.notes)
    os.kill(stopped.pid, signal.SIGSTOP)
    kernel.shows("whether the worker is stopped", is_stopped(stopped.pid), expected=True)
    other.let_go()
    later = [kitchen.submit(os.getpid).result() for _ in range(5)]
    caller.shows("the workers of later tasks", later, expected=[other.pid] * 5)
    os.kill(stopped.pid, signal.SIGCONT)
    stopped.let_go("rice")
    caller.shows("the result of the first task", futures[0].result(), expected="rice")


@source("https://github.com/python/cpython/issues/111873")
def test_workers_end_with_a_killed_program(program: Programs, checkpoint: MakeCheckpoint) -> None:
    """The workers of a program that is killed end when they have no task any more."""
    working = checkpoint("working")
    serving = program.main(kitchens.serve, working.pause)
    arrivals = working.wait_for(2)
    serving.kill()
    for arrival in arrivals:
        arrival.let_go()
    until_still()
    states = [state(arrival.pid) for arrival in arrivals]
    kernel.shows("whether a worker runs", [one == ALIVE for one in states], expected=[False, False])


@source("https://github.com/python/cpython/issues/111873", observed=True)
def test_shutdown_of_a_broken_one_returns(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """A broken executor can be shut down, waiting or not, as often as one likes, and leaves no worker."""
    working, kitchen = checkpoint("working"), executor(2)
    futures = [kitchen.submit(working.pause) for _ in range(2)]
    arrivals = working.wait_for(2)
    futures.append(kitchen.submit(os.getpid))  # the executor watches both workers by then
    os.kill(arrivals[0].pid, signal.SIGKILL)
    for future in futures:
        with refuses(BrokenExecutor):
            future.result()
    for wait in False, True, True:
        kitchen.shutdown(wait=wait)
    for arrival in arrivals:  # a shutdown does not wait for them if another did not before
        until_exited(arrival.pid)


@where(counts_references)
@source("https://github.com/joblib/loky/blob/master/tests/test_reusable_executor.py", observed=True)
@source(BROKEN_POOL, observed=True)
def test_result_of_a_worker_that_dies_then_arrives(executor: MakeExecutor) -> None:
    """The result of a task arrives though its worker dies when it drops the argument; the next task is lost."""
    kitchen = executor(1)
    kitchen.submit(os.getpid).result()
    result = kitchen.submit(payloads.make, payloads.Dish, payloads.KillsWhenDropped()).result()
    caller.shows("the kind of the result", type(result), expected=payloads.Dish)
    with refuses(BrokenExecutor):
        kitchen.submit(os.getpid).result()


@source("https://github.com/python/cpython/issues/139462")
def test_lost_task_tells_the_exit_code(executor: MakeExecutor) -> None:
    """The exception of a task whose worker has ended, or its cause, tells the exit code of the worker."""
    error = executor(1).submit(os._exit, 213).exception()
    caller.shows("the exception and its cause", f"{error} {error.__cause__}", expected=containing("213"))


@where(counts_references)
@source("https://github.com/joblib/loky/blob/master/tests/_test_process_executor.py", observed=True)
@source(BROKEN_POOL, observed=True)
def test_dropped_executor_tells_a_lost_task(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """When a worker of an executor is killed that nothing refers to any more, its tasks raise BrokenExecutor."""
    working = checkpoint("working")
    futures = kitchens.drop(executor_maker(mp), [working.pause, *[os.getpid] * 3])
    worker = working.next().pid
    os.kill(worker, signal.SIGKILL)
    for future in futures:
        with refuses(BrokenExecutor):
            future.result()
    until_exited(worker)
