"""Tasks, results and exceptions that cannot be pickled, or cannot be unpickled."""

from __future__ import annotations

import os
from threading import Event

from spec.claims.executor import payloads
from spec.claims.executor.scenes import still_works
from spec.engine.fixtures import MakeExecutor
from spec.engine.marks import needs, source
from spec.harness.deadline import Backoff
from spec.harness.process_table import until_exited
from spec.harness.witness import caller, containing, refuses

pytestmark = needs("Process", "ProcessPoolExecutor")
PICKLABLE = "https://docs.python.org/3/library/concurrent.futures.html#processpoolexecutor"


@source(PICKLABLE)
def test_task_that_cannot_be_pickled_fails(executor: MakeExecutor) -> None:
    """The future of a task that cannot be pickled raises an exception, and later tasks are done."""
    kitchen = executor(1)
    pid = kitchen.submit(os.getpid).result()
    with refuses(Exception):
        kitchen.submit(payloads.ignore, payloads.FailsToBePickled()).result()
    still_works(kitchen, pid)


@needs("ProcessPoolExecutor.shutdown(cancel_futures)")
@source("https://github.com/python/cpython/issues/116685")
def test_unpicklable_task_does_not_delay_a_shutdown(executor: MakeExecutor) -> None:
    """After `shutdown(cancel_futures=True)` the worker exits, also if a task cannot be pickled at that moment."""
    kitchen, trying, giving_up = executor(1), Event(), Event()
    pid = kitchen.submit(os.getpid).result()
    future = kitchen.submit(payloads.ignore, payloads.FailsToBePickledInTime(trying, giving_up))
    others = [kitchen.submit(payloads.ignore) for _ in range(9)]
    trying.wait()
    kitchen.shutdown(wait=False, cancel_futures=True)
    backoff = Backoff("the last task to be cancelled")
    while not others[-1].cancelled():
        backoff.wait()
    giving_up.set()
    with refuses(Exception):
        future.result()
    until_exited(pid)


@source(PICKLABLE)
def test_result_that_cannot_be_pickled_fails(executor: MakeExecutor) -> None:
    """The future of a task whose result cannot be pickled raises an exception, and later tasks are done."""
    kitchen = executor(1)
    pid = kitchen.submit(os.getpid).result()
    with refuses(Exception):
        kitchen.submit(payloads.make, payloads.FailsToBePickled).result()
    still_works(kitchen, pid)


@source(PICKLABLE, observed=True)
def test_exception_that_cannot_be_pickled_fails(executor: MakeExecutor) -> None:
    """The future of a task whose exception cannot be pickled raises another one, and later tasks are done."""
    kitchen = executor(1)
    pid = kitchen.submit(os.getpid).result()
    with refuses(Exception):
        kitchen.submit(payloads.raise_what_fails_to_be_pickled).result()
    still_works(kitchen, pid)


@source("https://github.com/python/cpython/issues/75880", observed=True)
def test_what_cannot_be_unpickled_hangs_nobody(executor: MakeExecutor) -> None:
    """A task that its worker cannot unpickle, or a result that the caller cannot, raises an exception."""
    for task, *arguments in (
        (payloads.ignore, payloads.FailsToBeUnpickled()),
        (payloads.make, payloads.FailsToBeUnpickled),
    ):
        with executor(1) as kitchen, refuses(Exception):
            kitchen.submit(task, *arguments).result()


@source("https://github.com/python/cpython/issues/120810")
def test_exception_that_cannot_be_unpickled_breaks_nothing(executor: MakeExecutor) -> None:
    """If a task raises an exception that cannot be unpickled, only that task fails."""
    kitchen = executor(1)
    pid = kitchen.submit(os.getpid).result()
    error = kitchen.submit(payloads.raise_one_with_two_arguments).exception()
    caller.shows("the exception and its cause", f"{error!r} {error.__cause__}", expected=containing("soup: 2"))
    still_works(kitchen, pid)


@source("https://github.com/joblib/loky/issues/437")
def test_task_whose_pickling_exits_is_told(executor: MakeExecutor) -> None:
    """The future of a task whose pickling calls `sys.exit` raises an exception, and later tasks are done."""
    kitchen = executor(1)
    pid = kitchen.submit(os.getpid).result()
    error = kitchen.submit(payloads.ignore, payloads.ExitsAtPickling()).exception()
    caller.shows("whether the future has an exception", error is not None, expected=True)
    still_works(kitchen, pid)


@source("https://github.com/python/cpython/issues/75880", observed=True)
def test_exit_while_a_pickle_is_read_hangs_nobody(executor: MakeExecutor) -> None:
    """A `sys.exit` while a worker reads a task or writes a result, or the caller reads a result, is an exception."""
    for task, *arguments in (
        (payloads.ignore, payloads.ExitsAtUnpickling()),
        (payloads.make, payloads.ExitsAtPickling),
        (payloads.make, payloads.ExitsAtUnpickling),
    ):
        with executor(1) as kitchen:
            error = kitchen.submit(task, *arguments).exception()
        caller.shows("whether the future has an exception", error is not None, expected=True)


@source("https://github.com/python/cpython/issues/83932")
def test_task_that_cannot_be_unpickled_tells_why(executor: MakeExecutor) -> None:
    """If a worker cannot unpickle a task, the exception of the future, or its cause, tells what was raised there."""
    with executor(1) as kitchen:
        error = kitchen.submit(payloads.ignore, payloads.FailsToBeUnpickled()).exception()
    caller.shows("the exception and its cause", f"{error!r} {error.__cause__}", expected=containing("NotToBeSent"))


@source("https://github.com/joblib/loky/blob/master/tests/test_reusable_executor.py", observed=True)
@source(PICKLABLE, observed=True)
def test_unpicklable_tasks_leave_room(executor: MakeExecutor, scale: int) -> None:
    """However many tasks cannot be pickled, each of them fails, and later tasks are done."""
    kitchen = executor(1)
    failing = [kitchen.submit(payloads.ignore, payloads.FailsToBePickled()) for _ in range(20 * scale)]
    later = [kitchen.submit(payloads.double, number) for number in range(20)]
    for future in failing:
        with refuses(Exception):
            future.result()
    caller.shows("the results", [future.result() for future in later], expected=[2 * number for number in range(20)])


@needs("ProcessPoolExecutor(job_reducers)")
@source("https://loky.readthedocs.io/en/stable/API.html#loky.ProcessPoolExecutor")
def test_reducers_are_of_one_executor(executor: MakeExecutor) -> None:
    """`job_reducers` pickle the arguments of tasks, and `result_reducers` the results, of their executor only."""
    seasoning = {
        "job_reducers": {payloads.Portion: payloads.add_one},
        "result_reducers": {payloads.Portion: payloads.multiply_by_ten},
    }
    for how, size in (seasoning, 40), ({}, 3):
        with executor(1, **how) as kitchen:
            portion = kitchen.submit(payloads.hand_back, payloads.Portion(3)).result()
        caller.shows("the size that comes back", portion.size, expected=size)
