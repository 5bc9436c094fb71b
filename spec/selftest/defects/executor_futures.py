"""Executors whose futures have a fault."""

from __future__ import annotations

from typing import Any

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.own_executors import OwnExecutor, OwnExecutors, OwnFuture, OwnTaskRunner

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


class _RunsAllTheSame(OwnFuture):
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
        class TaskRunner(OwnTaskRunner):
            Future = _RunsAllTheSame


class _Cancellable(OwnFuture):
    def cancel(self):
        super().cancel()
        return True


@family.breaks("executor.begun-task-cannot-be-cancelled", "executor.takes-back-what-no-worker-has")
class SaysItIsCancelled(OwnExecutors):
    """`cancel` returns true, also if the task runs or is done."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            Future = _Cancellable


Future: Any = OwnFuture


class _CallsBackwards(Future):
    def _invoke_callbacks(self):
        self._done_callbacks.reverse()
        super()._invoke_callbacks()


@family.breaks("executor.callbacks-are-called-once-in-order")
class CallsBackwards(OwnExecutors):
    """The callback that was added last is called first."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
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
        class TaskRunner(OwnTaskRunner):
            Future = _CallsUntilAnError


class _FailsOnce(Future):
    asked = 0

    def exception(self, timeout=None):
        error = super().exception(timeout)
        self.asked += 1
        return error if self.asked == 1 else None


@family.breaks("executor.what-is-done-is-told-at-once")
class TellsOfAFailureOnce(OwnExecutors):
    """A future tells once that its task has failed, and not again."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            Future = _FailsOnce


class _CallsUnlessCancelled(Future):
    def _invoke_callbacks(self):
        if not self.cancelled():
            super()._invoke_callbacks()


@family.breaks("executor.callback-is-called-for-every-end")
class CancelsSilently(OwnExecutors):
    """The callbacks of a future that is cancelled are not called."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            Future = _CallsUnlessCancelled


@family.breaks("executor.callback-may-submit")
class CallsBackWithTheLock(OwnExecutors):
    """Callbacks are called while the executor's lock is held."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            def deliver(self, future, outcome):
                with self.changed:
                    super().deliver(future, outcome)


class _FailsAsIfItReturned(Future):
    def set_exception(self, exception):
        with self._condition:
            self._exception = exception
            self._state = "FINISHED"
            for waiter in self._waiters:
                waiter.add_result(self)
            self._condition.notify_all()
        self._invoke_callbacks()


@family.breaks("executor.first-failure-may-end-the-wait")
class TellsWaitersOfNoFailure(OwnExecutors):
    """`wait` takes a task that fails for one that returns."""

    class Faulty(OwnExecutor):
        class TaskRunner(OwnTaskRunner):
            Future = _FailsAsIfItReturned
