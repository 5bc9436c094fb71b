"""Executors whose `map` has a fault."""

from __future__ import annotations

import queue
import time
from functools import partial
from itertools import chain, zip_longest
from typing import Any

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.own_executors import OwnExecutor, OwnExecutors

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


@family.breaks("executor.map-keeps-the-order")
class MapsInAnyOrder(OwnExecutors):
    """`map` returns results in the order in which the calls end."""

    class Faulty(OwnExecutor):
        def map(self, fn, *iterables, timeout=None, chunksize=1, buffersize=None):
            tickets = [self.submit(fn, *arguments) for arguments in zip(*iterables)]
            done: Any = queue.SimpleQueue()
            for ticket in tickets:
                ticket.add_done_callback(done.put)
            return (done.get(timeout=timeout).result() for _ in tickets)


@family.breaks("executor.map-begins-at-once")
class MapsLazily(OwnExecutors):
    """`map` submits nothing before the first result is asked for."""

    class Faulty(OwnExecutor):
        def map(self, fn, *iterables, **named):
            def results():
                yield from OwnExecutor.map(self, fn, *iterables, **named)

            return results()


@family.breaks("executor.map-with-a-buffer-is-lazy")
class BuffersEverything(OwnExecutors):
    """`map` consumes all arguments at once, however small its buffer is."""

    class Faulty(OwnExecutor):
        def map(self, fn, *iterables, timeout=None, chunksize=1, buffersize=None):
            return super().map(fn, *iterables, timeout=timeout, chunksize=chunksize)


@family.breaks("executor.buffer-has-room-for-one-at-least")
class TakesAnyBuffer(OwnExecutors):
    """A `buffersize` that is no size is taken for 1."""

    class Faulty(OwnExecutor):
        def map(self, fn, *iterables, timeout=None, chunksize=1, buffersize=None):
            size = None if buffersize is None else max(1, int(buffersize))
            return super().map(fn, *iterables, timeout=timeout, chunksize=chunksize, buffersize=size)


@family.breaks("executor.map-with-a-buffer-needs-no-arguments")
class CallsOnceWithoutArguments(OwnExecutors):
    """`map` of no iterable calls the function once."""

    class Faulty(OwnExecutor):
        def map(self, fn, *iterables, buffersize=None, **named):
            if not iterables:
                return iter([self.submit(fn).result()])
            return super().map(fn, *iterables, buffersize=buffersize, **named)


@family.breaks("executor.closed-map-cancels-what-waits")
class GoesOnAfterClose(OwnExecutors):
    """All calls of `map` are carried out, though its iterator is closed."""

    class Faulty(OwnExecutor):
        def map(self, fn, *iterables, **named):
            results = super().map(fn, *iterables, **named)
            _kept.append(results)
            return (result for result in iter(partial(next, results, _NONE_LEFT), _NONE_LEFT))


_kept: list[Any] = []
_NONE_LEFT = object()


@family.breaks("executor.map-takes-several-iterables")
class MapsToTheLongest(OwnExecutors):
    """`map` goes on until the longest iterable is exhausted."""

    class Faulty(OwnExecutor):
        def map(self, fn, *iterables, **named):
            return super().map(fn, *zip(*zip_longest(*iterables, fillvalue=0)), **named)


@family.breaks("executor.chunks-are-tasks")
class TurnsChunksRound(OwnExecutors):
    """The results of a chunk come in reverse order."""

    class Faulty(OwnExecutor):
        def map(self, fn, *iterables, timeout=None, chunksize=1, buffersize=None):
            results = [*super().map(fn, *iterables, timeout=timeout, chunksize=chunksize)]
            chunks = (results[begin : begin + chunksize] for begin in range(0, len(results), chunksize))
            return chain.from_iterable(reversed(chunk) for chunk in chunks)


@family.breaks("executor.map-can-be-timed")
class MapsWithoutALimit(OwnExecutors):
    """`map` ignores its timeout."""

    class Faulty(OwnExecutor):
        def map(self, fn, *iterables, timeout=None, chunksize=1, buffersize=None):
            return super().map(fn, *iterables, chunksize=chunksize)


@family.breaks("executor.failure-comes-in-its-turn")
class MapsAllOrNothing(OwnExecutors):
    """The first result raises what a later call has raised."""

    class Faulty(OwnExecutor):
        def map(self, fn, *iterables, **named):
            def results():
                yield from [*OwnExecutor.map(self, fn, *iterables, **named)]

            return results()


def _up_to_an_error(iterable):
    try:
        yield from iterable
    except Exception:
        return


@family.breaks("executor.failing-iterable-fails-the-call")
class MapsUpToAnError(OwnExecutors):
    """`map` takes the exception of an iterable for its end."""

    class Faulty(OwnExecutor):
        def map(self, fn, *iterables, **named):
            return super().map(fn, *map(_up_to_an_error, iterables), **named)


@family.breaks("executor.abandoned-map-cancels-the-rest")
class MapsToTheEnd(OwnExecutors):
    """Calls of `map` are made although the iteration has ended."""

    class Faulty(OwnExecutor):
        def map(self, fn, *iterables, timeout=None, chunksize=1, buffersize=None):
            tickets = [self.submit(fn, *arguments) for arguments in zip(*iterables)]
            return (ticket.result() for ticket in tickets)


@family.breaks("executor.map-keeps-no-result")
class KeepsItsResults(OwnExecutors):
    """The iterator that `map` returns refers to all results that it has handed out."""

    class Faulty(OwnExecutor):
        def map(self, fn, *iterables, **named):
            results, kept = super().map(fn, *iterables, **named), []

            def handed_out():
                for result in results:
                    kept.append(result)
                    yield kept[-1]

            return handed_out()


@family.breaks("executor.late-map-cancels-all-that-wait")
class KeepsTheLateOne(OwnExecutors):
    """When the time of `map` is over, the call that it waits for is not cancelled."""

    class Faulty(OwnExecutor):
        def map(self, fn, *iterables, timeout=None, chunksize=1, buffersize=None):
            if timeout is None:
                return super().map(fn, *iterables, chunksize=chunksize, buffersize=buffersize)
            deadline = time.monotonic() + timeout
            return _results([self.submit(fn, *arguments) for arguments in zip(*iterables)], deadline)


def _results(tickets, deadline):
    try:
        while tickets:
            yield tickets.pop(0).result(deadline - time.monotonic())
    finally:
        for ticket in tickets:
            ticket.cancel()
