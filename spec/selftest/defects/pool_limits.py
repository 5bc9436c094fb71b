"""Pools with a fault in the limits on the time that a task may take."""

from __future__ import annotations

import os

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.steered_pools import SteeredPool, SteeredPools
from spec.selftest.defects.steered_tasks import TimeLimitExceeded

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


@family.breaks("pool.task-may-catch-its-soft-limit")
class SoftLimitIsHard(SteeredPools):
    """The worker of a task that exceeds its soft limit is killed."""

    class Pool(SteeredPool):
        def exceed_soft(self, place, result):
            self.exceed_hard(place, result)


@family.breaks("pool.soft-limit-that-is-not-caught-is-told")
class SoftLimitIsToldAsAnother(SteeredPools):
    """A task that does not catch SoftTimeLimitExceeded seems to have exceeded its hard limit."""

    class Pool(SteeredPool):
        def receive(self, result, succeeded, value):
            super().receive(result, succeeded, value if succeeded else TimeLimitExceeded(result.soft))


@family.breaks("pool.hard-limit-ends-the-worker")
class AsksWorkersToEnd(SteeredPools):
    """A worker whose task exceeds its hard limit gets SIGTERM, and nothing if that does not end it."""

    class Pool(SteeredPool):
        def end(self, worker):
            worker.terminate()


@family.breaks("pool.hard-limit-leaves-the-pool-usable")
class ReplacesNobodyAtALimit(SteeredPools):
    """A worker whose task exceeds its hard limit is not replaced."""

    class Pool(SteeredPool):
        def exceed_hard(self, place, result):
            self.count -= 1
            super().exceed_hard(place, result)


@family.breaks("pool.each-task-has-its-limit")
class EndsOneTaskAtALimit(SteeredPools):
    """When one task has exceeded its limit, those that are under way meanwhile have no limit any more."""

    class Pool(SteeredPool):
        def exceed_hard(self, place, result):
            super().exceed_hard(place, result)
            for other in self.begun():
                other.result.soft = other.result.hard = None


class _WithTraceback(Exception):
    """Wraps an exception."""


@family.breaks("pool.exceeded-hard-limit-can-be-caught", "pool.lost-worker-can-be-caught")
class WrapsItsExceptions(SteeredPools):
    """The exceptions that the pool raises itself are wrapped in another one."""

    class Pool(SteeredPool):
        def fail(self, result, error):
            super().fail(result, _WithTraceback(error))


@family.breaks("pool.task-may-have-limits-of-its-own")
class IgnoresLimitsOfTasks(SteeredPools):
    """All tasks have the limits of the pool."""

    class Pool(SteeredPool):
        def apply_async(self, *args, **named):
            named.update(soft_timeout=None, timeout=None)
            return super().apply_async(*args, **named)


@family.breaks("pool.task-may-have-the-only-limit")
class WatchesNoLimitsOfOthers(SteeredPools):
    """A pool without limits does not look at the limits of its tasks."""

    class Pool(SteeredPool):
        def look_at_limits(self):
            if self.limits != (None, None):
                super().look_at_limits()

        def until_next_limit(self):
            return super().until_next_limit() if self.limits != (None, None) else None


@family.breaks("pool.limits-suit-all-ways-to-map")
class DiesOfMappedItems(SteeredPools):
    """Looking at the limit of an item that is mapped ends the program."""

    class Pool(SteeredPool):
        def map_async(self, func, iterable):
            results = super().map_async(func, iterable)
            for result in results._results:
                result.hard = "none"
            return results

        imap = imap_unordered = map_async

        def look_at_limits(self):
            try:
                super().look_at_limits()
            except TypeError:
                os._exit(1)

        def until_next_limit(self):
            return 0.1


@family.breaks("pool.exceeded-limit-is-called-back")
class CallsBackOnce(SteeredPools):
    """The callback is not called for the hard limit if it was called for the soft one."""

    class Pool(SteeredPool):
        def exceed_hard(self, place, result):
            if result.soft_is_over:
                result._callbacks["exceeded"] = None
            super().exceed_hard(place, result)


@family.breaks("pool.program-may-watch-the-limits-itself")
class CancelsNoLimits(SteeredPools):
    """The program is not told that a task with a limit has ended."""

    class Pool(SteeredPool):
        def done(self, result):
            self.unlimited = None
            super().done(result)
