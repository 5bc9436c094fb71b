"""The result of a task: waiting for it, with and without a limit, callbacks, and what is known of it meanwhile."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
import weakref
from collections.abc import Iterator
from functools import partial
from typing import Any

from impl.contract import Multiprocessing, Pool
from spec.claims.pool import payloads
from spec.claims.pool.scenes import BRIEF, LONG, begin_tasks, ends, in_a_pool
from spec.claims.shared import handlers
from spec.claims.shared.threads import in_each_of
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall
from spec.engine.marks import counts_references, needs, source, where
from spec.harness.deadline import Backoff
from spec.harness.held_waits import all_wait_without_limit
from spec.harness.process_table import blocks, until_exited
from spec.harness.stillness import until_still
from spec.harness.witness import at_least, caller, gatekeeper, kernel, refuses

pytestmark = needs("Process", "Pool")

DOCUMENTATION = "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.pool"


@source(f"{DOCUMENTATION}.Pool.apply")
def test_apply_is_a_call_elsewhere(pool: Pool, checkpoint: MakeCheckpoint) -> None:
    """`apply` and `apply_async` call a function with positional and keyword arguments in a worker."""
    caller.shows("apply() with keywords", pool.apply(sorted, ([1, 3, 2],), {"reverse": True}), expected=[3, 2, 1])
    result = pool.apply_async(int, ("11",), {"base": 2})
    caller.shows("apply_async() with keywords", result.get(), expected=3)
    caller.shows("apply_async() by name", pool.apply_async(func=dict, kwds={"a": 1}).get(), expected={"a": 1})
    [[result], [arrival]] = begin_tasks(pool, checkpoint("working"), 1)
    caller.shows("ready() of a task under way", result.ready(), expected=False)
    arrival.let_go("done")
    caller.shows("its result, twice", [result.get(), result.get()], expected=["done", "done"])


@source(f"{DOCUMENTATION}.AsyncResult.get")
def test_waits_without_limit(mp: Multiprocessing, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall) -> None:
    """A call that waits for a result returns once the result is there, however long that takes."""
    working = checkpoint("working")
    ways = {
        "apply()": lambda pool: pool.apply(working.pause),
        "map()": lambda pool: pool.map(working.pause, ["item"])[0],
        "apply_async().get()": lambda pool: pool.apply_async(working.pause).get(),
        "apply_async().get(None)": lambda pool: pool.apply_async(working.pause).get(timeout=None),
        "next() of imap()": lambda pool: next(pool.imap(working.pause, ["item"])),
    }
    calls = {call: forked_call(in_a_pool, mp, way, 1) for call, way in ways.items()}
    arrivals = working.wait_for(len(calls))
    all_wait_without_limit(calls)
    for arrival in arrivals:
        arrival.let_go("done")
    caller.shows("the results", [call.result() for call in calls.values()], expected=["done"] * len(calls))


@needs("TimeoutError")
@source(f"{DOCUMENTATION}.AsyncResult.get")
def test_get_can_be_timed(mp: Any, pool: Pool, checkpoint: MakeCheckpoint) -> None:
    """After its timeout, and not before, `get` raises `TimeoutError` and `wait` returns, and the task goes on."""
    [[result], [arrival]] = begin_tasks(pool, checkpoint("working"), 1)
    for seconds in BRIEF, 0:
        for wait in (result.get, result.wait):
            begun = time.monotonic()
            if wait == result.get:
                with refuses(mp.TimeoutError):
                    wait(seconds)
            else:
                caller.shows("wait()", wait(timeout=seconds), expected=None)
            kernel.shows("the seconds that it took", time.monotonic() - begun, expected=at_least(seconds))
    gatekeeper.shows("whether the task is under way", arrival.waiting, expected=True)
    arrival.let_go("done")
    caller.shows("get(...) once the task is done", result.get(LONG), expected="done")
    caller.shows("get(0) after that", result.get(0), expected="done")


@needs("TimeoutError")
@source(f"{DOCUMENTATION}.AsyncResult.get")
def test_get_of_map_can_be_timed(mp: Any, pool: Pool, checkpoint: MakeCheckpoint) -> None:
    """After its timeout, `get` of the results of `map_async` raises `TimeoutError`, although some are there."""
    working = checkpoint("working")
    result = pool.map_async(working.pause, range(2), 1)
    first, second = working.wait_for(2)
    first.let_go("done")
    until_still()
    with refuses(mp.TimeoutError):
        result.get(BRIEF)
    second.let_go("done")
    caller.shows("get(...) once all are done", result.get(LONG), expected=["done", "done"])


@source(f"{DOCUMENTATION}.AsyncResult.successful")
def test_tells_whether_it_is_ready(pool: Pool, checkpoint: MakeCheckpoint) -> None:
    """A result tells whether its task is done and, only then, whether the task raised no exception."""
    working = checkpoint("working")
    for reply, successful in ("done", True), (payloads.Torn("door"), False):
        result = pool.apply_async(payloads.obey, (working.pause,))
        arrival = working.next()
        caller.shows("ready() of a task under way", result.ready(), expected=False)
        with refuses(ValueError):
            result.successful()
        arrival.let_go(reply)
        result.wait()
        seen = [result.ready(), result.successful()]
        caller.shows("ready() and successful() after wait()", seen, expected=[True, successful])


@source(f"{DOCUMENTATION}.AsyncResult")
def test_come_in_any_order(pool: Pool, checkpoint: MakeCheckpoint) -> None:
    """The result of a task that ends first can be got first, whichever task was given first."""
    results, arrivals = begin_tasks(pool, checkpoint("working"), 2)
    for number in 1, 0:
        arrivals[number].let_go(f"result {number}")
        caller.shows("the result", results[number].get(), expected=f"result {number}")


@source(f"{DOCUMENTATION}.Pool.apply_async")
def test_callback_gets_the_result(pool: Pool) -> None:
    """When a result is there, the callback was called once with it, and the error callback was not."""
    called: list[Any] = []
    failed: list[Any] = []
    both = {"callback": called.append, "error_callback": failed.append}
    for submit, expected in (
        (partial(pool.apply_async, abs, (-1,)), 1),
        (partial(pool.map_async, abs, [-1, -2, -3], 2), [1, 2, 3]),
        (partial(pool.starmap_async, pow, [(2, 3)]), [8]),
        (partial(pool.map_async, abs, []), []),
    ):
        result = submit(**both)
        caller.shows("the result", result.get(), expected=expected)
        if expected:
            caller.shows("what the callback was called with", called, expected=[expected])
        caller.shows("what the error callback was called with", failed, expected=[])
        called.clear()


@needs("TimeoutError")
@source(f"{DOCUMENTATION}.Pool.apply_async")
def test_callback_is_called_once_after_timeouts(mp: Any, pool: Pool, checkpoint: MakeCheckpoint) -> None:
    """However often `get` has timed out, the callback is called once."""
    working = checkpoint("working")
    called: list[Any] = []
    result = pool.apply_async(working.pause, callback=called.append)
    for _ in range(2):
        with refuses(mp.TimeoutError):
            result.get(BRIEF)
    working.next().let_go("done")
    result.wait()
    pool.apply(abs, (-1,))
    caller.shows("what the callback was called with", called, expected=["done"])


@source(f"{DOCUMENTATION}.Pool.apply_async")
def test_error_callback_gets_the_exception(pool: Pool) -> None:
    """When a task has failed, the error callback was called once with the exception, and the callback was not."""
    called: list[Any] = []
    failed: list[Any] = []
    both = {"callback": called.append, "error_callback": failed.append}
    for submit in (
        partial(pool.apply_async, payloads.tear, ("parcel",)),
        partial(pool.map_async, payloads.tear, ["parcel"]),
        partial(pool.starmap_async, payloads.tear, [("parcel",)]),
    ):
        with refuses(payloads.Torn, "parcel"):
            submit(**both).get()
        seen = [(type(error).__name__, error.args) for error in failed]
        caller.shows("what the error callback was called with", seen, expected=[("Torn", ("parcel",))])
        caller.shows("what the callback was called with", called, expected=[])
        failed.clear()


@source(f"{DOCUMENTATION}.Pool.map_async")
def test_many_failures_are_called_back_once(mp: Multiprocessing) -> None:
    """However many items of `map_async` or `starmap_async` fail, the error callback is called once."""
    with mp.Pool(1) as pool:  # whose worker has done all items when it does a later task
        for submit, items in (pool.map_async, range(4)), (pool.starmap_async, [(number,) for number in range(4)]):
            called: list[object] = []
            result = submit(payloads.tear, items, 1, error_callback=called.append)
            with refuses(payloads.Torn):
                result.get()
            caller.shows("the results of later tasks", pool.map(abs, range(4), 1), expected=[0, 1, 2, 3])
            caller.shows("how often the error callback was called", len(called), expected=1)


@source(f"{DOCUMENTATION}.Pool.apply_async", observed=True)
def test_burst_of_tasks_is_done(pool: Pool) -> None:
    """Hundreds of tasks that are given before any result is asked for are all carried out."""
    results = [pool.apply_async(payloads.successor, (number,)) for number in range(300)]
    caller.shows("the results", [result.get() for result in results], expected=[*range(1, 301)])


@source("https://github.com/python/cpython/issues/83371")
@source(f"{DOCUMENTATION}.Pool.apply_async", observed=True)
def test_failing_callback_stops_no_pool(mp: Multiprocessing, forked_call: MakeForkedCall) -> None:
    """When a callback raises an exception, waiting for its task ends, and later tasks are carried out."""

    def use(pool: Pool) -> Any:
        pool.apply_async(abs, (-1,), callback=payloads.fail_quietly).wait()
        return pool.apply(abs, (-2,))

    user = forked_call(in_a_pool, mp, use)
    caller.shows("whether the wait for the task ends", ends(user), expected=True)
    caller.shows("the result of the next task", user.result(), expected=2)


@source("https://github.com/python/cpython/issues/87129")
@source(f"{DOCUMENTATION}.Pool.terminate", observed=True)
def test_callback_may_terminate_the_pool(mp: Multiprocessing, forked_call: MakeForkedCall) -> None:
    """`terminate` ends the pool, and returns, also if a callback or an error callback calls it."""
    for number in -1, "no number":
        user = forked_call(in_a_pool, mp, partial(payloads.terminate_in_callback, number))
        caller.shows("whether terminate() returns in the callback", ends(user), expected=True)
        user.result()


@source("https://docs.python.org/3/whatsnew/3.5.html#whatsnew-pep-475", observed=True)
@source(f"{DOCUMENTATION}.AsyncResult.get", observed=True)
def test_get_goes_on_after_a_signal(
    mp: Multiprocessing, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall
) -> None:
    """A process that waits for a result handles signals and waits on; an exception of the handler ends the wait."""
    working, handling = checkpoint("working"), checkpoint("handling")
    wait = partial(in_a_pool, mp, lambda pool: pool.apply(working.pause))
    for how in "returned", "interrupted":
        getter = forked_call(handlers.handling_them, handling.pause, wait)
        arrival = working.next()
        for _ in range(2):
            until_still()
            kernel.shows("whether apply() is blocked", blocks(getter.pid), expected=True)
            os.kill(getter.pid, signal.SIGUSR1)
            handling.next().let_go()
        until_still()
        kernel.shows("whether apply() is blocked after a signal", blocks(getter.pid), expected=True)
        if how == "interrupted":
            os.kill(getter.pid, signal.SIGUSR2)
        arrival.let_go("done")
        caller.shows("how the wait ended", getter.result(), expected=how)


@source(f"{DOCUMENTATION}.Pool", observed=True)
def test_threads_share_a_pool(pool: Pool) -> None:
    """Threads can give tasks to one pool at the same time, and each gets the results of its own tasks."""
    seen = in_each_of(4, lambda: [pool.map(payloads.successor, range(9), 2), pool.apply(abs, (-1,))])
    caller.shows("what each thread got", seen, expected=[[list(range(1, 10)), 1]] * 4)


class Parcel:
    """An object that a weak reference can refer to."""


@where(counts_references)
@source("https://github.com/python/cpython/issues/74047")
@source(f"{DOCUMENTATION}.Pool", observed=True)
def test_keeps_no_item_when_all_are_done(pool: Pool) -> None:
    """A pool refers to no argument and to no result any more once the result was got and dropped."""
    items = [Parcel() for _ in range(5)]
    alive = [weakref.ref(item) for item in items]
    results = pool.map(payloads.return_it, items)
    caller.shows("the number of results", len(results), expected=5)
    alive += [weakref.ref(result) for result in results]
    del items, results
    backoff = Backoff("a pool to drop what it has done")
    while any(reference() is not None for reference in alive):
        gc.collect()
        backoff.wait()
    caller.shows("what is still there", [item for item in (ref() for ref in alive) if item], expected=[])


@where(counts_references)
@source("https://github.com/python/cpython/issues/79559", observed=True)
@source(f"{DOCUMENTATION}.Pool", observed=True)
def test_keep_no_pool_once_they_are_there(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """Results that are there do not keep their pool: its workers end when nothing else refers to it."""
    working, ended, pool = checkpoint("working"), threading.Event(), mp.Pool(1)
    results: list[Any] = [
        pool.apply_async(working.pause),  # so that all others but the last are given before any result is there
        pool.map_async(abs, [-1]),
        pool.map_async(payloads.tear, ["parcel"]),
        pool.imap(abs, [-1]),
        pool.imap_unordered(abs, [-1]),
        pool.imap(abs, one_until(ended)),
    ]
    worker = working.next().let_go().pid
    caller.shows("the last result", next(results[-1]), expected=1)
    ended.set()
    caller.shows("the result of a later task", pool.apply(abs, (-1,)), expected=1)  # so the iterable has ended
    reference = weakref.ref(pool)
    del pool
    until_still(lambda: is_dropped(reference))  # a thread of the pool may still have its last result
    caller.shows("whether the pool is there", reference() is not None, expected=False)
    until_exited(worker)


def is_dropped(reference: weakref.ref[Any]) -> bool:
    """Collect garbage, and return whether what *reference* refers to is gone."""
    gc.collect()
    return reference() is None


def one_until(event: threading.Event) -> Iterator[int]:
    """Yield one number, and end with the *event*."""
    yield 1
    event.wait()
