"""Futures: cancelling them, their states, and callbacks and functions that wait for several."""

from __future__ import annotations

import os
import sys
from concurrent.futures import (
    FIRST_COMPLETED,
    FIRST_EXCEPTION,
    CancelledError,
    Future,
    ThreadPoolExecutor,
    as_completed,
    wait,
)
from concurrent.futures import TimeoutError as LateError
from functools import partial
from typing import Any

from spec.claims.executor import kitchens, payloads
from spec.engine.fixtures import MakeCheckpoint, MakeExecutor, MakeForkedCall
from spec.engine.marks import needs, source
from spec.harness.recorder import Recorder
from spec.harness.stillness import until_still
from spec.harness.witness import caller, kernel, recorder, refuses

pytestmark = needs("Process", "ProcessPoolExecutor")

FUTURES = "https://docs.python.org/3/library/concurrent.futures.html#concurrent.futures."

MANY_TASKS = 9
"""More tasks than an executor with one worker takes from its caller before the first is done."""


def states(future: Future[Any]) -> tuple[bool, bool, bool]:
    """Return whether the *future* is running, done and cancelled."""
    return future.running(), future.done(), future.cancelled()


@source(FUTURES + "Future.cancel")
@source(FUTURES + "Future.cancelled")
def test_cancelled_task_never_runs(executor: MakeExecutor, checkpoint: MakeCheckpoint, log: Recorder) -> None:
    """A future that was cancelled is done, its result is CancelledError, and its task never runs."""
    working, kitchen = checkpoint("working"), executor(1)
    kitchen.submit(working.pause)
    arrival = working.next()
    futures = [kitchen.submit(log, "ran", number) for number in range(MANY_TASKS)]
    last = futures[-1]
    caller.shows("cancel(), twice", [last.cancel(), last.cancel()], expected=[True, True])
    caller.shows("running(), done() and cancelled()", states(last), expected=(False, True, True))
    for call in last.result, last.exception:
        with refuses(CancelledError):
            call()
    arrival.let_go()
    kitchen.shutdown()
    recorder.shows("the tasks that ran", log.values("ran"), expected=[*range(MANY_TASKS - 1)])


@source(FUTURES + "Future.cancel")
def test_task_that_no_worker_has_can_be_cancelled(
    executor: MakeExecutor, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall, log: Recorder
) -> None:
    """A task is not running, and can be cancelled, as long as no worker has begun it, also if it is the next one."""
    working, telling = checkpoint("working"), checkpoint("telling")
    customer = forked_call(kitchens.cancel_what_waits, executor, working.pause, telling.pause, partial(log, "ran"))
    busy, submitted = working.next(), telling.next()
    customer.until_still()
    submitted.let_go()
    told = telling.next().let_go()
    caller.shows("running() and cancel() of each", told.notes, expected=([False] * 3, [True] * 3))
    busy.let_go()
    customer.result()
    recorder.shows("the tasks that ran", log.values("ran"), expected=[])


@source(FUTURES + "Future.cancel")
@source(FUTURES + "Future.running")
@source(FUTURES + "Future.done")
def test_begun_task_cannot_be_cancelled(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """A task that runs, or is done, cannot be cancelled, and its future tells which of the two it is."""
    working = checkpoint("working")
    future = executor(1).submit(working.pause)
    arrival = working.next()
    caller.shows("cancel() of a running task", future.cancel(), expected=False)
    caller.shows("running(), done() and cancelled()", states(future), expected=(True, False, False))
    arrival.let_go("rice")
    caller.shows("its result", future.result(), expected="rice")
    caller.shows("cancel() of a task that is done", future.cancel(), expected=False)
    caller.shows("running(), done() and cancelled() then", states(future), expected=(False, True, False))


@source(FUTURES + "Future.add_done_callback")
def test_callbacks_are_called_once_in_order(
    executor: MakeExecutor, checkpoint: MakeCheckpoint, log: Recorder
) -> None:
    """Callbacks are called once each, here, in the order in which they were added; late ones are called at once."""
    working, kitchen = checkpoint("working"), executor(1)
    future = kitchen.submit(working.pause)
    told: list[Future[Any]] = []
    for number in range(3):
        future.add_done_callback(partial(tell, log, number, told))
    arrival = working.next()
    recorder.shows("the callbacks that were called while it runs", log.values("called"), expected=[])
    arrival.let_go("rice")
    kitchen.shutdown()
    future.add_done_callback(partial(tell, log, 3, told))
    recorder.shows("the callbacks that were called", log.values("called"), expected=[0, 1, 2, 3])
    kernel.shows("where they were called", {event.pid for event in log.events("called")}, expected={os.getpid()})
    caller.shows("what they were called with", [one is future for one in told], expected=[True] * 4)


def tell(log: Recorder, number: int, told: list[Future[Any]], future: Future[Any]) -> None:
    """Record the *number* of a callback, and keep the *future* that it was called with."""
    log("called", number)
    told.append(future)


@source(FUTURES + "Future.add_done_callback")
def test_failing_callback_stops_nothing(executor: MakeExecutor, checkpoint: MakeCheckpoint, log: Recorder) -> None:
    """A callback that raises an exception keeps neither the other callbacks nor later tasks from being called."""
    working, kitchen = checkpoint("working"), executor(1)
    future = kitchen.submit(working.pause)
    future.add_done_callback(payloads.salt_twice)
    future.add_done_callback(partial(tell, log, 1, []))
    working.next().let_go("rice")
    caller.shows("the result", future.result(), expected="rice")
    caller.shows("the result of a later task", kitchen.submit(pow, 2, 3).result(), expected=8)
    recorder.shows("the callbacks that were called", log.values("called"), expected=[1])


@source("https://github.com/joblib/loky/blob/master/tests/test_reusable_executor.py", observed=True)
@source(FUTURES + "Future.add_done_callback", observed=True)
def test_callback_that_exits_stops_nothing(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """A callback that calls `sys.exit` does not keep later tasks from being done."""
    working, kitchen = checkpoint("working"), executor(1)
    future = kitchen.submit(working.pause)
    future.add_done_callback(sys.exit)
    working.next().let_go("rice")
    caller.shows("the result", future.result(), expected="rice")
    caller.shows("the result of a later task", kitchen.submit(pow, 2, 3).result(), expected=8)


@source(FUTURES + "Future.add_done_callback")
def test_callback_is_called_for_every_end(executor: MakeExecutor, checkpoint: MakeCheckpoint, log: Recorder) -> None:
    """Callbacks are called also when the task has failed, was cancelled, or is lost with its worker."""
    working, kitchen = checkpoint("working"), executor(1)
    calls = [working.pause, payloads.salt_twice, payloads.die, *[payloads.ignore] * MANY_TASKS]
    futures = [kitchen.submit(call) for call in calls]
    for number, future in enumerate(futures):
        future.add_done_callback(partial(tell, log, number, []))
    arrival = working.next()
    last = len(futures) - 1
    futures[last].cancel()
    recorder.shows("the callbacks after cancel()", log.values("called"), expected=[last])
    arrival.let_go()
    kitchen.shutdown()
    recorder.shows("the callbacks in the end", sorted(log.values("called")), expected=[*range(last + 1)])


@source(FUTURES + "Future.add_done_callback", observed=True)
def test_callback_may_submit(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """A callback may submit another task to the same executor."""
    working, kitchen = checkpoint("working"), executor(1)
    future, more = kitchen.submit(working.pause), []
    future.add_done_callback(lambda done: more.append(kitchen.submit(payloads.double, done.result())))
    working.next().let_go(4)
    future.result()
    kitchen.submit(payloads.ignore).result()
    caller.shows("the result of the task of the callback", [one.result() for one in more], expected=[8])


@source(FUTURES + "wait")
@source(FUTURES + "as_completed")
def test_several_can_be_waited_for(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """`wait` returns those that are done, and `as_completed` yields each one when it is done, in any order."""
    working, kitchen = checkpoint("working"), executor(2)
    slow, fast = futures = [kitchen.submit(working.pause, number) for number in range(2)]
    first, second = sorted(working.wait_for(2), key=lambda arrival: arrival.notes)
    caller.shows("what wait() returns after 0.05 s", wait(futures, timeout=0.05), expected=(set(), {slow, fast}))
    second.let_go()
    caller.shows("what wait() returns then", wait(futures, return_when=FIRST_COMPLETED), expected=({fast}, {slow}))
    ready = as_completed(futures)
    caller.shows("which is done first", next(ready) is fast, expected=True)
    first.let_go()
    caller.shows("which is next", next(ready) is slow, expected=True)
    caller.shows("what wait() returns in the end", wait(futures), expected=({slow, fast}, set()))


@source(FUTURES + "wait")
@source("https://bugs.python.org/issue20369")
def test_first_failure_may_end_the_wait(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """`wait` may end with the first failure, and not with a result before; a future that is named twice is one."""
    working, kitchen = checkpoint("working"), executor(3)
    futures = [kitchen.submit(payloads.fail_if_told, working.pause, number) for number in range(3)]
    first, second, _ = sorted(working.wait_for(3), key=lambda arrival: arrival.notes)
    with ThreadPoolExecutor(1) as thread:
        waited = thread.submit(wait, [*futures, *futures], return_when=FIRST_EXCEPTION)
        first.let_go("rice")
        futures[0].result()
        until_still()
        caller.shows("whether the wait has ended with a result", waited.done(), expected=False)
        second.let_go("fail")
        caller.shows("what is done, and what is not", waited.result(), expected=({*futures[:2]}, {futures[2]}))
        working.open()


@source(FUTURES + "wait")
@source(FUTURES + "as_completed")
def test_what_is_done_is_told_at_once(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """`wait` and `as_completed` return at once what is done already, each once; `as_completed` takes a timeout."""
    working, kitchen = checkpoint("working"), executor(1)
    served, spoiled = kitchen.submit(payloads.double, 2), kitchen.submit(payloads.salt_twice)
    caller.shows("wait() for two tasks", wait([served, spoiled]), expected=({served, spoiled}, set()))
    with refuses(payloads.SaltedTwice):
        spoiled.result()
    late = kitchen.submit(working.pause)
    for done, event in (served, FIRST_COMPLETED), (spoiled, FIRST_EXCEPTION):
        caller.shows(f"wait() until {event}", wait([done, late], return_when=event), expected=({done}, {late}))
    ready = as_completed([served, late, served], timeout=0.05)
    caller.shows("which is done first", next(ready) is served, expected=True)
    with refuses(LateError):
        next(ready)
    working.open()
