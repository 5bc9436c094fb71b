"""An executor that is made once and returned again, as by loky's `get_reusable_executor`, on which joblib stands."""

from __future__ import annotations

import os
import signal
from concurrent.futures import BrokenExecutor
from functools import partial
from threading import Event

from impl.api import REUSABLE, reusable_maker
from impl.contract import Multiprocessing
from spec.claims.executor import kitchens, payloads
from spec.claims.shared.silence import ends_silently
from spec.claims.shared.threads import in_each_of
from spec.engine.fixtures import MakeCheckpoint, MakeExecutor, MakeForkedCall, Programs
from spec.engine.marks import fresh_memory, needs, source, where
from spec.engine.targets import Target
from spec.harness.process_table import ALIVE, state, until_exited
from spec.harness.recorder import Recorder
from spec.harness.stillness import until_still
from spec.harness.witness import caller, gatekeeper, kernel, other_than, recorder, refuses

pytestmark = [needs("Process", REUSABLE), where(fresh_memory)]

REUSABLE_EXECUTOR = "https://loky.readthedocs.io/en/stable/API.html#loky.get_reusable_executor"

BRIEF = 0.05
"""Seconds until an idle worker exits."""


@source(REUSABLE_EXECUTOR)
def test_same_one_is_returned(reusable: MakeExecutor) -> None:
    """The executor is the same at each call with the same arguments, and so is its worker."""
    asked = [reusable(1) for _ in range(3)]
    pids = [kitchen.submit(os.getpid).result() for kitchen in asked]
    caller.shows(
        "whether they are the same executor", [kitchen is asked[0] for kitchen in asked], expected=[True] * 3
    )
    caller.shows("the workers", pids, expected=[pids[0]] * 3)


@source("https://github.com/joblib/loky/issues/396")
@source(REUSABLE_EXECUTOR)
def test_number_of_workers_changes(reusable: MakeExecutor, checkpoint: MakeCheckpoint, scale: int) -> None:
    """After a call with another number, larger or smaller, as many tasks run at once as that number says."""
    reusable(1).submit(os.getpid).result()
    for number in (6 * scale, 2):
        working, kitchen = checkpoint(f"by-{number}"), reusable(number)
        futures = [kitchen.submit(working.pause) for _ in range(number + 1)]
        working.wait_for(number)
        until_still()
        gatekeeper.shows("whether one task more runs", working.reached, expected=False)
        working.open()
        caller.shows("the results", [future.result() for future in futures], expected=[None] * (number + 1))


@source(REUSABLE_EXECUTOR)
def test_superfluous_workers_exit(reusable: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """With a smaller number, the executor is the same, and as many workers exit as are too many."""
    working, kitchen = checkpoint("working"), reusable(3)
    futures = [kitchen.submit(working.pause) for _ in range(3)]
    pids = {arrival.let_go().pid for arrival in working.wait_for(3)}
    for future in futures:
        future.result()
    caller.shows("whether it is the same executor", reusable(1) is kitchen, expected=True)
    worker = kitchen.submit(os.getpid).result()
    kernel.shows("whether a worker stays", worker in pids, expected=True)
    for pid in pids - {worker}:
        until_exited(pid)


@source("https://github.com/joblib/loky/pull/102", observed=True)
@source(REUSABLE_EXECUTOR, observed=True)
def test_number_changes_when_tasks_are_done(
    mp: Multiprocessing, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall
) -> None:
    """A call with another number waits until the tasks under way are done, and loses none of them."""
    working, changing, get = checkpoint("working"), checkpoint("changing"), reusable_maker(mp)

    def change() -> tuple[object, int]:
        future = get(1).submit(working.pause)
        changing.pause()
        kitchen = get(2)
        done = future.done(), future.result()
        kitchen.shutdown()
        return done

    changer = forked_call(change)
    arrival = working.next()
    changing.next().let_go()
    changer.until_still(lambda: True)  # for a moment at most: the call may poll so often that it does not seem idle
    gatekeeper.shows("whether the task is under way", arrival.waiting, expected=True)
    arrival.let_go("rice")
    caller.shows("whether the task is done when the call returns", changer.result(), expected=(True, "rice"))


@source(REUSABLE_EXECUTOR)
def test_other_arguments_make_another(reusable: MakeExecutor, log: Recorder) -> None:
    """With other arguments, another executor takes its place, whose workers are called with the new initializer."""
    made = []
    for dish in "rice", "soup", "soup":
        made.append(reusable(1, initializer=payloads.initialize, initargs=(log, dish)))
        caller.shows("what it began with", made[-1].submit(payloads.initialized).result(), expected=[(dish,)])
    caller.shows("whether each is another one", [made[0] is made[1], made[1] is made[2]], expected=[False, True])
    recorder.shows("the number of workers", len(log.events("begun")), expected=2)
    until_exited(log.events("begun")[0].pid)
    with refuses(RuntimeError):
        made[0].submit(os.getpid)


@source(REUSABLE_EXECUTOR)
def test_may_be_reused_or_not(reusable: MakeExecutor) -> None:
    """With `reuse=True` the executor is the same, whatever the arguments; with `reuse=False` it is another one."""
    first = reusable(2, timeout=100)
    caller.shows("whether it is the same executor", reusable(None, reuse=True) is first, expected=True)
    caller.shows(
        "whether it is the same executor, with other arguments",
        reusable(1, timeout=99, reuse=True) is first,
        expected=True,
    )
    second = reusable(1, timeout=99, reuse=False)
    caller.shows("whether it is the same executor without reuse", second is first, expected=False)
    caller.shows("the result of a task", second.submit(payloads.double, 2).result(), expected=4)


@source(REUSABLE_EXECUTOR)
def test_broken_one_is_replaced(reusable: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """If a worker was killed, or the executor was shut down, the next call returns another executor, which works."""
    broken, working = reusable(2), checkpoint("working")
    future = broken.submit(working.pause)
    os.kill(working.next().pid, signal.SIGKILL)
    with refuses(BrokenExecutor):
        future.result()
    ended = reusable(2)
    caller.shows("the result of a task", ended.submit(payloads.double, 2).result(), expected=4)
    ended.shutdown()
    last = reusable(2)
    caller.shows("the result of another task", last.submit(payloads.double, 3).result(), expected=6)
    caller.shows("how many executors there were", len({id(one) for one in (broken, ended, last)}), expected=3)


@source(REUSABLE_EXECUTOR)
def test_tasks_can_be_interrupted(reusable: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """With `kill_workers`, a call that makes another executor ends the workers of the old one during their tasks."""
    working = checkpoint("working")
    future = reusable(1).submit(working.pause)
    worker = working.next().pid
    kitchen = reusable(1, timeout=99, kill_workers=True)
    kernel.shows("the worker", state(worker), expected=other_than(ALIVE))
    with refuses(Exception):
        future.result()
    caller.shows("the result of a task", kitchen.submit(payloads.double, 2).result(), expected=4)


@source(REUSABLE_EXECUTOR)
def test_replaced_one_does_its_tasks(
    mp: Multiprocessing, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall
) -> None:
    """Without `kill_workers`, a call that makes another executor waits until the tasks of the old one are done."""
    working, replacing, get = checkpoint("working"), checkpoint("replacing"), reusable_maker(mp)

    def replace() -> tuple[bool, object]:
        futures = [get(1).submit(working.pause) for _ in range(2)]
        replacing.pause()
        kitchen = get(1, timeout=99)
        done = futures[-1].done(), [future.result() for future in futures]
        kitchen.shutdown()
        return done

    replacer = forked_call(replace)
    first = working.next()
    replacing.next().let_go()
    replacer.until_still()
    gatekeeper.shows("whether the task is under way", first.waiting, expected=True)
    first.let_go("rice")
    working.next().let_go("soup")
    caller.shows("what is done when the call returns", replacer.result(), expected=(True, ["rice", "soup"]))


@source(REUSABLE_EXECUTOR)
def test_idle_workers_exit_in_time(reusable: MakeExecutor) -> None:
    """With a `timeout`, workers exit when they have been idle for that long; the next tasks are done by others."""
    kitchen, pids = reusable(2, timeout=BRIEF), []
    for number in range(3):
        pid, result = [kitchen.submit(task, *args) for task, *args in ((os.getpid,), (payloads.double, number))]
        pids.append(pid.result())
        caller.shows("the result of a task", result.result(), expected=2 * number)
        until_exited(pids[-1])
    kernel.shows("the number of workers", len({*pids}), expected=3)


@source("https://github.com/joblib/loky/blob/master/tests/test_worker_timeout.py", observed=True)
@source(REUSABLE_EXECUTOR, observed=True)
def test_pickling_may_outlast_idle_workers(reusable: MakeExecutor) -> None:
    """With a `timeout`, a task is done although its argument is pickled for longer than workers stay idle."""
    kitchen, trying, going_on = reusable(1, timeout=BRIEF), Event(), Event()
    worker = kitchen.submit(os.getpid).result()
    future = kitchen.submit(payloads.hand_back, payloads.IsPickledInTime(trying, going_on))
    trying.wait()
    until_still(lambda: state(worker) != ALIVE)
    going_on.set()
    caller.shows("the kind of the result", type(future.result()), expected=object)


@needs("ProcessPoolExecutor(timeout)")
@source("https://github.com/joblib/loky/blob/master/tests/test_worker_timeout.py", observed=True)
@source("https://loky.readthedocs.io/en/stable/API.html#loky.ProcessPoolExecutor.shutdown")
def test_pickling_may_outlast_idle_workers_and_a_shutdown(executor: MakeExecutor) -> None:
    """With a `timeout`, a task is done though idle workers exit while it is pickled, after `shutdown(wait=False)`."""
    kitchen, trying, going_on = executor(1, timeout=BRIEF), Event(), Event()
    worker = kitchen.submit(os.getpid).result()
    future = kitchen.submit(payloads.tell_pid, payloads.IsPickledInTime(trying, going_on))
    trying.wait()
    kitchen.shutdown(wait=False)
    until_still(lambda: state(worker) != ALIVE)
    going_on.set()
    pid = future.result()
    kernel.shows("the process that the task ran in", pid, expected=other_than(os.getpid()))
    until_exited(pid)


@source(REUSABLE_EXECUTOR)
def test_workers_have_the_environment(reusable: MakeExecutor) -> None:
    """The workers have the variables of `env` in their environment, beside those of the caller, who does not."""
    before = dict(os.environ)
    kitchen = reusable(1, env={"SALT": "2"})
    seen = kitchen.submit(os.getenv, "SALT").result(), kitchen.submit(os.getenv, "PATH").result()
    caller.shows("what a worker has", seen, expected=("2", os.environ["PATH"]))
    caller.shows("whether the caller's are as before", dict(os.environ) == before, expected=True)


@source("https://github.com/joblib/loky/blob/master/tests/test_reusable_executor.py", observed=True)
def test_worker_may_have_one_too(reusable: MakeExecutor, target: Target) -> None:
    """In a task, the reusable executor is another one, with its own workers, which exit with the task's worker."""
    [outer, inner] = reusable(1).submit(kitchens.cook_in_a_reusable_kitchen, target.name).result()
    kernel.shows("whether each ran in a process of its own", len({os.getpid(), outer, inner}), expected=3)
    reusable(1).shutdown()
    until_exited(inner)


@source("https://github.com/joblib/loky/blob/master/tests/test_reusable_executor.py", observed=True)
def test_threads_may_ask_at_once(mp: Multiprocessing) -> None:
    """Threads that ask for the executor at the same time, and submit tasks to it, get the results of their own."""
    get = reusable_maker(mp)

    def cook() -> list[int]:
        results = [get(2).submit(payloads.double, number).result() for number in range(5)]
        get(2).shutdown()
        return results

    caller.shows("what each thread got", in_each_of(3, cook), expected=[[0, 2, 4, 6, 8]] * 3)


@source(REUSABLE_EXECUTOR, observed=True)
def test_program_that_reuses_one_ends(program: Programs, log: Recorder) -> None:
    """A program that ends without a shutdown waits for the tasks, and ends silently, and its workers end."""
    ends_silently(program.main(kitchens.forget_a_reusable_one, [partial(log, "ran")] * 3))
    events = log.events("ran")
    recorder.shows("how many tasks ran", len(events), expected=3)
    kernel.shows("whether a worker runs", [state(event.pid) == ALIVE for event in events], expected=[False] * 3)


@source("https://github.com/joblib/loky/blob/master/tests/test_reusable_executor.py", observed=True)
@source(REUSABLE_EXECUTOR, observed=True)
def test_workers_of_a_killed_program_exit_in_time(program: Programs, checkpoint: MakeCheckpoint) -> None:
    """With a `timeout`, the workers of a program that is killed exit when they have been idle for that long."""
    working = checkpoint("working")
    waiting = program.main(kitchens.reuse_and_wait, working.pause, BRIEF)
    arrivals = working.wait_for(2)
    waiting.kill()
    for arrival in arrivals:
        arrival.let_go()
    for arrival in arrivals:
        until_exited(arrival.pid)


@source(REUSABLE_EXECUTOR, observed=True)
def test_impossible_number_is_refused(reusable: MakeExecutor) -> None:
    """Less than one worker is refused, and the existing executor still works."""
    kitchen = reusable(1)
    for workers in 0, -1:
        with refuses(ValueError):
            reusable(workers)
    caller.shows("whether it is the same executor", reusable(1) is kitchen, expected=True)
    caller.shows("the result of a task", kitchen.submit(payloads.double, 2).result(), expected=4)


@needs("ProcessPoolExecutor.shutdown(kill_workers)")
@source("https://loky.readthedocs.io/en/stable/API.html#loky.ProcessPoolExecutor.shutdown")
def test_shutdown_can_end_tasks(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """`shutdown(kill_workers=True)` ends the workers during their tasks, which fail."""
    working, kitchen = checkpoint("working"), executor(2)
    futures = [kitchen.submit(working.pause) for _ in range(4)]
    arrivals = working.wait_for(2)
    kitchen.shutdown(kill_workers=True)
    states = [state(arrival.pid) == ALIVE for arrival in arrivals]
    kernel.shows("whether a worker runs", states, expected=[False] * 2)
    for future in futures:
        with refuses(Exception):
            future.result()


@needs("ProcessPoolExecutor.shutdown(kill_workers)")
@source("https://github.com/joblib/loky/blob/master/tests/_test_process_executor.py", observed=True)
def test_shutdown_can_end_what_tasks_have_started(
    executor: MakeExecutor, checkpoint: MakeCheckpoint, target: Target
) -> None:
    """`shutdown(kill_workers=True)` ends also the workers of an executor that a task has made."""
    working, kitchen = checkpoint("working"), executor(1)
    future = kitchen.submit(payloads.pause_in_a_kitchen_of_its_own, target.name, working.pause)
    inner = working.next()
    kitchen.shutdown(kill_workers=True)
    until_exited(inner.pid)
    with refuses(Exception):
        future.result()
