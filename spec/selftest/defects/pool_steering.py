"""Pools with a fault in what steers them: growing, shrinking, restarting, ending one task, and what they tell."""

from __future__ import annotations

import os

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.steered_pools import SteeredPool, SteeredPools

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


@family.breaks("pool.grown-pool-does-more-at-once")
class GrowsByOne(SteeredPools):
    """A pool grows by one worker, however many it is asked for."""

    class Pool(SteeredPool):
        def grow(self, n=1):
            super().grow()


@family.breaks("pool.shrunk-pool-loses-idle-workers", "pool.busy-pool-does-not-shrink")
class EndsBusyWorkers(SteeredPools):
    """A pool that shrinks ends any worker."""

    class Pool(SteeredPool):
        def idle(self):
            yield from reversed(self.places.values())

        def dismiss(self, place):
            place.leaves = True
            place.worker.kill()


@family.breaks("pool.shrunk-pool-loses-idle-workers")
class ReplacesWhomItDismisses(SteeredPools):
    """A pool that has shrunk replaces the worker."""

    class Pool(SteeredPool):
        def shrink(self, n=1):
            super().shrink(n)
            self.grow(n)


@family.breaks("pool.restart-replaces-all-workers")
class RestartsIdleWorkers(SteeredPools):
    """`restart` replaces only the workers that are idle."""

    class Pool(SteeredPool):
        def restart(self):
            with self.lock:
                for place in self.places.values():
                    if place.result is None:
                        self.dismiss(place)


@family.breaks("pool.restart-replaces-all-workers")
class RestartsAtOnce(SteeredPools):
    """`restart` ends workers during their tasks."""

    class Pool(SteeredPool):
        def dismiss(self, place):
            place.leaves = True
            place.worker.kill()


@family.breaks("pool.worker-that-has-grown-is-replaced")
class TakesKilobytesForMegabytes(SteeredPools):
    """`max_memory_per_child` is a million times as large as it says."""

    class Pool(SteeredPool):
        def hire(self):
            most, kilobytes = self.for_workers
            self.for_workers = most, kilobytes * 10**6
            super().hire()


@family.breaks("pool.patience-for-lost-tasks-can-be-set")
class LosesTasksAtOnce(SteeredPools):
    """`lost_worker_timeout` has no effect."""

    class Pool(SteeredPool):
        def until_next_limit(self):
            for result in self.lost:
                result.patience = 0
            return super().until_next_limit()


@family.breaks("pool.task-can-be-terminated")
class TerminatesAllTasks(SteeredPools):
    """`terminate_job` ends all tasks."""

    class Pool(SteeredPool):
        def terminate_job(self, pid):
            for place in [*self.places.values()]:
                super().terminate_job(place.worker.pid)


@family.breaks("pool.accepted-task-is-told")
class TellsItsOwnPid(SteeredPools):
    """`accept_callback` is called with the pid of the program."""

    class Pool(SteeredPool):
        def apply_async(self, *args, accept_callback=None, **named):
            if accept_callback:
                named["accept_callback"] = lambda _pid, begun: accept_callback(os.getpid(), begun)
            return super().apply_async(*args, **named)


@family.breaks("pool.workers-that-come-and-go-are-told")
class TellsOfTheFirstWorkers(SteeredPools):
    """`on_process_up` is not called with workers that replace others."""

    class Pool(SteeredPool):
        def hire(self):
            super().hire()
            self.up = None


@family.breaks("pool.giver-may-wait-for-an-idle-worker")
class NeverLetsWait(SteeredPools):
    """`putlocks` has no effect."""

    class Pool(SteeredPool):
        def apply_async(self, *args, **named):
            self.free = None
            return super().apply_async(*args, **named)
