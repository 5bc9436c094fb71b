"""Mapping a function over iterables: order, chunks, time, and iterables or calls that fail."""

from __future__ import annotations

import os
import time
import weakref
from collections.abc import Iterator
from concurrent.futures import TimeoutError as LateError
from functools import partial
from typing import Any

from spec.claims.executor import payloads
from spec.engine.fixtures import MakeCheckpoint, MakeExecutor
from spec.engine.marks import counts_references, needs, source, where
from spec.harness.recorder import Recorder
from spec.harness.witness import at_least, caller, gatekeeper, kernel, recorder, refuses

pytestmark = needs("Process", "ProcessPoolExecutor")

MAP = "https://docs.python.org/3/library/concurrent.futures.html#concurrent.futures.Executor.map"


@source(MAP)
def test_map_keeps_the_order(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """Results come in the order of the arguments, although a later task is done first."""
    working, kitchen = checkpoint("working"), executor(2)
    results = kitchen.map(working.pause, range(3))
    early, late = sorted(working.wait_for(2), key=lambda arrival: arrival.notes)
    late.let_go("second")
    working.next().let_go("third")
    gatekeeper.shows("whether the first task still runs", early.waiting, expected=True)
    early.let_go("first")
    caller.shows("the results", list(results), expected=["first", "second", "third"])


@source(MAP)
def test_map_begins_at_once(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """The iterables are consumed and the tasks begin when `map` is called, although nobody asks for a result."""
    working, kitchen, items = checkpoint("working"), executor(2), iter(range(4))
    results = kitchen.map(working.pause, items)
    gatekeeper.shows("how many tasks run", len(working.wait_for(2)), expected=2)
    caller.shows("what is left of the iterable", list(items), expected=[])
    working.open()
    caller.shows("the results", list(results), expected=[None] * 4)


@needs("ProcessPoolExecutor.map(buffersize)")
@source(MAP)
def test_map_with_a_buffer_is_lazy(executor: MakeExecutor) -> None:
    """With `buffersize`, only so many arguments are consumed before the first result is asked for."""
    items = iter(range(10))
    results = executor(1).map(payloads.double, items, buffersize=2)
    caller.shows("the next argument after the call", next(items), expected=2)
    caller.shows("the first result", next(results), expected=0)
    caller.shows("the next argument after that", next(items), expected=4)
    caller.shows("the other results", list(results), expected=[2, 6, 10, 12, 14, 16, 18])


@needs("ProcessPoolExecutor.map(buffersize)")
@source(MAP)
def test_map_with_a_buffer_needs_no_arguments(executor: MakeExecutor) -> None:
    """With `buffersize`, `map` of an empty iterable, or of no iterable at all, has no results."""
    kitchen = executor(1)
    caller.shows("the results for an empty iterable", list(kitchen.map(pow, [], buffersize=2)), expected=[])
    caller.shows("the results for no iterable", list(kitchen.map(pow, buffersize=2)), expected=[])


@needs("ProcessPoolExecutor.map(buffersize)")
@source(MAP)
def test_buffer_has_room_for_one_at_least(executor: MakeExecutor) -> None:
    """A `buffersize` that is not an integer raises `TypeError`, and one below 1 raises `ValueError`."""
    kitchen = executor(1)
    for size in "2", 2.0:
        with refuses(TypeError):
            kitchen.map(payloads.double, [1], buffersize=size)
    for size in 0, -1:
        with refuses(ValueError):
            kitchen.map(payloads.double, [1], buffersize=size)


@source("https://github.com/python/cpython/blob/3.15/Lib/test/test_concurrent_futures/executor.py", observed=True)
@source(MAP, observed=True)
def test_closed_map_cancels_what_waits(executor: MakeExecutor, checkpoint: MakeCheckpoint, log: Recorder) -> None:
    """When the iterator of `map` is closed after its first result, calls that no worker has taken are cancelled."""
    working, kitchen = checkpoint("working"), executor(1)
    results: Any = kitchen.map(partial(payloads.double_and_tell_later, working.pause, log), range(12))
    caller.shows("the first result", next(results), expected=0)
    arrival = working.next()
    results.close()
    working.open()
    arrival.let_go()
    kitchen.submit(pow, 2, 3).result()
    recorder.shows("whether the last call was carried out", 11 in log.values("doubled"), expected=False)


@source(MAP)
def test_map_takes_several_iterables(executor: MakeExecutor) -> None:
    """`map` calls the function with an argument from each iterable, until the shortest is exhausted."""
    kitchen = executor(2)
    results = list(kitchen.map(pow, [2, 3, 5], iter([3, 2])))
    caller.shows("the results", results, expected=[8, 9])
    caller.shows("the results for no arguments", list(kitchen.map(pow, [], [2])), expected=[])


@source(MAP)
def test_chunks_are_tasks(executor: MakeExecutor, log: Recorder) -> None:
    """With `chunksize`, that many calls are one task, in one worker; the results are the same."""
    kitchen, numbers = executor(2), range(10)
    results = list(kitchen.map(partial(payloads.double_and_tell, log), numbers, chunksize=4))
    caller.shows("the results", results, expected=[2 * number for number in numbers])
    pids = [event.pid for event in sorted(log.events("doubled"), key=lambda event: int(event.value))]
    chunks = [len({*pids[begin : begin + 4]}) for begin in (0, 4, 8)]
    recorder.shows("the number of workers that each chunk ran in", chunks, expected=[1, 1, 1])
    caller.shows("the results of one large chunk", list(kitchen.map(abs, [-1, 2], chunksize=99)), expected=[1, 2])
    for size in 0, -1:
        with refuses(ValueError):
            kitchen.map(abs, numbers, chunksize=size)


@source(MAP)
def test_map_can_be_timed(executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """Once the time since the call of `map` is over, a result that is not there yet is a TimeoutError."""
    working, kitchen = checkpoint("working"), executor(2)
    begun = time.monotonic()
    results = kitchen.map(working.pause, range(2), timeout=0.05)
    first, second = sorted(working.wait_for(2), key=lambda arrival: arrival.notes)
    first.let_go("rice")
    kitchen.submit(os.getpid).result()  # by then, the first result is here
    caller.shows("the first result", next(results), expected="rice")
    with refuses(LateError):
        next(results)
    kernel.shows("the seconds from the call", time.monotonic() - begun, expected=at_least(0.05))
    second.let_go()


@source(MAP)
def test_failure_comes_in_its_turn(executor: MakeExecutor) -> None:
    """An exception of a call is raised when its result is asked for, after the results before it."""
    kitchen = executor(2)
    results = kitchen.map(divmod, [1, 1, 1, 1], [2, 3, 0, 5])
    caller.shows("the results before it", [next(results), next(results)], expected=[(0, 1), (0, 1)])
    with refuses(ZeroDivisionError):
        next(results)
    caller.shows("what comes after it", list(results), expected=[])
    caller.shows("the result of a later task", kitchen.submit(pow, 2, 3).result(), expected=8)


@source(MAP, observed=True)
def test_failing_iterable_fails_the_call(executor: MakeExecutor) -> None:
    """An exception of an iterable is raised by `map`; the executor can still be used."""

    def dishes() -> Iterator[int]:
        yield 1
        raise payloads.SaltedTwice

    kitchen = executor(1)
    with refuses(payloads.SaltedTwice):
        kitchen.map(payloads.double, dishes())
    caller.shows("the result of a later task", kitchen.submit(pow, 2, 3).result(), expected=8)


@source(MAP, observed=True)
def test_abandoned_map_cancels_the_rest(executor: MakeExecutor, checkpoint: MakeCheckpoint, log: Recorder) -> None:
    """When a failure ends the iteration, calls that no worker has are cancelled."""
    working, kitchen = checkpoint("working"), executor(1)
    results = kitchen.map(partial(payloads.fail_or_tell, working.pause, log), range(20))
    working.next().let_go("fail")
    busy = working.next()  # the second call runs when the first has failed
    with refuses(payloads.SaltedTwice):
        next(results)
    busy.let_go()
    working.open()
    kitchen.shutdown()
    recorder.shows("whether the last call was made", 19 in log.values("called"), expected=False)


@where(counts_references)
@source("https://bugs.python.org/issue14406")
def test_map_keeps_no_result(executor: MakeExecutor) -> None:
    """The iterator that `map` returns does not keep a result that it has handed out."""
    results = executor(1).map(payloads.make, [payloads.Dish] * 3)
    for number in range(3):
        result = next(results)
        kept = weakref.ref(result)
        del result
        caller.shows(f"result {number} once it is dropped", kept(), expected=None)


@source("https://github.com/python/cpython/issues/95166")
def test_late_map_cancels_all_that_wait(executor: MakeExecutor, checkpoint: MakeCheckpoint, log: Recorder) -> None:
    """When the time of `map` is over, calls that no worker has are cancelled, also the one whose result is due."""
    working, kitchen = checkpoint("working"), executor(1)
    for _ in range(5):  # those that are behind the first may be on their way to the worker
        kitchen.submit(working.pause)
    busy = working.next()
    results = kitchen.map(partial(log, "called"), range(2), timeout=0.01)
    with refuses(LateError):
        next(results)
    busy.let_go()
    working.open()
    kitchen.shutdown()
    recorder.shows("the calls that were made", log.values("called"), expected=[])
