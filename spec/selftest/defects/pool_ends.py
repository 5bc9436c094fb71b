"""Pools with a fault in their end: by a call, by the end of a block or a program, or without a reference."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from multiprocessing import context, queues
from typing import Any

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.pools import BrokenPools, SharedPool

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

ForkContext: Any = context.ForkContext
SimpleQueue: Any = queues.SimpleQueue


@family.breaks("pool.close-lets-tasks-finish", "pool.join-waits-for-all-tasks")
class CloseTerminates(BrokenPools):
    """A pool that is closed drops its tasks."""

    class Faulty(SharedPool):
        def close(self):
            self.terminate()


@family.breaks("pool.close-lets-tasks-finish")
class TakesTasksWhenClosed(BrokenPools):
    """A pool that is closed takes the tasks of `imap`, and never carries them out."""

    class Faulty(SharedPool):
        def imap(self, func, iterable, chunksize=1):
            return super().imap(func, iterable, chunksize) if self._state == "RUN" else iter(())


@family.breaks("pool.join-waits-for-all-tasks")
class JoinReturnsAtOnce(BrokenPools):
    """`join` waits for nothing."""

    class Faulty(SharedPool):
        def join(self):
            if self._state == "RUN":
                super().join()


@family.breaks("pool.join-comes-after-close")
class JoinCloses(BrokenPools):
    """To join a pool that was not closed closes it."""

    class Faulty(SharedPool):
        def join(self):
            self.close()
            super().join()


@family.breaks("pool.close-waits-for-later-workers")
class ReplacesNobodyWhenClosed(BrokenPools):
    """A pool that is closed replaces no worker."""

    class Faulty(SharedPool):
        def close(self):
            super().close()
            self._worker_handler._state = "TERMINATE"


@family.breaks("pool.terminate-ends-tasks-under-way", "pool.can-be-terminated-when-one-was-killed")
class TerminateFinishes(BrokenPools):
    """`terminate` waits until all tasks are done."""

    class Faulty(SharedPool):
        def terminate(self):
            self.close()
            self.join()


@family.breaks("pool.leaving-its-block-terminates-it")
class BlockClosesIt(BrokenPools):
    """The end of its block closes a pool, and ends no task."""

    class Faulty(SharedPool):
        def __exit__(self, *exception):
            self.close()


@family.breaks("pool.leaving-its-block-terminates-it")
class CanBeEnteredAgain(BrokenPools):
    """A pool can be entered though it was terminated."""

    class Faulty(SharedPool):
        def __enter__(self):
            return self


_kept: list[object] = []
"""What is left behind."""


@family.breaks("pool.leaves-nothing-behind")
class LeavesAPipe(BrokenPools):
    """Each pool leaves a pipe open."""

    def Pool(self, *args, **named):
        _kept.append(os.pipe())
        return super().Pool(*args, **named)


@family.breaks("pool.dropped-pool-warns-and-ends")
class EndsWithoutAWarning(BrokenPools):
    """A pool that is dropped does not warn."""

    class Faulty(SharedPool):
        def __del__(self):
            pass


@family.breaks("pool.callback-may-terminate-the-pool")
class TerminateWaitsForCallbacks(BrokenPools):
    """`terminate` waits for the thread that calls callbacks, also if it is called there."""

    class Faulty(SharedPool):
        def terminate(self):
            if threading.current_thread() is self._result_handler:
                threading.Event().wait()
            super().terminate()


class _PicklesUnderItsLock(SimpleQueue):
    def put(self, obj):
        with self._wlock:
            self._writer.send(obj)


class _Context(ForkContext):
    def SimpleQueue(self):
        return _PicklesUnderItsLock(ctx=self)


@family.breaks("pool.terminate-ends-amid-a-result")
class ResultsArePickledUnderALock(BrokenPools):
    """A worker that is ended while it pickles a result keeps the lock that the end of the pool needs."""

    def __init__(self):
        super().__init__()
        self.context = _Context()


@family.breaks("pool.dropped-pool-warns-and-ends")
class OutlivesItsLastReference(BrokenPools):
    """A pool that is dropped warns, and its workers stay."""

    class Faulty(SharedPool):
        def __del__(self):
            super().__del__()
            _kept.append(self)


@family.breaks("pool.results-keep-their-pool")
class ResultsDropTheirPool(BrokenPools):
    """The results of a pool do not refer to it."""

    class Faulty(SharedPool):
        def imap(self, func, iterable, chunksize=1):
            results = super().imap(func, iterable, chunksize)
            results._pool = None
            return results


@family.breaks("pool.program-that-forgets-its-pool-ends")
class ComplainsAtTheEnd(BrokenPools):
    """A program that has not ended its pool complains about that."""

    def Pool(self, *args, **named):
        pool = super().Pool(*args, **named)
        atexit.register(lambda: pool._state == "RUN" and print("a pool was not ended", file=sys.stderr))
        return pool
