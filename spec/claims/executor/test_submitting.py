"""Submitting tasks: where they run, how many at once, and what their futures return."""

from __future__ import annotations

import os
import pickle
import sys
import time
import weakref
from concurrent.futures import TimeoutError as LateError
from functools import partial
from typing import Any

from spec.claims.executor import kitchens, payloads
from spec.claims.executor.scenes import still_works
from spec.claims.shared.threads import in_each_of
from spec.engine.fixtures import MakeCheckpoint, MakeExecutor, MakeForkedCall
from spec.engine.marks import (
    counts_references,
    fresh_memory,
    inherits_memory,
    needs,
    source,
    starter_is_parent,
    where,
)
from spec.engine.targets import Target
from spec.harness.held_waits import all_wait_without_limit
from spec.harness.process_table import parent
from spec.harness.recorder import Recorder
from spec.harness.stillness import until_still
from spec.harness.witness import at_least, caller, containing, gatekeeper, kernel, other_than, recorder, refuses
from spec.models.executor_model import ExecutorModel, Kitchen

pytestmark = needs("Process", "ProcessPoolExecutor")

FUTURES = "https://docs.python.org/3/library/concurrent.futures.html#"


@source(FUTURES + "concurrent.futures.Executor.submit")
def test_task_runs_in_a_worker(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """A task runs with its arguments in another process, and its future returns the result."""
    working = checkpoint("working")
    future = executor(1).submit(payloads.power_at, working.pause, 2, exponent=8)
    arrival = working.next().let_go()
    kernel.shows("the process that a task runs in", arrival.pid, expected=other_than(os.getpid()))
    caller.shows("result() and exception()", (future.result(), future.exception()), expected=(256, None))


@source(FUTURES + "concurrent.futures.Executor.submit")
def test_keywords_may_have_any_name(executor: MakeExecutor) -> None:
    """The keyword arguments of a task may be called `self` and `fn`, as `submit` takes the function by place only."""
    kitchen: Any = executor(1)
    arguments = kitchen.submit(payloads.capture, 1, self=2, fn=3).result()
    caller.shows("the arguments of the task", arguments, expected=((1,), {"self": 2, "fn": 3}))
    with refuses(TypeError):
        kitchen.submit(fn=payloads.capture)


@where(starter_is_parent)
@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods", observed=True)
def test_workers_are_children_of_the_starter(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """The workers of an executor are children of the process that submits the tasks."""
    working, kitchen = checkpoint("working"), executor(2)
    futures = [kitchen.submit(working.pause) for _ in range(2)]
    parents = [parent(arrival.pid) for arrival in working.wait_for(2)]
    kernel.shows("the parents of the workers", parents, expected=[os.getpid()] * 2)
    caller.shows("whether the tasks are done", [future.done() for future in futures], expected=[False] * 2)
    working.open()


@source("https://docs.python.org/3/whatsnew/3.9.html#concurrent-futures", observed=True)
def test_nothing_starts_before_the_first_task(executor: MakeExecutor, log: Recorder) -> None:
    """An executor that nothing was submitted to has no workers."""
    kitchen = executor(2, initializer=payloads.initialize, initargs=(log,))
    until_still()
    recorder.shows("the workers of a new executor", log.events("begun"), expected=[])
    kitchen.submit(os.getpid).result()
    recorder.shows("how many there are after a task", len(log.events("begun")), expected=at_least(1))


@where(fresh_memory)
@source("https://docs.python.org/3/whatsnew/3.9.html#concurrent-futures")
def test_idle_worker_takes_the_next_task(executor: MakeExecutor, log: Recorder) -> None:
    """A worker is started only when no worker is idle: tasks that wait for each other run in the same one."""
    kitchen = executor(3, initializer=payloads.initialize, initargs=(log,))
    pids = set()
    for _ in range(3):
        pids.add(kitchen.submit(os.getpid).result())
        until_still()  # a result may be there before its worker counts as idle
    begun = {event.pid for event in log.events("begun")}
    recorder.shows("the workers that were started", begun, expected=pids)
    recorder.shows("how many there are", len(begun), expected=1)


@where(inherits_memory)
@source("https://github.com/python/cpython/issues/90622")
def test_all_are_forked_at_the_first_task(executor: MakeExecutor, log: Recorder) -> None:
    """All workers are forked when the first task is submitted, before there are threads that a fork would copy."""
    kitchen = executor(3, initializer=payloads.initialize, initargs=(log,))
    kitchen.submit(os.getpid).result()
    until_still()
    recorder.shows("how many workers there are after one task", len(log.events("begun")), expected=3)
    for _ in range(3):
        kitchen.submit(os.getpid).result()
    recorder.shows("how many there are after four", len(log.events("begun")), expected=3)


@source(FUTURES + "concurrent.futures.ProcessPoolExecutor")
def test_runs_as_many_at_once_as_it_has_workers(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """As many tasks run at the same time as there are workers; the next one begins when a worker is free."""
    working, kitchen = checkpoint("working"), executor(2)
    futures = [kitchen.submit(working.pause, number) for number in range(4)]
    arrivals = working.wait_for(2)
    begun = sorted(arrival.notes[0] for arrival in arrivals)
    gatekeeper.shows("the tasks that have begun", begun, expected=[0, 1])
    for number in 2, 3:
        until_still()
        gatekeeper.shows("whether another one has begun", working.reached, expected=False)
        free = arrivals.pop().let_go().pid
        arrivals.append(working.next())
        gatekeeper.shows("the task that begins", arrivals[-1].notes[0], expected=number)
        kernel.shows("the worker that it runs in", arrivals[-1].pid, expected=free)
    working.open()
    caller.shows("the results", [future.result() for future in futures], expected=[None] * 4)


@source(FUTURES + "concurrent.futures.Future.result")
def test_result_waits_without_limit(
    executor: MakeExecutor, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall
) -> None:
    """`result()` waits for its task, however long it takes."""
    working = checkpoint("working")
    waiting = forked_call(kitchens.result_of, executor, working.pause)
    arrival = working.next()
    all_wait_without_limit({"result()": waiting})
    arrival.let_go("rice")
    caller.shows("what result() returned", waiting.result(), expected="rice")


@source(FUTURES + "concurrent.futures.Future.result")
@source(FUTURES + "concurrent.futures.Future.exception")
def test_result_can_be_timed(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """`result` and `exception` raise TimeoutError when their time is over, and not before; the task goes on."""
    working = checkpoint("working")
    future = executor(1).submit(working.pause)
    arrival = working.next()
    for wait in future.result, future.exception:
        begun = time.monotonic()
        with refuses(LateError):
            wait(timeout=0.05)
        kernel.shows("the seconds that it took", time.monotonic() - begun, expected=at_least(0.05))
    arrival.let_go("rice")
    caller.shows("result() after that", future.result(), expected="rice")


@source(FUTURES + "concurrent.futures.Future.result")
@source("https://github.com/python/cpython/issues/66587", observed=True)
def test_exception_reaches_the_caller(executor: MakeExecutor) -> None:
    """What a task raises is raised by `result()`, with its arguments and the traceback; the worker lives on."""
    kitchen = executor(1)
    pid = kitchen.submit(os.getpid).result()
    error = kitchen.submit(payloads.salt_twice, "soup", 2).exception()
    with refuses(payloads.SaltedTwice):
        kitchen.submit(payloads.salt_twice, "soup", 2).result()
    caller.shows("the exception", repr(error), expected=repr(payloads.SaltedTwice("soup", 2)))
    caller.shows("the text of its cause", str(error.__cause__), expected=containing("in salt_twice"))
    still_works(kitchen, pid)


@source("https://github.com/pytorch/pytorch/pull/46754", observed=True)
def test_large_exception_reaches_the_caller(executor: MakeExecutor) -> None:
    """An exception of a million characters, which is more than a pipe holds, is raised like any other."""
    kitchen, text = executor(1), "salt" * 250_000
    pid = kitchen.submit(os.getpid).result()
    error = kitchen.submit(payloads.salt_twice, text).exception()
    arrived = isinstance(error, payloads.SaltedTwice) and error.args == (text,)
    caller.shows("whether it arrives with all its text", arrived, expected=True)
    still_works(kitchen, pid)


@source("https://github.com/python/cpython/issues/132063")
def test_false_exception_is_raised(executor: MakeExecutor) -> None:
    """An exception whose truth value is false, such as one of length zero, is raised like any other."""
    kitchen = executor(1)
    future = kitchen.submit(payloads.raise_an_empty_one)
    caller.shows("the kind of exception()", type(future.exception()), expected=payloads.Empty)
    with refuses(payloads.Empty):
        future.result()
    with refuses(payloads.Empty):
        next(iter(kitchen.map(payloads.raise_an_empty_one, [1])))


@source(FUTURES + "concurrent.futures.Future.exception", observed=True)
def test_exit_of_a_task_ends_no_worker(executor: MakeExecutor) -> None:
    """A task that calls `sys.exit` fails with SystemExit, and the worker lives on."""
    kitchen = executor(1)
    pid = kitchen.submit(os.getpid).result()
    error = kitchen.submit(sys.exit, 3).exception()
    caller.shows("the exception", repr(error), expected="SystemExit(3)")
    still_works(kitchen, pid)


@source("https://docs.python.org/3/library/multiprocessing.html#programming-guidelines", observed=True)
def test_threads_may_submit_at_once(executor: MakeExecutor, scale: int) -> None:
    """Threads that submit tasks at the same time each get the results of their own."""
    kitchen, numbers = executor(2), iter(range(40 * scale))

    def order() -> list[tuple[int, int]]:
        return [(number, kitchen.submit(payloads.double, number).result()) for number in numbers]

    seen = sorted(pair for pairs in in_each_of(3, order) for pair in pairs)
    caller.shows("the results", seen, expected=[(number, 2 * number) for number in range(40 * scale)])


@source(FUTURES + "concurrent.futures.Executor")
def test_any_sequence_of_operations(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """Over any sequence of submits, cancels, kills and shutdowns, each task has the end that is due."""
    working = checkpoint("working")
    task = partial(payloads.fail_if_told, working.pause)
    ExecutorModel.try_sequences(Kitchen(executor, task, working))


@source(FUTURES + "concurrent.futures.ProcessPoolExecutor", observed=True)
def test_worker_may_have_an_executor(executor: MakeExecutor, target: Target) -> None:
    """A task may make an executor of its own, and use it in the worker."""
    [(pid, result)] = executor(1).map(partial(payloads.cook_in_a_kitchen_of_its_own, target.name), [4])
    kernel.shows("the process that the task ran in", pid, expected=other_than(os.getpid()))
    caller.shows("the result from the worker's worker", result, expected=8)


@source("https://docs.python.org/3/library/multiprocessing.html#programming-guidelines", observed=True)
def test_executor_cannot_be_sent(executor: MakeExecutor) -> None:
    """Pickling an executor is refused."""
    kitchen = executor(1)
    with refuses(Exception):
        pickle.dumps(kitchen)


@where(counts_references)
@source("https://bugs.python.org/issue16284")
def test_arguments_are_dropped_with_the_task(executor: MakeExecutor) -> None:
    """An executor does not keep the arguments of a task that is done."""
    kitchen, dish = executor(1), payloads.Dish()
    reference = weakref.ref(dish)
    kitchen.submit(payloads.ignore, dish).result()
    del dish
    kitchen.submit(payloads.ignore).result()
    caller.shows("what is left of the argument", reference(), expected=None)


@source("https://github.com/python/cpython/issues/105829", observed=True)
def test_many_tasks_at_once(executor: MakeExecutor, scale: int) -> None:
    """A thousand tasks that are submitted before any is done all return their results."""
    kitchen, count = executor(2), 1000 * scale
    futures = [kitchen.submit(payloads.double, number) for number in range(count)]
    results = [future.result() for future in futures]
    caller.shows("the results", results, expected=[2 * number for number in range(count)])


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process", observed=True)
def test_child_beside_an_executor_ends(mp: Any, executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """A child that is started while an executor has a task ends as any other; the executor goes on."""
    working, kitchen = checkpoint("working"), executor(1)
    future = kitchen.submit(working.pause)
    arrival = working.next()
    child = mp.Process(target=payloads.ignore)
    child.start()
    child.join()
    caller.shows("the exit code of the child", child.exitcode, expected=0)
    arrival.let_go("rice")
    caller.shows("the result of the task", future.result(), expected="rice")


@where(counts_references)
@source("https://docs.python.org/3/library/concurrent.futures.html#processpoolexecutor", observed=True)
def test_worker_drops_the_arguments_too(executor: MakeExecutor, log: Recorder) -> None:
    """A worker does not keep the arguments of a task that is done."""
    kitchen = executor(1)
    kitchen.submit(payloads.ignore, payloads.TellsItsEnd(log)).result()
    worker = kitchen.submit(os.getpid).result()
    dropped = [event.pid for event in log.events("dropped")]
    recorder.shows("the processes that have dropped the argument", dropped, expected=containing(worker))
