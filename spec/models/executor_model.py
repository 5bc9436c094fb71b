"""A model of an executor: tasks wait in a row, a given number of them run, and each ends in one of five ways."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import BrokenExecutor, CancelledError, Future
from contextlib import suppress
from typing import Any, Callable, NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import rule

from spec.harness.checkpoint import Arrival, Checkpoint
from spec.harness.witness import caller, gatekeeper, kernel, refuses
from spec.models.bench import Bench, Model

EXECUTOR_WORKERS = 2

anyone = st.integers(0, 99)


class Order(NamedTuple):
    """A task that was submitted.

    Attributes:
        number: the argument of the task, which is its place among the tasks of all sequences.
        future: its future.
    """

    number: int
    future: Future[Any]


class Running(NamedTuple):
    """A task that a worker has begun.

    Attributes:
        order: the task.
        arrival: it waits here.
    """

    order: Order
    arrival: Arrival


class Kitchen(Bench):
    """An executor that is compared with the model.  It serves many sequences, and is replaced when it is used up.

    Args:
        make: makes an executor with a given number of workers.
        task: what is submitted; it stops at *working*, and returns the reply.  If that is "fail", it raises an
            exception with its argument.
        working: where the tasks stop.
    """

    def __init__(self, make: Callable[[int], Any], task: Callable[[int], object], working: Checkpoint) -> None:
        super().__init__(lambda: make(EXECUTOR_WORKERS), lambda **_: None)  # type: ignore[arg-type]
        self.task, self.working, self.submitted = task, working, 0

    def set_up(self) -> None:
        """Make an executor, at first and when the last one is used up; those of failed operations are given up."""
        if not self.intact:
            self.threads = threading.enumerate()
            self.subject = self._make()
            self.intact = True

    def use_up(self) -> None:
        """Shut the executor down, and wait until its threads have ended, because the next one may fork."""
        self.subject.shutdown()
        for thread in threading.enumerate():
            if thread not in self.threads:  # a shutdown does not wait for them if another did not before
                thread.join()
        self.intact = False


class ExecutorModel(Model):
    """An executor with two workers.

    The state depends on time: a task can be cancelled until it is on its way to a worker.  So an operation that makes
    no sense in a state does nothing there.  It has no precondition, which Hypothesis would find inconsistent.
    """

    bench: Kitchen

    def __init__(self, bench: Kitchen) -> None:
        super().__init__(bench)
        self.waiting: list[Order] = []
        self.running: list[Running] = []
        self.open = True

    @rule(count=st.integers(1, EXECUTOR_WORKERS + 1))
    def submit(self, count: int) -> None:
        """A task begins if a worker is free, and waits in the row otherwise."""
        if not (self.open and len(self.waiting) < 2 * EXECUTOR_WORKERS):
            return
        with self.bench.trial():
            for _ in range(count):
                number = self.bench.submitted
                self.bench.submitted += 1
                self.waiting.append(Order(number, self.bench.subject.submit(self.bench.task, number)))
            self._next_begins()

    @rule(which=anyone)
    def succeed(self, which: int) -> None:
        """A task that returns passes its result on, and the next one begins."""
        if not self.running:
            return
        with self.bench.trial():
            order, arrival = self.running.pop(which % len(self.running))
            arrival.let_go(f"dish {order.number}")
            caller.shows("the result of a task", order.future.result(), expected=f"dish {order.number}")
            self._next_begins()

    @rule(which=anyone)
    def fail(self, which: int) -> None:
        """A task that raises an exception passes it on, and the next one begins."""
        if not self.running:
            return
        with self.bench.trial():
            order, arrival = self.running.pop(which % len(self.running))
            arrival.let_go("fail")
            with refuses(Exception, str(order.number)):
                order.future.result()
            self._next_begins()

    @rule(which=anyone)
    def cancel(self, which: int) -> None:
        """A task in the row leaves it if it can be cancelled, and stays otherwise."""
        if not self.waiting:
            return
        with self.bench.trial():
            order = self.waiting[which % len(self.waiting)]
            if order.future.cancel():
                self.waiting.remove(order)
                with refuses(CancelledError):
                    order.future.result()

    @rule(which=anyone)
    def cancel_in_vain(self, which: int) -> None:
        """A task that runs cannot be cancelled."""
        if not self.running:
            return
        with self.bench.trial():
            future = self.running[which % len(self.running)].order.future
            caller.shows("cancel() of a running task", future.cancel(), expected=False)

    @rule()
    def stop_taking(self) -> None:
        """After a shutdown, all that was submitted is done."""
        if not (self.open and self.running):
            return
        with self.bench.trial():
            self.bench.subject.shutdown(wait=False)
            self.open = False

    @rule(which=anyone)
    def kill(self, which: int) -> None:
        """With a worker that is killed, all tasks that are not done are lost."""
        if not (self.open and self.running):
            return
        with self.bench.trial():
            os.kill(self.running[which % len(self.running)].arrival.pid, signal.SIGKILL)
            with suppress(BrokenExecutor):
                self.bench.subject.submit(os.getpid)  # an executor may look after a new worker only then
            for future in (*(one.order.future for one in self.running), *(order.future for order in self.waiting)):
                with refuses(BrokenExecutor):
                    future.result()
            self.waiting, self.running, self.open = [], [], False

    @rule()
    def submit_in_vain(self) -> None:
        """Nothing can be submitted after a shutdown, or once a worker was killed."""
        if self.open:
            return
        with self.bench.trial(), refuses(RuntimeError):
            self.bench.subject.submit(self.bench.task, 0)

    @rule()
    def reopen(self) -> None:
        """Go on with another executor."""
        if self.open or self.running:
            return
        self.bench.use_up()
        self.bench.set_up()
        self.open = True

    def _next_begins(self) -> None:
        """State that the first tasks in the row begin, if workers are free."""
        free = EXECUTOR_WORKERS - len(self.running)
        beginning, self.waiting = self.waiting[:free], self.waiting[free:]
        arrivals = {arrival.notes[0]: arrival for arrival in self.bench.working.wait_for(len(beginning))}
        numbers = [order.number for order in beginning]
        gatekeeper.shows("the tasks that begin", sorted(arrivals), expected=numbers)
        self.running += [Running(order, arrivals[order.number]) for order in beginning]
        pids = {one.arrival.pid for one in self.running}
        kernel.shows("how many workers run tasks", len(pids - {os.getpid()}), expected=len(self.running))
        orders = [*(one.order for one in self.running), *self.waiting]
        done = [order.number for order in orders if order.future.done()]
        caller.shows("the tasks that are done although they have not ended", done, expected=[])

    def teardown(self) -> None:
        """Let all tasks end, so that the next sequence begins with an idle executor."""
        while self.bench.intact and self.running:
            self.succeed(which=0)
        if self.bench.intact and not self.open:
            self.bench.use_up()
