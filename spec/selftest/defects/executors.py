"""Executors with a fault."""

from __future__ import annotations

import atexit
import multiprocessing
import os
import queue
import signal
import sys
import threading
from concurrent import futures
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import chain, zip_longest
from typing import Any

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.own_executors import Kitchen, OwnExecutor, OwnExecutors
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
class HasAHelper(OwnExecutors):
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


class _StartsAll(Kitchen):
    def __init__(self, *args):
        super().__init__(*args)
        self.at_once = True


class _StartsOnDemand(Kitchen):
    def __init__(self, *args):
        super().__init__(*args)
        self.at_once = False


@family.breaks("executor.idle-worker-takes-the-next-task")
class NeverReusesAWorker(OwnExecutors):
    """All workers are started at the first task, although they are not forked."""

    method = "spawn"
    Process = SpawnProcess

    class Faulty(OwnExecutor):
        Kitchen = _StartsAll


@family.breaks("executor.all-are-forked-at-the-first-task")
class ForksOnDemand(OwnExecutors):
    """A worker is forked when no worker is idle, while there are threads."""

    class Faulty(OwnExecutor):
        Kitchen = _StartsOnDemand


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


class _Impatient(futures.Future):
    def result(self, timeout=None):
        return super().result(3 if timeout is None else timeout)


@family.breaks("executor.result-waits-without-limit")
class GivesUpAfterAWhile(OwnExecutors):
    """A result that is waited for without a timeout is given up after three seconds."""

    class Faulty(OwnExecutor):
        class Kitchen(Kitchen):
            Future = _Impatient


class _Patient(futures.Future):
    def result(self, timeout=None):
        return super().result()


@family.breaks("executor.result-can-be-timed")
class IgnoresTheTimeout(OwnExecutors):
    """A result is waited for, however short the timeout is."""

    class Faulty(OwnExecutor):
        class Kitchen(Kitchen):
            Future = _Patient


@family.breaks("executor.exception-reaches-the-caller")
class ForgetsTheTraceback(OwnExecutors):
    """The exception of a task arrives without its traceback."""

    class Faulty(OwnExecutor):
        class Kitchen(Kitchen):
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
        class Kitchen(Kitchen):
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
    """A task that is submitted while five hundred wait is lost."""

    class Faulty(OwnExecutor):
        def submit(self, fn, /, *args, **kwargs):
            if len(self.kitchen.row) > 500:
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
        class Kitchen(Kitchen):
            def next(self):
                return self.row.pop()


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


class _LosesOnlyTheirTask(Kitchen):
    def lost(self, future):
        future.set_exception(BrokenProcessPool("a worker has died"))


@family.breaks("executor.killed-worker-breaks-it", "executor.any-sequence-of-operations")
class GoesOnWithoutAWorker(OwnExecutors):
    """When a worker is killed, only its own task is lost, and the worker is not replaced."""

    class Faulty(OwnExecutor):
        Kitchen = _LosesOnlyTheirTask


class _TellsNobody(Kitchen):
    def lost(self, future):
        with self.changed:
            self.broken = True
            self.changed.notify_all()


@family.breaks("executor.killed-idle-worker-hangs-nobody", "executor.worker-may-die-at-any-moment")
class TellsNobodyOfADeath(OwnExecutors):
    """The future of a task whose worker has died is never done."""

    class Faulty(OwnExecutor):
        Kitchen = _TellsNobody


@family.breaks("executor.large-tasks-of-a-broken-one-hang-nobody")
class KeepsLargeTasks(OwnExecutors):
    """When a worker dies, large tasks that were not sent yet are never done."""

    class Faulty(OwnExecutor):
        class Kitchen(Kitchen):
            def lost(self, future):
                small = [one for one in self.row if not any(isinstance(part, bytes) for part in one[1][1])]
                self.row.clear()
                self.row.extend(small)
                super().lost(future)


@family.breaks("executor.callback-of-a-lost-task-may-submit")
class TellsWithTheLock(OwnExecutors):
    """The futures of lost tasks are told while the executor's lock is held."""

    class Faulty(OwnExecutor):
        class Kitchen(Kitchen):
            def lost(self, future):
                with self.changed:
                    future.set_exception(BrokenProcessPool("a worker has died"))


@family.breaks("executor.program-that-lost-a-worker-ends")
class ComplainsAtTheEnd(OwnExecutors):
    """A program that has lost a worker complains when it ends."""

    class Faulty(OwnExecutor):
        class Kitchen(Kitchen):
            def lost(self, future):
                atexit.register(print, "a worker has died", file=sys.stderr)
                super().lost(future)


@family.breaks("executor.stopped-worker-delays-its-task-only", "executor.several-can-be-waited-for")
class DeliversInOrder(OwnExecutors):
    """A result is not passed on before the results of all tasks that were submitted earlier."""

    class Faulty(OwnExecutor):
        class Kitchen(Kitchen):
            def __init__(self, *args):
                super().__init__(*args)
                self.undelivered: list[Any] = []

            def submit(self, function, args, named):
                future = super().submit(function, args, named)
                self.undelivered.append(future)
                return future

            def deliver(self, future, outcome):
                while self.undelivered and self.undelivered[0] is not future:
                    futures.wait(self.undelivered[:1])
                super().deliver(future, outcome)
                self.undelivered.remove(future)


@family.breaks("executor.task-that-cannot-be-pickled-fails")
class ForgetsWhatCannotBeSent(OwnExecutors):
    """The future of a task that cannot be pickled is never done."""

    class Faulty(OwnExecutor):
        class Kitchen(Kitchen):
            def refused(self, future, error):
                pass


def _return_what_can_be_sent(function, *args, **named):
    import pickle

    returned = function(*args, **named)
    try:
        pickle.dumps(returned)
    except Exception:
        os._exit(1)
    return returned


@family.breaks("executor.result-that-cannot-be-pickled-fails")
class DiesOfAResult(OwnExecutors):
    """A result that cannot be pickled ends the worker."""

    class Faulty(OwnExecutor):
        def submit(self, fn, /, *args, **kwargs):
            return super().submit(_return_what_can_be_sent, fn, *args, **kwargs)


def _raise_what_can_be_sent(function, *args, **named):
    import pickle

    try:
        return function(*args, **named)
    except Exception as error:
        try:
            pickle.dumps(error)
        except Exception:
            os._exit(1)
        raise


@family.breaks("executor.exception-that-cannot-be-pickled-fails")
class DiesOfAnException(OwnExecutors):
    """An exception that cannot be pickled ends the worker."""

    class Faulty(OwnExecutor):
        def submit(self, fn, /, *args, **kwargs):
            return super().submit(_raise_what_can_be_sent, fn, *args, **kwargs)


@family.breaks("executor.what-cannot-be-unpickled-hangs-nobody")
class ForgetsWhatCannotBeReceived(OwnExecutors):
    """The future of a task whose result cannot be unpickled is never done."""

    class Faulty(OwnExecutor):
        class Kitchen(Kitchen):
            def deliver(self, future, outcome):
                received: Any = futures.Future()
                super().deliver(received, outcome)
                error = received.exception()
                if error is None:
                    future.set_result(received.result())
                elif type(error).__name__ != "CannotBeReceived":
                    future.set_exception(error)


@family.breaks("executor.shutdown-of-a-broken-one-returns")
class CannotBeShutDown(OwnExecutors):
    """The shutdown of a broken executor is refused."""

    class Faulty(OwnExecutor):
        def shutdown(self, wait=True, *, cancel_futures=False):
            super().shutdown(wait, cancel_futures=cancel_futures)
            if self.kitchen.broken:
                raise BrokenProcessPool("a worker has died")


class _RunsAllTheSame(futures.Future):
    def set_running_or_notify_cancel(self):
        super().set_running_or_notify_cancel()
        return True

    def set_result(self, result):
        if not self.cancelled():
            super().set_result(result)


@family.breaks("executor.cancelled-task-never-runs")
class RunsCancelledTasks(OwnExecutors):
    """A task that was cancelled runs all the same."""

    class Faulty(OwnExecutor):
        class Kitchen(Kitchen):
            Future = _RunsAllTheSame


class _Cancellable(futures.Future):
    def cancel(self):
        super().cancel()
        return True


@family.breaks("executor.begun-task-cannot-be-cancelled", "executor.takes-back-what-no-worker-has")
class SaysItIsCancelled(OwnExecutors):
    """`cancel` returns true, also if the task runs or is done."""

    class Faulty(OwnExecutor):
        class Kitchen(Kitchen):
            Future = _Cancellable


Future: Any = futures.Future


class _CallsBackwards(Future):
    def _invoke_callbacks(self):
        self._done_callbacks.reverse()
        super()._invoke_callbacks()


@family.breaks("executor.callbacks-are-called-once-in-order")
class CallsBackwards(OwnExecutors):
    """The callback that was added last is called first."""

    class Faulty(OwnExecutor):
        class Kitchen(Kitchen):
            Future = _CallsBackwards


class _CallsUntilAnError(Future):
    def _invoke_callbacks(self):
        for callback in self._done_callbacks:
            try:
                callback(self)
            except Exception:
                return


@family.breaks("executor.failing-callback-stops-nothing")
class StopsAtAFailingCallback(OwnExecutors):
    """Callbacks that were added after one that fails are not called."""

    class Faulty(OwnExecutor):
        class Kitchen(Kitchen):
            Future = _CallsUntilAnError


class _CallsUnlessCancelled(Future):
    def _invoke_callbacks(self):
        if not self.cancelled():
            super()._invoke_callbacks()


@family.breaks("executor.callback-is-called-for-every-end")
class CancelsSilently(OwnExecutors):
    """The callbacks of a future that is cancelled are not called."""

    class Faulty(OwnExecutor):
        class Kitchen(Kitchen):
            Future = _CallsUnlessCancelled


@family.breaks("executor.callback-may-submit")
class CallsBackWithTheLock(OwnExecutors):
    """Callbacks are called while the executor's lock is held."""

    class Faulty(OwnExecutor):
        class Kitchen(Kitchen):
            def deliver(self, future, outcome):
                with self.changed:
                    super().deliver(future, outcome)


@family.breaks("executor.leaving-the-block-waits-for-all")
class LeavesTheBlockAtOnce(OwnExecutors):
    """The end of a `with` block waits for nothing."""

    class Faulty(OwnExecutor):
        def __exit__(self, *exception):
            self.shutdown(wait=False)


@family.breaks("executor.shutdown-reaps-the-workers")
class ReapsNobody(OwnExecutors):
    """A shutdown returns while workers run."""

    class Faulty(OwnExecutor):
        class Kitchen(Kitchen):
            def join(self):
                pass


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
            return futures.Future() if self.kitchen.closed else super().submit(fn, *args, **kwargs)


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
        class Kitchen(Kitchen):
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
            self.kitchen.close(cancel=True)


@family.breaks("executor.program-that-forgets-it-ends", "executor.program-that-does-not-wait-ends")
class ForgetsItsTasks(OwnExecutors):
    """At the end of a program, tasks that no worker has are dropped."""

    class Faulty(OwnExecutor):
        class Kitchen(Kitchen):
            def submit(self, function, args, named):
                vars(threading)["_register_atexit"](self.row.clear)
                return super().submit(function, args, named)


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
