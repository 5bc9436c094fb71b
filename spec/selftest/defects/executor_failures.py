"""Executors that a dead worker, or what cannot be pickled, does harm to."""

from __future__ import annotations

import atexit
import os
import pickle
import sys
from concurrent import futures
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing.reduction import ForkingPickler
from typing import Any

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.own_executors import OwnExecutor, OwnExecutors, OwnTaskRunner

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


class _LosesOnlyTheirTask(OwnTaskRunner):
    def lost(self, future):
        future.set_exception(BrokenProcessPool("a worker has died"))


@family.breaks("executor.killed-worker-breaks-it", "executor.any-sequence-of-operations")
class GoesOnWithoutAWorker(OwnExecutors):
    """When a worker is killed, only its own task is lost, and the worker is not replaced."""

    class Faulty(OwnExecutor):
        TaskRunner = _LosesOnlyTheirTask


def _initialize_or_exit(initializer, *arguments):
    try:
        initializer(*arguments)
    except Exception:
        os._exit(1)


@family.breaks("executor.failure-of-an-initializer-is-printed")
class WorkersExitSilently(OwnExecutors):
    """A worker whose initializer fails exits, and says nothing."""

    class Faulty(OwnExecutor):
        def __init__(self, *args, **named):
            if "initializer" in named:
                named["initializer"] = partial(_initialize_or_exit, named["initializer"])
            super().__init__(*args, **named)


class _DropsWhatIsLarge(OwnTaskRunner):
    def deliver(self, future, outcome):
        returned = pickle.loads(outcome)[0]
        if returned or len(outcome) < 65536:
            super().deliver(future, outcome)


@family.breaks("executor.large-exception-reaches-the-caller")
class DropsLargeExceptions(OwnExecutors):
    """An exception that is larger than the buffer of a pipe never arrives."""

    class Faulty(OwnExecutor):
        TaskRunner = _DropsWhatIsLarge


class _TellsNobody(OwnTaskRunner):
    def lost(self, future):
        with self.changed:
            self.broken = True
            self.changed.notify_all()


@family.breaks("executor.killed-idle-worker-hangs-nobody", "executor.worker-may-die-at-any-moment")
class TellsNobodyOfADeath(OwnExecutors):
    """The future of a task whose worker has died is never done."""

    class Faulty(OwnExecutor):
        TaskRunner = _TellsNobody


@family.breaks("executor.large-tasks-of-a-broken-one-hang-nobody")
class KeepsLargeTasks(OwnExecutors):
    """When a worker dies, large tasks that were not sent yet are never done."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            def lost(self, future):
                small = [one for one in self.row if not any(isinstance(part, bytes) for part in one[1][1])]
                self.row.clear()
                self.row.extend(small)
                super().lost(future)


@family.breaks("executor.callback-of-a-lost-task-may-submit")
class TellsWithTheLock(OwnExecutors):
    """The futures of lost tasks are told while the executor's lock is held."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            def lost(self, future):
                with self.changed:
                    future.set_exception(BrokenProcessPool("a worker has died"))


@family.breaks("executor.program-that-lost-a-worker-ends")
class ComplainsAtTheEnd(OwnExecutors):
    """A program that has lost a worker complains when it ends."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            def lost(self, future):
                atexit.register(print, "a worker has died", file=sys.stderr)
                super().lost(future)


@family.breaks("executor.stopped-worker-delays-its-task-only", "executor.several-can-be-waited-for")
class DeliversInOrder(OwnExecutors):
    """A result is not passed on before the results of all tasks that were submitted earlier."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
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
        class TaskRunner(OwnTaskRunner):
            def refused(self, future, error):
                pass


@family.breaks("executor.unpicklable-tasks-leave-room")
class KeepsRoomForWhatCannotBeSent(OwnExecutors):
    """After ten tasks that cannot be pickled, no task is sent any more."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            refusals = 0

            def refused(self, future, error):
                self.refusals += 1
                super().refused(future, error)

            def carry_out(self, future, task, connection):
                return self.refusals < 10 and super().carry_out(future, task, connection)


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


class _ForgetfulRunner(OwnTaskRunner):
    """A future whose exception has the word *forgotten* in its name or its text is never done."""

    forgotten: str

    def deliver(self, future, outcome):
        received: Any = futures.Future()
        super().deliver(received, outcome)
        error = received.exception()
        if error is None:
            future.set_result(received.result())
        elif self.forgotten not in repr(error):
            future.set_exception(error)


@family.breaks("executor.what-cannot-be-unpickled-hangs-nobody")
class ForgetsWhatCannotBeReceived(OwnExecutors):
    """The future of a task whose result cannot be unpickled is never done."""

    class Faulty(OwnExecutor):
        class TaskRunner(_ForgetfulRunner):
            forgotten = "CannotBeReceived"


@family.breaks("executor.exit-while-a-pickle-is-read-hangs-nobody")
class ForgetsWhoseReceivingExits(OwnExecutors):
    """The future of a task whose result calls `sys.exit` when it is unpickled is never done."""

    class Faulty(OwnExecutor):
        class TaskRunner(_ForgetfulRunner):
            forgotten = "SystemExit"


@family.breaks("executor.result-of-a-worker-that-dies-then-arrives")
class LosesTheLastResult(OwnExecutors):
    """The result of a worker that dies just after it has sent the result is lost."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            def deliver(self, future, outcome):
                process = self.processes[-1]
                process.join(0.3)
                if process.exitcode is None:
                    super().deliver(future, outcome)
                else:
                    self.lost(future)


@family.breaks("executor.lost-task-tells-the-exit-code")
class TellsNoExitCode(OwnExecutors):
    """The exception of a lost task does not tell how the worker has ended."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            def lost(self, future):
                self.exit_code = "unknown"
                super().lost(future)


def _reduce(reducers):
    for kind, reduce in reducers.items():
        ForkingPickler.register(kind, reduce)


@family.breaks("executor.reducers-are-of-one-executor")
class ReducesForAll(OwnExecutors):
    """The reducers of an executor are those of all executors."""

    class Faulty(OwnExecutor):
        def __init__(self, max_workers, mp_context, job_reducers=None, result_reducers=None):
            super().__init__(max_workers, mp_context, _reduce, (result_reducers or {},))
            _reduce(job_reducers or {})


@family.breaks("executor.shutdown-of-a-broken-one-returns")
class CannotBeShutDown(OwnExecutors):
    """The shutdown of a broken executor is refused."""

    class Faulty(OwnExecutor):
        def shutdown(self, wait=True, *, cancel_futures=False):
            super().shutdown(wait, cancel_futures=cancel_futures)
            if self.runner.broken:
                raise BrokenProcessPool("a worker has died")


@family.breaks("executor.false-exception-is-raised")
class TakesFalseForNone(OwnExecutors):
    """A task that raises an exception which is false seems to have returned None."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            Future = futures.Future

            def deliver(self, future, outcome):
                received: Any = futures.Future()
                super().deliver(received, outcome)
                error = received.exception()
                if error:
                    future.set_exception(error)
                else:
                    future.set_result(None if error is not None else received.result())
