"""Executors that do not end as they should."""

from __future__ import annotations

import os
import threading
from concurrent import futures
from typing import Any

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.own_executors import OwnExecutor, OwnExecutors, OwnTaskRunner
from spec.selftest.defects.own_processes import SpawnProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


@family.breaks("executor.leaving-the-block-waits-for-all")
class LeavesTheBlockAtOnce(OwnExecutors):
    """The end of a `with` block waits for nothing."""

    class Faulty(OwnExecutor):
        def __exit__(self, *exception):
            self.shutdown(wait=False)


@family.breaks("executor.shutdown-reaps-the-workers")
class ReapsNobody(OwnExecutors):
    """A shutdown returns while workers run: these end when it is called again, or when the executor is dropped."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            def __init__(self, *args):
                super().__init__(*args)
                self.may_end = threading.Event()
                self.may_end.set()

            def close(self, cancel=False):
                if self.closed:
                    self.may_end.set()
                super().close(cancel)

            def end(self, process, connection):
                self.may_end.wait()
                super().end(process, connection)

        def shutdown(self, wait=True, *, cancel_futures=False):
            runner: Any = self.runner
            if wait and not runner.closed:
                runner.may_end.clear()
            runner.close(cancel_futures)


@family.breaks("executor.need-not-wait")
class AlwaysWaits(OwnExecutors):
    """A shutdown waits until all tasks are done, also if it is asked not to."""

    class Faulty(OwnExecutor):
        def shutdown(self, wait=True, *, cancel_futures=False):
            super().shutdown(cancel_futures=cancel_futures)


@family.breaks("executor.nothing-can-be-submitted-after-it", "executor.exit-handler-cannot-submit")
class TakesTasksForEver(OwnExecutors):
    """A task that is submitted after a shutdown is dropped silently."""

    class Faulty(OwnExecutor):
        def submit(self, fn, /, *args, **kwargs):
            return futures.Future() if self.runner.closed else super().submit(fn, *args, **kwargs)


@family.breaks("executor.can-cancel-what-waits")
class CancelsNothing(OwnExecutors):
    """A shutdown that is to cancel what waits does not."""

    class Faulty(OwnExecutor):
        def shutdown(self, wait=True, *, cancel_futures=False):
            super().shutdown(wait)


@family.breaks("executor.cancelled-task-does-not-delay-it")
class WaitsForCancelledTasks(OwnExecutors):
    """A shutdown waits for ever once a task was cancelled."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            def __init__(self, *args):
                super().__init__(*args)
                self.futures: list[Any] = []

            def submit(self, function, args, named):
                self.futures.append(super().submit(function, args, named))
                return self.futures[-1]

            def join(self):
                super().join()
                if any(future.cancelled() for future in self.futures):
                    threading.Event().wait()


@family.breaks("executor.use-leaves-nothing-behind")
class LeavesAFileOpen(OwnExecutors):
    """Each executor leaves a file open."""

    class Faulty(OwnExecutor):
        def shutdown(self, wait=True, *, cancel_futures=False):
            super().shutdown(wait, cancel_futures=cancel_futures)
            os.open(os.devnull, os.O_RDONLY)


@family.breaks("executor.dropped-executor-does-its-tasks")
class DropsItsTasks(OwnExecutors):
    """The tasks of an executor that nothing refers to any more are cancelled."""

    class Faulty(OwnExecutor):
        def __del__(self):
            self.runner.close(cancel=True)


@family.breaks("executor.program-that-forgets-it-ends", "executor.program-that-does-not-wait-ends")
class ForgetsItsTasks(OwnExecutors):
    """At the end of a program, tasks that no worker has are dropped."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            def submit(self, function, args, named):
                vars(threading)["_register_atexit"](self.row.clear)
                return super().submit(function, args, named)


@family.breaks("executor.replaces-workers-without-waiting")
class ReplacesNobodyOnceShutDown(OwnExecutors):
    """A worker that has reached its limit is not replaced after a shutdown."""

    method = "spawn"
    Process = SpawnProcess

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            def start(self):
                if self.closed:
                    raise SystemExit
                return super().start()


@family.breaks("executor.ends-though-a-worker-is-killed", "executor.dropped-executor-tells-a-lost-task")
class TellsOfNoLossOnceShutDown(OwnExecutors):
    """A task that is lost after a shutdown has begun is never done."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            def lost(self, future):
                if not self.closed:
                    super().lost(future)


@family.breaks("executor.unpicklable-task-fails-though-shut-down")
class DropsUnpicklableTasksOnceShutDown(OwnExecutors):
    """A task that cannot be pickled is never done after a shutdown."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            def __init__(self, *args):
                super().__init__(*args)
                self.unpicklable: list[Any] = []

            def refused(self, future, error):
                with self.changed:
                    self.unpicklable.append(future)
                    if not self.closed:
                        super().refused(future, error)

            def close(self, cancel=False):
                super().close(cancel)
                for future in self.unpicklable:
                    future.__init__()  # so it is not done, also if it has failed before the shutdown
