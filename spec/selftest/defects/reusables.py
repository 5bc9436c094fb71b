"""Reusable executors with a fault."""

from __future__ import annotations

import multiprocessing
import os
import threading

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.own_executors import OwnTaskRunner, dumps, serve
from spec.selftest.defects.own_reusables import OwnKeeper, ReusableExecutor, ReusableExecutors, ReusableTaskRunner

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


@family.breaks("executor.same-one-is-returned", "executor.superfluous-workers-exit")
class MakesEachAnew(ReusableExecutors):
    """Each call makes another executor."""

    class Keeper(OwnKeeper):
        def is_the_same(self, how, reuse):
            return False


@family.breaks("executor.number-of-workers-changes")
class GrowsByAFewWorkers(ReusableExecutors):
    """An executor never has more than five workers if it began with fewer."""

    class Keeper(OwnKeeper):
        def resize(self, max_workers):
            super().resize(min(max_workers, 5))


@family.breaks("executor.superfluous-workers-exit")
class KeepsAllWorkers(ReusableExecutors):
    """Workers stay when the number becomes smaller."""

    class Executor(ReusableExecutor):
        class TaskRunner(ReusableTaskRunner):
            def is_too_many(self):
                return False


@family.breaks("executor.number-changes-when-tasks-are-done")
class ChangesTheNumberAtOnce(ReusableExecutors):
    """A call with another number does not wait for the tasks under way."""

    class Executor(ReusableExecutor):
        class TaskRunner(ReusableTaskRunner):
            def resize(self, count):
                with self.changed:
                    self.count = count
                    self.changed.notify_all()


@family.breaks("executor.other-arguments-make-another", "executor.may-be-reused-or-not")
class ComparesNoArguments(ReusableExecutors):
    """The executor is the same, whatever the arguments and whatever `reuse` says."""

    class Keeper(OwnKeeper):
        def is_the_same(self, how, reuse):
            return True


@family.breaks("executor.may-be-reused-or-not")
class NeverReusesIfAsked(ReusableExecutors):
    """`reuse=True` has the effect of `reuse=False`."""

    class Keeper(OwnKeeper):
        def is_the_same(self, how, reuse):
            return reuse == "auto" and super().is_the_same(how, reuse)


@family.breaks("executor.broken-one-is-replaced")
class ReturnsTheBrokenOne(ReusableExecutors):
    """A broken executor is returned again."""

    class Executor(ReusableExecutor):
        is_usable = True


@family.breaks("executor.tasks-can-be-interrupted")
class InterruptsNothing(ReusableExecutors):
    """`kill_workers` has no effect when another executor is made."""

    class Keeper(OwnKeeper):
        def retire(self, kill_workers):
            super().retire(False)


@family.breaks("executor.replaced-one-does-its-tasks")
class InterruptsAlways(ReusableExecutors):
    """When another executor is made, the tasks of the old one are ended."""

    class Keeper(OwnKeeper):
        def retire(self, kill_workers):
            super().retire(True)


@family.breaks("executor.idle-workers-exit-in-time")
class IgnoresItsTimeout(ReusableExecutors):
    """Idle workers stay."""

    class Executor(ReusableExecutor):
        class TaskRunner(ReusableTaskRunner):
            timeout = property(lambda _self: None, lambda _self, _value: None)


@family.breaks("executor.idle-workers-exit-in-time")
class CountsWorkersThatHaveExited(ReusableExecutors):
    """Workers that have exited because they were idle count, so that no others are started."""

    class Executor(ReusableExecutor):
        class TaskRunner(ReusableTaskRunner):
            def end(self, process, connection):
                super().end(process, connection)
                self.threads.append(threading.current_thread())


@family.breaks("executor.workers-have-the-environment")
class ChangesTheCallersEnvironment(ReusableExecutors):
    """The variables for the workers stay in the environment of the caller."""

    class Executor(ReusableExecutor):
        class TaskRunner(ReusableTaskRunner):
            def start(self):
                os.environ.update(self.env or {})
                return super().start()


@family.breaks("executor.worker-may-have-one-too")
class OnlyOnceInATree(ReusableExecutors):
    """A worker cannot have a reusable executor."""

    class Keeper(OwnKeeper):
        def get(self, *args, **named):
            if multiprocessing.parent_process() is not None:
                raise RuntimeError("not in a worker")
            return super().get(*args, **named)


@family.breaks("executor.threads-may-ask-at-once")
class IsForTheMainThread(ReusableExecutors):
    """A thread other than the main one gets an executor that was shut down."""

    class Keeper(OwnKeeper):
        def get(self, *args, **named):
            executor = super().get(*args, **named)
            if threading.current_thread() is not threading.main_thread():
                executor.shutdown()
            return executor


@family.breaks("executor.program-that-reuses-one-ends")
class DropsTasksAtTheEnd(ReusableExecutors):
    """The tasks that a program has left to the executor are not done."""

    class Keeper(OwnKeeper):
        def get(self, *args, **named):
            executor = super().get(*args, **named)
            threading._register_atexit(lambda: executor.shutdown(kill_workers=True))  # type: ignore[attr-defined]
            return executor


@family.breaks("executor.impossible-number-is-refused")
class EndsBeforeItRefuses(ReusableExecutors):
    """A number that is refused ends the executor that there is."""

    class Keeper(OwnKeeper):
        def get(self, *args, **named):
            try:
                return super().get(*args, **named)
            except ValueError:
                self.retire(kill_workers=False)
                raise


@family.breaks("executor.shutdown-can-end-tasks")
class KillsNobody(ReusableExecutors):
    """`shutdown` waits for the tasks, whatever `kill_workers` says."""

    class Executor(ReusableExecutor):
        def shutdown(self, wait=True, *, cancel_futures=False, kill_workers=False):
            super().shutdown(wait, cancel_futures=cancel_futures)


def _serve_and_keep(kept, *args):
    serve(*args)


@family.breaks("executor.workers-of-a-killed-program-exit-in-time")
class KeepsTheOtherEnd(ReusableExecutors):
    """Each worker has both ends of its connection, so that it waits for tasks of a program that was killed."""

    class Executor(ReusableExecutor):
        class TaskRunner(ReusableTaskRunner):
            def process(self, here, there):
                return self.context.Process(target=_serve_and_keep, args=(here, there, [], *self.worker_args))


@family.breaks("executor.shutdown-can-end-what-tasks-have-started")
class KillsWorkersOnly(ReusableExecutors):
    """`shutdown(kill_workers=True)` ends the workers, and not what they have started."""

    class Executor(ReusableExecutor):
        class TaskRunner(ReusableTaskRunner):
            kill = OwnTaskRunner.kill


@family.breaks(
    "executor.pickling-may-outlast-idle-workers", "executor.pickling-may-outlast-idle-workers-and-a-shutdown"
)
class DropsSlowTasks(ReusableExecutors):
    """A task that is pickled for longer than the timeout of idle workers is never done."""

    class Executor(ReusableExecutor):
        class TaskRunner(ReusableTaskRunner):
            def carry_out(self, future, task, connection):
                sending = threading.Thread(target=dumps, args=(task,), daemon=True)
                sending.start()
                sending.join(self.timeout)
                return not sending.is_alive() and super().carry_out(future, task, connection)
