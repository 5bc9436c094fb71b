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
