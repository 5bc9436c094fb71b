"""Pools with a fault in their workers: how many there are, how they begin, what replaces them, who may have one."""

from __future__ import annotations

import multiprocessing
import multiprocessing.pool
import os
import signal
import sys
import threading
from typing import Any

from spec.harness.process_table import until_exited
from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.own_processes import ForkProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

SharedPool: Any = multiprocessing.pool.Pool


class BrokenPools(Broken):
    """A multiprocessing API with pools of another class.

    Attributes:
        Faulty: the class.
    """

    Faulty: type = SharedPool

    def Pool(self, processes=None, initializer=None, initargs=(), maxtasksperchild=None):
        return self.Faulty(processes, initializer, initargs, maxtasksperchild, context=self.context)


@family.breaks("pool.works-in-as-many-processes", "pool.has-its-workers-from-the-beginning")
class HasOneWorkerTooFew(BrokenPools):
    """A pool has one worker less than it was asked for."""

    def Pool(self, processes=None, *args, **named):
        return super().Pool(processes - 1 if processes and processes > 1 else processes, *args, **named)


@family.breaks("pool.has-its-workers-from-the-beginning")
class StartsWorkersWhenNeeded(BrokenPools):
    """A pool starts its workers with its first task."""

    class Faulty:
        def __init__(self, *args, **named):
            self._args, self._named = args, named

        def __getattr__(self, name):
            self._pool = SharedPool(*self._args, **self._named)
            self.__dict__.update((method, getattr(self._pool, method)) for method in dir(self._pool))
            return getattr(self._pool, name)

        def __enter__(self):
            return self

        def __exit__(self, *exception):
            if "_pool" in self.__dict__:
                self._pool.terminate()


@family.breaks("pool.workers-are-its-makers-children")
class WorkersAreOfAForkServer(Broken):
    """The workers of a pool are children of a fork server."""

    def Pool(self, *args, **named):
        return multiprocessing.get_context("forkserver").Pool(*args, **named)


@family.breaks("pool.impossible-numbers-are-refused")
class MakesNumbersPossible(BrokenPools):
    """A pool of no workers has one, and workers that may carry out no task carry out all."""

    def Pool(self, processes=None, initializer=None, initargs=(), maxtasksperchild=None):
        return super().Pool(max(1, processes or 1), initializer, initargs)


@family.breaks("pool.initializer-runs-in-each-worker")
class InitializesOnce(BrokenPools):
    """The initializer runs in the process that makes the pool."""

    def Pool(self, processes=None, initializer=None, initargs=(), maxtasksperchild=None):
        if initializer is not None:
            initializer(*initargs)
        return super().Pool(processes, None, (), maxtasksperchild)


@family.breaks("pool.initializer-runs-in-each-worker")
class InitializesTheFirstOnly(BrokenPools):
    """The initializer does not run in workers that replace others."""

    class Faulty(SharedPool):
        def _repopulate_pool(self):
            super()._repopulate_pool()
            self._initializer = None


def _exit_on_a_signal(_number, _frame):
    sys.exit(70)


def _initialize_first(initializer, initargs):
    initializer(*initargs)
    for number in signal.SIGHUP, signal.SIGUSR2:
        signal.signal(number, _exit_on_a_signal)


@family.breaks("pool.initializer-may-set-signal-handlers")
class SetsItsHandlersLast(BrokenPools):
    """A worker sets its own signal handlers after it has called the initializer."""

    def Pool(self, processes=None, initializer=None, initargs=(), maxtasksperchild=None):
        if initializer is None:
            return super().Pool(processes, None, (), maxtasksperchild)
        return super().Pool(processes, _initialize_first, (initializer, initargs), maxtasksperchild)


@family.breaks("pool.initializer-must-be-callable")
class IgnoresOddInitializers(BrokenPools):
    """An initializer that cannot be called is ignored."""

    def Pool(self, processes=None, initializer=None, *args, **named):
        return super().Pool(processes, initializer if callable(initializer) else None, *args, **named)


@family.breaks("pool.worker-is-replaced-after-its-tasks")
class NeverReplacesWorkers(BrokenPools):
    """Workers carry out any number of tasks, whatever `maxtasksperchild` says."""

    def Pool(self, processes=None, initializer=None, initargs=(), maxtasksperchild=None):
        return super().Pool(processes, initializer, initargs)


@family.breaks("pool.worker-is-replaced-after-its-tasks", "pool.close-waits-for-later-workers")
class CarriesOutOneTaskMore(BrokenPools):
    """A worker carries out one task more than `maxtasksperchild` says."""

    def Pool(self, processes=None, initializer=None, initargs=(), maxtasksperchild=None):
        most = maxtasksperchild + 1 if isinstance(maxtasksperchild, int) else maxtasksperchild
        return super().Pool(processes, initializer, initargs, most)


@family.breaks("pool.worker-stays-for-all-tasks")
class ReplacesTiredWorkers(BrokenPools):
    """Workers are replaced after ten tasks if nothing else was asked for."""

    def Pool(self, processes=None, initializer=None, initargs=(), maxtasksperchild=None):
        return super().Pool(processes, initializer, initargs, maxtasksperchild or 10)


class _NeverADaemon(ForkProcess):
    daemon = property(lambda _self: False, lambda _self, _value: None)


@family.breaks("pool.inside-a-worker-is-refused")
class WorkersAreNoDaemons(BrokenPools):
    """Workers are ordinary children, which may have children."""

    class Faulty(SharedPool):
        @staticmethod
        def Process(_ctx, *args, **named):
            return _NeverADaemon(*args, **named)


@family.breaks("pool.child-may-have-one")
class OnlyMainHasPools(BrokenPools):
    """A child cannot have a pool."""

    def Pool(self, *args, **named):
        if multiprocessing.parent_process() is not None:
            raise RuntimeError("only the main process may have a pool")
        return super().Pool(*args, **named)


@family.breaks("pool.may-be-large")
class RefusesManyWorkers(BrokenPools):
    """A pool of more than six workers cannot be made."""

    def Pool(self, processes=None, *args, **named):
        if processes is not None and processes > 6:
            raise ValueError("too many workers")
        return super().Pool(processes, *args, **named)


_kept: list[object] = []
"""What keeps workers from noticing that their pool is gone."""


@family.breaks("pool.failed-start-leaves-no-worker")
class LeavesWorkersOfAFailedStart(BrokenPools):
    """If a worker cannot be started, those that were started before are left."""

    class Faulty(SharedPool):
        def _repopulate_pool(self):
            try:
                super()._repopulate_pool()
            except Exception:
                _kept.append(self._inqueue)
                self._pool.clear()
                raise


def _do_nothing(*_args: object) -> None:
    while True:
        signal.pause()


@family.breaks("pool.killed-worker-is-replaced", "pool.any-sequence-of-operations")
class ReplacementsDoNothing(BrokenPools):
    """A worker that replaces another carries out no task."""

    class Faulty(SharedPool):
        @staticmethod
        def Process(ctx, *args, target, **named):
            first = threading.current_thread() is threading.main_thread()
            return ctx.Process(*args, target=target if first else _do_nothing, **named)


@family.breaks("pool.works-in-as-many-processes")
class WorksHere(BrokenPools):
    """Tasks run in threads of the process that makes the pool."""

    def Pool(self, processes=None, initializer=None, initargs=(), maxtasksperchild=None):
        return multiprocessing.pool.ThreadPool(processes, initializer, initargs)


@family.breaks("pool.idle-workers-end-with-a-killed-program")
class WorkersOutliveTheirProgram(BrokenPools):
    """A worker does not notice that the program was killed, as it can write to its own queue of tasks."""

    class Faulty(SharedPool):
        def _setup_queues(self):
            super()._setup_queues()
            self._inqueue._writer = _Unclosable(self._inqueue._writer)


class _Unclosable:
    """An end of a pipe that is never closed."""

    def __init__(self, connection):
        self._connection = connection
        self.copy = os.dup(connection.fileno())

    def __getattr__(self, name):
        return getattr(self._connection, name)


@family.breaks("pool.outlives-other-children")
class EndsWithAnyChild(BrokenPools):
    """When any child was joined, all pools are terminated."""

    made: list[Any] = []  # noqa: RUF012

    class Process(ForkProcess):
        def join(self, timeout=None):
            super().join(timeout)
            for pool in EndsWithAnyChild.made:
                pool.terminate()

    def Pool(self, *args, **named):
        self.made.append(super().Pool(*args, **named))
        return self.made[-1]


@family.breaks("pool.outlives-a-fork-of-its-maker")
class EndsWithAFork(BrokenPools):
    """When the process that made a pool is forked, the workers are killed."""

    def Pool(self, *args, **named):
        pool = super().Pool(*args, **named)

        def kill_workers():
            if threading.current_thread() is threading.main_thread():
                for worker in pool._pool:
                    worker.kill()
                    until_exited(worker.pid)

        os.register_at_fork(before=kill_workers)
        return pool


@family.breaks("pool.is-never-pickled")
class CanBePickled(BrokenPools):
    """The pickle of a pool is read as a text."""

    class Faulty(SharedPool):
        def __reduce__(self):
            return str, ("a pool",)


@family.breaks("pool.is-never-handed-over")
class CanBeHandedOver(BrokenPools):
    """A child to which a pool is passed has a text in its place."""

    method = "spawn"

    class Faulty(SharedPool):
        def __reduce__(self):
            return str, ("a pool",)


@family.breaks("pool.number-of-workers-has-a-default")
class HasOneWorkerByDefault(BrokenPools):
    """A pool that was made without a number has one worker."""

    def Pool(self, processes=None, *args, **named):
        return super().Pool(1 if processes is None else processes, *args, **named)
