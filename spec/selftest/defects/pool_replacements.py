"""Pools with a fault in how they replace workers that have exited."""

from __future__ import annotations

import os

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.pools import BrokenPools, SharedPool

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


class ReplacingPools(BrokenPools):
    """A multiprocessing API with pools that replace workers by its method `maintain`.

    The thread of a pool calls the function of the standard library's class, so that one is changed.
    """

    def Pool(self, *args, **named):
        SharedPool._maintain_pool = staticmethod(self.maintain)
        return super().Pool(*args, **named)

    def maintain(self, ctx, process, count, workers, tasks, results, initializer, *how):
        """Take exited workers out of *workers*, and start others, so that there are *count*."""
        before = [*workers]
        if SharedPool._join_exited_workers(workers):
            killed = any(worker.exitcode for worker in before if worker not in workers)
            hired, initializer = self.replace(count - len(workers), killed, initializer)
            count = len(workers) + hired
            SharedPool._repopulate_pool_static(ctx, process, count, workers, tasks, results, initializer, *how)

    def replace(self, missing, _killed, initializer):
        """Return how many workers are started where some are *missing*, and their initializer."""
        return missing, initializer


@family.breaks("pool.replaced-workers-lose-no-task")
class ReplacesFiveWorkers(ReplacingPools):
    """Only five workers are replaced."""

    left = 5

    def replace(self, missing, _killed, initializer):
        hired = min(missing, self.left)
        self.left -= hired
        return hired, initializer


@family.breaks("pool.replaced-workers-leave-nothing-behind")
class LeavesAFileOfEachWorker(ReplacingPools):
    """Each worker that is replaced leaves a file open."""

    def replace(self, missing, _killed, initializer):
        os.dup(0)
        return missing, initializer


@family.breaks("pool.replacement-of-a-killed-worker-is-initialized")
class InitializesNoSuccessorOfTheKilled(ReplacingPools):
    """The initializer does not run in a worker that replaces one which was killed."""

    def replace(self, missing, killed, initializer):
        return missing, None if killed else initializer


@family.breaks("pool.lost-task-is-not-begun-again")
class BeginsEachTaskTwice(BrokenPools):
    """Each task is carried out twice, one time after the other."""

    class Faulty(SharedPool):
        def apply_async(self, func, args=(), kwds={}, *callbacks, **named):  # noqa: B006
            result = super().apply_async(func, args, kwds, *callbacks, **named)
            self._taskqueue.put(([(result._job, 0, func, args, kwds)], None))
            return result
