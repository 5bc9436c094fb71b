"""Executors whose workers, or whose tasks, have a fault."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from concurrent import futures
from functools import partial
from typing import Any

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.own_executors import OwnExecutor, OwnExecutors, OwnFuture, OwnTaskRunner
from spec.selftest.defects.own_processes import ForkProcess, SpawnProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


@family.breaks("executor.task-runs-in-a-worker")
class RunsHere(OwnExecutors):
    """A task runs in the process that submits it."""

    class Faulty(OwnExecutor):
        def submit(self, fn, /, *args, **kwargs):
            future: Any = futures.Future()
            threading.Thread(target=lambda: future.set_result(fn(*args, **kwargs))).start()
            return future


@family.breaks("executor.workers-are-children-of-the-starter")
class HasAForkServer(OwnExecutors):
    """The workers are children of a fork server."""

    @property
    def ProcessPoolExecutor(self):
        return partial(OwnExecutor, mp_context=multiprocessing.get_context("forkserver"))


@family.breaks("executor.nothing-starts-before-the-first-task")
class StartsAtOnce(OwnExecutors):
    """The workers start when the executor is made."""

    class Faulty(OwnExecutor):
        def __init__(self, *args, **named):
            super().__init__(*args, **named)
            self.submit(os.getpid)


class _StartsAll(OwnTaskRunner):
    def __init__(self, *args):
        super().__init__(*args)
        self.at_once = True


class _StartsOnDemand(OwnTaskRunner):
    def __init__(self, *args):
        super().__init__(*args)
        self.at_once = False


@family.breaks("executor.idle-worker-takes-the-next-task")
class NeverReusesAWorker(OwnExecutors):
    """All workers are started at the first task, although they are not forked."""

    method = "spawn"
    Process = SpawnProcess

    class Faulty(OwnExecutor):
        TaskRunner = _StartsAll


@family.breaks("executor.all-are-forked-at-the-first-task")
class ForksOnDemand(OwnExecutors):
    """A worker is forked when no worker is idle, while there are threads."""

    class Faulty(OwnExecutor):
        TaskRunner = _StartsOnDemand


@family.breaks("executor.runs-as-many-at-once-as-it-has-workers")
class HasOneMore(OwnExecutors):
    """The executor has one worker more than was asked for."""

    class Faulty(OwnExecutor):
        def __init__(self, max_workers=None, **named):
            super().__init__(max_workers + (max_workers > 0), **named)


@family.breaks("executor.takes-orders-without-waiting")
class RunsOneAtATime(OwnExecutors):
    """The executor has one worker, however many were asked for."""

    class Faulty(OwnExecutor):
        def __init__(self, max_workers=None, **named):
            super().__init__(min(max_workers, 1), **named)


class _Impatient(OwnFuture):
    def result(self, timeout=None):
        return super().result(3 if timeout is None else timeout)


@family.breaks("executor.result-waits-without-limit")
class GivesUpAfterAWhile(OwnExecutors):
    """A result that is waited for without a timeout is given up after three seconds."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            Future = _Impatient


class _Patient(OwnFuture):
    def result(self, timeout=None):
        return super().result()


@family.breaks("executor.result-can-be-timed")
class IgnoresTheTimeout(OwnExecutors):
    """A result is waited for, however short the timeout is."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            Future = _Patient


@family.breaks("executor.exception-reaches-the-caller")
class ForgetsTheTraceback(OwnExecutors):
    """The exception of a task arrives without its traceback."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            def deliver(self, future, outcome):
                super().deliver(future, outcome)
                if future.exception():
                    future.exception().__cause__ = None


def _exit_if_told(function, *args, **named):
    try:
        return function(*args, **named)
    except SystemExit:
        os._exit(3)


@family.breaks("executor.exit-of-a-task-ends-no-worker")
class ExitsIfTold(OwnExecutors):
    """A task that calls `sys.exit` ends its worker."""

    class Faulty(OwnExecutor):
        def submit(self, fn, /, *args, **kwargs):
            return super().submit(_exit_if_told, fn, *args, **kwargs)


@family.breaks("executor.arguments-are-dropped-with-the-task")
class KeepsArguments(OwnExecutors):
    """The arguments of all tasks are kept as long as the executor."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            kept: tuple[Any, ...] = ()

            def submit(self, function, args, named):
                self.kept += args
                return super().submit(function, args, named)


@family.breaks("executor.threads-may-submit-at-once")
class MixesThreadsUp(OwnExecutors):
    """A thread other than the main one may get the future of another task."""

    class Faulty(OwnExecutor):
        last = None

        def submit(self, fn, /, *args, **kwargs):
            future = super().submit(fn, *args, **kwargs)
            if threading.current_thread() is not threading.main_thread():
                future, self.last = self.last or future, future
            return future


@family.breaks("executor.worker-may-have-an-executor")
class RefusesWorkers(OwnExecutors):
    """A worker cannot make an executor."""

    class Faulty(OwnExecutor):
        def __init__(self, *args, **named):
            if multiprocessing.parent_process() is not None:
                raise RuntimeError("a worker may have no executor")
            super().__init__(*args, **named)


@family.breaks("executor.executor-cannot-be-sent")
class SendsNothing(OwnExecutors):
    """An executor is pickled as something else."""

    class Faulty(OwnExecutor):
        def __reduce__(self):
            return object, ()


@family.breaks("executor.many-tasks-at-once")
class LosesTasks(OwnExecutors):
    """Each task that is submitted after the first five hundred is lost."""

    class Faulty(OwnExecutor):
        submitted = 0

        def submit(self, fn, /, *args, **kwargs):
            self.submitted += 1
            if self.submitted > 500:
                return futures.Future()
            return super().submit(fn, *args, **kwargs)


class _FailsBesideAnExecutor(ForkProcess):
    def run(self):
        super().run()
        sys.exit(1)


@family.breaks("executor.child-beside-an-executor-ends")
class FailsChildren(OwnExecutors):
    """A child that is started beside an executor ends with exit code 1."""

    Process = _FailsBesideAnExecutor


@family.breaks("executor.any-sequence-of-operations", "executor.runs-as-many-at-once-as-it-has-workers")
class TakesTheLastFirst(OwnExecutors):
    """The task that was submitted last begins first."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            def next(self):
                return self.row.pop()


def _minds_no_ctrl_c():
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@family.breaks("executor.ctrl-c-ends-a-busy-program")
class MindsNoCtrlC(OwnExecutors):
    """The workers ignore Ctrl-C."""

    class Faulty(OwnExecutor):
        def __init__(self, max_workers=None, mp_context=None, initializer=_minds_no_ctrl_c, **named):
            super().__init__(max_workers, mp_context, initializer, **named)


def _twice(initializer, *initargs):
    initializer(*initargs)
    initializer(*initargs)


@family.breaks("executor.initializer-runs-first-in-each-worker")
class InitializesTwice(OwnExecutors):
    """The initializer is called twice in each worker."""

    class Faulty(OwnExecutor):
        def __init__(self, max_workers=None, mp_context=None, initializer=None, initargs=(), **named):
            if callable(initializer):
                initializer = partial(_twice, initializer)
            super().__init__(max_workers, mp_context, initializer, initargs, **named)


def _as_well_as_can_be(initializer, *initargs):
    try:
        initializer(*initargs)
    except Exception:
        return


@family.breaks("executor.failing-initializer-breaks-it")
class ForgivesTheInitializer(OwnExecutors):
    """A worker whose initializer fails carries out tasks all the same."""

    class Faulty(OwnExecutor):
        def __init__(self, max_workers=None, mp_context=None, initializer=None, initargs=(), **named):
            if callable(initializer):
                initializer = partial(_as_well_as_can_be, initializer)
            super().__init__(max_workers, mp_context, initializer, initargs, **named)


@family.breaks("executor.nonsense-is-refused")
class TakesNoWorkerForOne(OwnExecutors):
    """An executor without workers has one."""

    class Faulty(OwnExecutor):
        def __init__(self, max_workers=None, *args, **named):
            super().__init__(max(max_workers, 1), *args, **named)


@family.breaks("executor.can-be-killed")
class SparesBusyWorkers(OwnExecutors):
    """Workers that are to be killed may end their tasks first."""

    class Faulty(OwnExecutor):
        def kill_workers(self):
            self.shutdown(wait=False, cancel_futures=True)


@family.breaks("executor.worker-is-replaced-after-its-tasks")
class ReplacesNobody(OwnExecutors):
    """A worker is not replaced, however many tasks it has carried out."""

    method = "spawn"
    Process = SpawnProcess

    class Faulty(OwnExecutor):
        def __init__(self, *args, max_tasks_per_child=None, **named):
            super().__init__(*args, **named)


@family.breaks("executor.forked-workers-cannot-be-replaced")
class WouldReplaceForks(OwnExecutors):
    """A limit of tasks is accepted, and ignored, where workers are forked."""

    class Faulty(OwnExecutor):
        def __init__(self, *args, max_tasks_per_child=None, **named):
            super().__init__(*args, **named)


@family.breaks("executor.keywords-may-have-any-name")
class TakesTheFunctionByName(OwnExecutors):
    """`submit` takes the function as a keyword argument, so no argument of a task can have its name."""

    class Faulty(OwnExecutor):
        def submit(self, fn, *args, **kwargs):  # type: ignore[override]
            return super().submit(fn, *args, **kwargs)


_last_arguments: list[object] = []


def _call_and_keep(function, args, named):
    _last_arguments[:] = [args, named]
    return function(*args, **named)


@family.breaks("executor.worker-drops-the-arguments-too")
class WorkersKeepTheLastArguments(OwnExecutors):
    """A worker keeps the arguments of a task until the next one is done."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            def submit(self, function, args, named):
                if not args:
                    return super().submit(function, args, named)
                return super().submit(_call_and_keep, (function, args, named), {})
