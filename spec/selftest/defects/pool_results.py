"""Pools with a fault in results and failures: what is got, when, in which order, and what is raised."""

from __future__ import annotations

import ctypes
import os
import pickle
import threading
from multiprocessing import pool
from typing import Any

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.interruptions import libc
from spec.selftest.defects.pools import BrokenPools, SharedPool

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

modules: Any = pool
SharedResult: Any = modules.ApplyResult


class BrokenResults(BrokenPools):
    """A multiprocessing API with pools whose `apply_async` returns results of another class.

    Attributes:
        Result: the class.
    """

    Result: type = SharedResult

    def Pool(self, *args, **named):
        pool = super().Pool(*args, **named)
        submit = pool.apply_async

        def apply_async(*args, **named):
            result = submit(*args, **named)
            result.__class__ = self.Result
            return result

        pool.apply_async = apply_async
        return pool


@family.breaks("pool.apply-is-a-call-elsewhere")
class DropsKeywords(BrokenPools):
    """The keyword arguments of a task are dropped."""

    class Faulty(SharedPool):
        def apply_async(self, func, args=(), kwds=None, callback=None, error_callback=None):
            return super().apply_async(func, args, {}, callback, error_callback)


@family.breaks("pool.waits-without-limit")
class GivesUpAfterAWhile(BrokenResults):
    """A wait for a result without a timeout ends after a while."""

    class Result(SharedResult):
        def get(self, timeout=None):
            return super().get(1 if timeout is None else timeout)


@family.breaks("pool.get-can-be-timed")
class ReturnsNothingInTime(BrokenResults):
    """A `get` whose time is up returns None."""

    class Result(SharedResult):
        def get(self, timeout=None):
            self.wait(timeout)
            return super().get() if self.ready() else None


@family.breaks("pool.get-can-be-timed")
class GivesUpTooEarly(BrokenResults):
    """A timeout is over after half its time."""

    class Result(SharedResult):
        def wait(self, timeout=None):
            super().wait(timeout and timeout / 2)


@family.breaks("pool.tells-whether-it-is-ready")
class IsNotSuccessfulYet(BrokenResults):
    """A task that has not ended is said to have failed."""

    class Result(SharedResult):
        def successful(self):
            return self.ready() and super().successful()


@family.breaks("pool.tells-whether-it-is-ready")
class IsAlwaysSuccessful(BrokenResults):
    """A task that has failed is said to be successful."""

    class Result(SharedResult):
        def successful(self):
            super().successful()
            return True


@family.breaks("pool.come-in-any-order")
class WaitsForEarlierResults(BrokenPools):
    """Getting a result waits until all tasks that were given before are done."""

    class Faulty(SharedPool):
        def __init__(self, *args, **named):
            self.given = []
            super().__init__(*args, **named)

        def apply_async(self, *args, **named):
            result, earlier = super().apply_async(*args, **named), self.given[:]
            get = result.get

            def get_in_order(timeout=None):
                for one in earlier:
                    one.wait()
                return get(timeout)

            result.get = get_in_order
            self.given.append(result)
            return result


@family.breaks("pool.callback-gets-the-result")
class CallsBackTwice(BrokenPools):
    """The callback is called twice."""

    class Faulty(SharedPool):
        def apply_async(self, func, args=(), kwds={}, callback=None, error_callback=None):  # noqa: B006
            def call_twice(result):
                callback(result)
                callback(result)

            return super().apply_async(func, args, kwds, callback and call_twice, error_callback)


@family.breaks("pool.error-callback-gets-the-exception")
class CallsNobodyBackOnErrors(BrokenPools):
    """The error callback is never called."""

    class Faulty(SharedPool):
        def map_async(self, func, iterable, chunksize=None, callback=None, error_callback=None):
            return super().map_async(func, iterable, chunksize, callback)


@family.breaks("pool.get-goes-on-after-a-signal")
class GivesUpOnASignal(BrokenPools):
    """A signal makes `apply` return without a result."""

    class Faulty(SharedPool):
        def apply(self, func, args=(), kwds={}):  # noqa: B006
            reader, writer = os.pipe()
            result = self.apply_async(
                func, args, kwds, lambda _: os.write(writer, b"x"), lambda _: os.write(writer, b"x")
            )
            if libc.read(reader, ctypes.create_string_buffer(1), 1) == 1:
                return result.get()
            return None


@family.breaks("pool.threads-share-a-pool")
class IsForOneThread(BrokenPools):
    """Only the thread that made a pool can use it."""

    class Faulty(SharedPool):
        def __init__(self, *args, **named):
            self.maker = threading.get_ident()
            super().__init__(*args, **named)

        def _check_running(self):
            super()._check_running()
            if threading.get_ident() != self.maker:
                raise RuntimeError("a pool is for one thread")


@family.breaks("pool.keeps-no-item-when-all-are-done")
class KeepsItems(BrokenPools):
    """A pool keeps what it was given for as long as it lives."""

    class Faulty(SharedPool):
        def __init__(self, *args, **named):
            self.given = []
            super().__init__(*args, **named)

        def map(self, func, iterable, chunksize=None):
            self.given += iterable
            return super().map(func, iterable, chunksize)


@family.breaks("pool.failure-reaches-the-getter")
class ReturnsExceptions(BrokenResults):
    """The exception of a task is returned where it should be raised."""

    class Result(SharedResult):
        def get(self, timeout=None):
            try:
                return super().get(timeout)
            except Exception as error:
                return error


@family.breaks("pool.failure-reaches-the-getter")
class FailureEndsTheWorker(BrokenPools):
    """A worker carries out one task only."""

    def Pool(self, processes=None, initializer=None, initargs=(), maxtasksperchild=None):
        return super().Pool(processes, initializer, initargs, 1)


@family.breaks("pool.failure-tells-where-it-happened")
class DropsTheTraceback(BrokenPools):
    """The traceback of a task's exception ends where its result is asked for."""

    class Faulty(SharedPool):
        _wrap_exception = False


@family.breaks("pool.map-carries-out-the-others")
class StopsAtTheFirstFailure(BrokenPools):
    """`map` gives no more items to workers after one that has failed."""

    class Faulty(SharedPool):
        def map(self, func, iterable, chunksize=None):
            return [self.apply(func, (item,)) for item in iterable]


@family.breaks("pool.large-failures-block-no-join", slow=True)
class ReceivesNothingAfterAFailure(BrokenPools):
    """After the first failure, the thread that receives results waits for ever, and workers cannot write theirs."""

    class Faulty(SharedPool):
        _quick_get: Any

        def _setup_queues(self):
            super()._setup_queues()
            receive, failed = self._quick_get, False

            def receive_until_a_failure():
                nonlocal failed
                if failed:
                    threading.Event().wait()
                task = receive()
                failed = task is not None and not task[2][0]
                return task

            self._quick_get = receive_until_a_failure


@family.breaks("pool.failure-of-an-iterable-has-no-cause")
class BlamesAWorkerForIterables(BrokenPools):
    """The exception of an iterable has a cause, as if a worker had raised it."""

    class Faulty(SharedPool):
        def map(self, func, iterable, chunksize=None):
            try:
                items = list(iterable)
            except Exception as error:
                raise error from modules.RemoteTraceback("in a worker")
            return super().map(func, items, chunksize)


@family.breaks("pool.task-that-cannot-be-pickled-is-refused")
class DropsWhatCannotBePickled(BrokenPools):
    """A task that cannot be pickled is dropped, and its result is None."""

    class Faulty(SharedPool):
        def apply(self, func, args=(), kwds={}):  # noqa: B006
            try:
                pickle.dumps(args)
            except Exception:
                return None
            return super().apply(func, args, kwds)


@family.breaks("pool.result-that-cannot-be-pickled-is-told")
class ReturnsNoneForWhatCannotBePickled(BrokenResults):
    """A result that cannot be pickled is None."""

    class Result(SharedResult):
        def get(self, timeout=None):
            try:
                return super().get(timeout)
            except modules.MaybeEncodingError:
                return None


@family.breaks("pool.exceptions-may-be-results")
class RaisesWhatIsReturned(BrokenResults):
    """An exception that a task returns is raised."""

    class Result(SharedResult):
        def get(self, timeout=None):
            value = super().get(timeout)
            if isinstance(value, BaseException):
                raise value
            return value


@family.breaks("pool.many-failures-are-called-back-once")
class CallsBackForEachFailure(BrokenPools):
    """The error callback of `map_async` is called for each item that fails."""

    class Faulty(SharedPool):
        def map_async(self, func, iterable, chunksize=None, callback=None, error_callback=None):
            result = super().map_async(func, iterable, chunksize, callback, error_callback)
            set_once = result._set

            def set_again(number, outcome):
                if error_callback and not outcome[0] and not result._success:
                    error_callback(outcome[1])
                set_once(number, outcome)

            result._set = set_again
            return result


@family.breaks("pool.burst-of-tasks-is-done")
class ForgetsInABurst(BrokenPools):
    """A pool that is given many tasks forgets each hundredth of them."""

    class Faulty(SharedPool):
        given = 0

        def apply_async(self, *args, **named):
            self.given += 1
            if self.given % 100 == 0:
                return SharedResult(self, None, None)
            return super().apply_async(*args, **named)


@family.breaks("pool.get-of-map-can-be-timed")
class GetOfMapWaitsOn(BrokenPools):
    """`get` of the results of `map_async` waits until they are there, whatever its timeout."""

    class Faulty(SharedPool):
        def map_async(self, *args, **named):
            result = super().map_async(*args, **named)
            get = result.get
            result.get = lambda timeout=None: get()
            return result


@family.breaks("pool.callback-is-called-once-after-timeouts")
class CallsBackForEachTimeout(BrokenPools):
    """The callback is called once more for each `get` that has timed out."""

    class Faulty(SharedPool):
        def apply_async(self, func, args=(), kwds={}, callback=None, error_callback=None):  # noqa: B006
            late: list[Any] = []

            def call(value):
                for _ in range(len(late) + 1):
                    callback(value)

            result = super().apply_async(func, args, kwds, callback and call, error_callback)
            get = result.get

            def get_or_count(timeout=None):
                try:
                    return get(timeout)
                except modules.TimeoutError:
                    late.append(timeout)
                    raise

            result.get = get_or_count
            return result
