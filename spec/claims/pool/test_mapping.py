"""Calling a function with each of many items: the order of results, chunks, and iterables of all kinds."""

from __future__ import annotations

import operator
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import count, islice
from typing import Any, Callable, Optional

from hypothesis import given
from hypothesis import strategies as st

from impl.contract import Multiprocessing, Pool
from spec.claims.pool import payloads
from spec.claims.pool.scenes import BRIEF, LONG
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall
from spec.engine.marks import needs, source
from spec.harness.process_table import blocks
from spec.harness.stillness import until_still
from spec.harness.witness import caller, gatekeeper, kernel, one_of, refuses

pytestmark = needs("Process", "Pool")

DOCUMENTATION = "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.pool.Pool"


def ways_to_map(pool: Pool) -> dict[str, Callable[..., list[Any]]]:
    """Return functions that take a function, an iterable and a chunk size, and return the results in order."""
    return {
        "map": pool.map,
        "map_async": lambda *args: pool.map_async(*args).get(),
        "imap": lambda *args: list(pool.imap(*args)),
        "imap_unordered": lambda *args: sorted(pool.imap_unordered(*args)),
    }


@source(f"{DOCUMENTATION}.map")
def test_maps_as_the_built_in_does(pool: Pool) -> None:
    """Whatever the items and the size of chunks, each of the ways to map returns what the built-in function does."""

    @given(items=st.lists(st.integers(), max_size=20).map(sorted), size=st.integers(1, 9) | st.none())
    def compare(items: list[int], size: Optional[int]) -> None:
        expected = [item + 1 for item in items]
        for way, call in ways_to_map(pool).items():
            if size is not None:
                caller.shows(f"{way}() of {items}, {size}", call(payloads.successor, items, size), expected=expected)
            caller.shows(f"{way}() of {items}", call(payloads.successor, items), expected=expected)

    compare()


@source(f"{DOCUMENTATION}.starmap")
def test_starmap_unpacks_its_items(pool: Pool) -> None:
    """`starmap` calls the function with the elements of each item as its arguments, and keeps the order."""

    @given(items=st.lists(st.tuples(st.integers(), st.integers()), max_size=20), size=st.integers(1, 9) | st.none())
    def compare(items: list[tuple[int, int]], size: Optional[int]) -> None:
        expected = [one * other for one, other in items]
        caller.shows(f"starmap() of {items}, {size}", pool.starmap(operator.mul, items, size), expected=expected)
        result = pool.starmap_async(operator.mul, iter(items), size).get()
        caller.shows(f"starmap_async() of {items}, {size}", result, expected=expected)

    compare()


@source(f"{DOCUMENTATION}.map")
def test_takes_any_iterable(pool: Pool) -> None:
    """Each of the ways to map takes lists, sets, ranges, iterators and generators, and those without items, too."""
    for way, call in ways_to_map(pool).items():
        iterables: list[Iterable[int]] = [{5}, range(5, 6), iter([5]), (number for number in [5]), {5: "five"}]
        for iterable in iterables:
            what = f"{way}() of a {type(iterable).__name__}"
            caller.shows(what, call(payloads.successor, iterable, 2), expected=[6])
        caller.shows(f"{way}() of no items", call(payloads.successor, []), expected=[])
        caller.shows(
            f"{way}() of an iterator without items, in chunks", call(payloads.successor, iter([]), 2), expected=[]
        )


@source(f"{DOCUMENTATION}.map")
def test_map_waits_for_all(mp: Multiprocessing, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall) -> None:
    """`map` is blocked until the last item is done, and its results are in the order of the items."""
    working = checkpoint("working")
    mapper = forked_call(lambda: mp.Pool(3).map(working.pause, range(3), 1))
    arrivals = sorted(working.wait_for(3), key=lambda arrival: arrival.notes)
    for arrival in reversed(arrivals):
        mapper.until_still()
        kernel.shows("whether map() is blocked", blocks(mapper.pid), expected=True)
        arrival.let_go(f"result {arrival.notes[0]}")
    caller.shows("what map() returns", mapper.result(), expected=["result 0", "result 1", "result 2"])


@needs("TimeoutError")
@source(f"{DOCUMENTATION}.imap")
def test_imap_hands_out_in_order(mp: Any, pool: Pool, checkpoint: MakeCheckpoint) -> None:
    """`imap` hands out the first result first, although the second is there before, and its `next` can be timed."""
    working = checkpoint("working")
    results = pool.imap(working.pause, range(2))
    arrivals = sorted(working.wait_for(2), key=lambda arrival: arrival.notes)
    arrivals[1].let_go("second")
    for _ in range(2):
        with refuses(mp.TimeoutError):
            results.next(BRIEF)
    arrivals[0].let_go("first")
    caller.shows("what next() returns", [results.next(LONG), next(results)], expected=["first", "second"])
    for _ in range(2):
        with refuses(StopIteration):
            next(results)


@needs("TimeoutError")
@source(f"{DOCUMENTATION}.imap_unordered")
def test_imap_unordered_hands_out_what_is_done(mp: Any, pool: Pool, checkpoint: MakeCheckpoint) -> None:
    """`imap_unordered` hands out each result when its item is done, whatever became of the items before."""
    working = checkpoint("working")
    results = pool.imap_unordered(working.pause, range(4))
    arrivals = sorted(working.wait_for(2), key=lambda arrival: arrival.notes)
    kept = arrivals[0]
    for number in 1, 2, 3:
        with refuses(mp.TimeoutError):
            results.next(BRIEF)
        (arrivals[1] if number == 1 else working.next()).let_go(f"result {number}")
        caller.shows("what next() returns", next(results), expected=f"result {number}")
    kept.let_go("result 0")
    caller.shows("what is left", list(results), expected=["result 0"])


@source(f"{DOCUMENTATION}.map")
def test_chunk_stays_with_one_worker(pool: Pool, checkpoint: MakeCheckpoint) -> None:
    """The items of a chunk are done by one worker, one after the other, and another chunk meanwhile by another."""
    for method in (pool.map_async, pool.imap, pool.imap_unordered):
        working = checkpoint(method.__name__)
        result = method(working.pause, range(6), 3)
        at_work = {arrival.notes[0]: arrival for arrival in working.wait_for(2)}
        gatekeeper.shows("the items that are begun", sorted(at_work), expected=[0, 3])
        for first in 0, 3:
            arrival = at_work[first]
            for item in first + 1, first + 2:
                arrival.let_go()
                following = working.next()
                gatekeeper.shows("the next item", following.notes[0], expected=item)
                kernel.shows("the process of the next item", following.pid, expected=arrival.pid)
                arrival = following
            arrival.let_go()
        until_still()
        gatekeeper.shows("whether another item is begun", working.reached, expected=False)
        assert result


@source(f"{DOCUMENTATION}.imap")
def test_chunks_of_nothing_are_refused(pool: Pool) -> None:
    """`imap` and `imap_unordered` raise `ValueError` for a chunk size of zero or less."""
    for method in (pool.imap, pool.imap_unordered):
        for size in 0, -1:
            with refuses(ValueError):
                method(abs, [1], size)


@source(f"{DOCUMENTATION}.map", observed=True)
def test_chunks_of_nothing_make_up_no_results(pool: Pool) -> None:
    """`map` with a chunk size of zero or less raises an exception or returns the results; it makes up none."""
    for size in 0, -1:
        seen: object = "refused"
        with suppress(Exception):
            seen = pool.map(abs, [-1, -2], size)
        caller.shows(f"what map() does with a chunk size of {size}", seen, expected=one_of("refused", [1, 2]))


@source(f"{DOCUMENTATION}.imap", observed=True)
def test_imap_takes_an_endless_iterable(mp: Multiprocessing) -> None:
    """`imap` hands out results though its iterable never ends, and the pool can be terminated in the middle of it."""
    for way in "imap", "imap_unordered":
        with mp.Pool(1) as pool:
            results = getattr(pool, way)(payloads.successor, count())
            caller.shows(f"the first results of {way}()", list(islice(results, 5)), expected=[1, 2, 3, 4, 5])


@source("https://github.com/python/cpython/pull/693")
@source(f"{DOCUMENTATION}.map", observed=True)
def test_failing_iterable_fails_in_the_caller(pool: Pool) -> None:
    """An exception of the iterable is raised where the results are asked for, after those that come before it."""
    for failing_at in 0, 3:
        for size in 1, 2:
            with refuses(payloads.Torn, str(failing_at)):
                pool.map(payloads.successor, payloads.torn_after(failing_at), size)
            results = pool.imap(payloads.successor, payloads.torn_after(failing_at), size)
            before = list(islice(results, failing_at // size * size))
            caller.shows("what imap() hands out before", before, expected=list(range(1, len(before) + 1)))
            with refuses(payloads.Torn, str(failing_at)):
                next(results)
            with refuses(payloads.Torn, str(failing_at)):
                list(pool.imap_unordered(payloads.successor, payloads.torn_after(failing_at), size))
    caller.shows("map() after that", pool.map(payloads.successor, range(5)), expected=[1, 2, 3, 4, 5])


@source(DOCUMENTATION, observed=True)
def test_large_items_and_results_pass(pool: Pool) -> None:
    """Items and results that are larger than the buffer of a pipe pass, many of them, in both directions at once."""
    items = [bytes([number]) * (1 << 20) for number in range(8)]
    caller.shows("whether they are as they were", pool.map(bytes, items, 1) == items, expected=True)
    kernel.shows("whether they were sent to other processes", pool.apply(os.getpid) != os.getpid(), expected=True)


@source(f"{DOCUMENTATION}.close")
def test_close_lets_later_items_come(mp: Multiprocessing) -> None:
    """After `close`, a pool still carries out the items that the iterable of an earlier `imap` yields later."""
    for way in "imap", "imap_unordered":
        closed = threading.Event()
        pool = mp.Pool(1)
        results = getattr(pool, way)(payloads.successor, some_now_two_after(closed))
        caller.shows(f"the first result of {way}()", next(results), expected=1)
        pool.close()
        closed.set()
        caller.shows("the other results", list(results), expected=[2, 3])
        pool.join()


@source(f"{DOCUMENTATION}.imap", observed=True)
def test_imap_begins_with_the_first_chunk(mp: Multiprocessing) -> None:
    """`imap` with a `chunksize` hands out the results of the first chunk before the iterable yields the next one."""
    for way in "imap", "imap_unordered":
        asked = threading.Event()
        with mp.Pool(1) as pool:
            results = iter(getattr(pool, way)(payloads.successor, some_now_two_after(asked, 2), 2))
            caller.shows(f"the first results of {way}()", [next(results), next(results)], expected=[1, 2])
            asked.set()
            caller.shows("the others", list(results), expected=[3, 4])


def some_now_two_after(event: threading.Event, now: int = 1) -> Iterator[int]:
    """Yield as many numbers as *now* says, and two more after the *event*."""
    yield from range(now)
    event.wait()
    yield from (now, now + 1)


@source("https://github.com/ray-project/ray/issues/24237")
@source(f"{DOCUMENTATION}.map", observed=True)
def test_what_cannot_be_iterated_is_refused(pool: Pool) -> None:
    """Each of the ways to map raises `TypeError` for an object that is not iterable, and the pool works on."""
    ways: dict[str, Callable[..., object]] = {**ways_to_map(pool), "starmap": pool.starmap}
    for call in ways.values():
        for thing in 3, None:
            with refuses(TypeError):
                call(payloads.return_it, thing)
    caller.shows("map() after that", pool.map(payloads.successor, [1]), expected=[2])


@source("https://github.com/ray-project/ray/issues/11451")
@source(f"{DOCUMENTATION}.starmap", observed=True)
def test_starmap_takes_any_iterables(pool: Pool) -> None:
    """`starmap` takes any iterable, such as a zip, and so may each item be any iterable, such as a range."""
    items: list[Any] = [(3, 4), [5, 6], range(7, 9), "ab"]
    for way in pool.starmap, lambda *given: pool.starmap_async(*given).get():
        for iterable in items, tuple(items), iter(items), (item for item in items):
            expected = [4, 6, 8, "b"]
            caller.shows(f"the results for a {type(iterable).__name__}", way(max, iterable), expected=expected)
        caller.shows("the results for a zip", way(max, zip([3, 5], [4, 6])), expected=[4, 6])
        caller.shows("the results for the items of a dict", way(max, {3: 4, 5: 6}.items(), 1), expected=[4, 6])
