"""A model of a pool: tasks begin in the order in which they are given, as many at once as there are workers."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from typing import Any, Callable

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from impl.contract import AsyncResult, Pool
from spec.harness.checkpoint import Arrival, Checkpoint
from spec.harness.process_table import until_exited
from spec.harness.witness import caller, gatekeeper, refuses
from spec.models.bench import Bench, Model

POOL_WORKERS = 2

some_task = st.integers(0, POOL_WORKERS - 1)


@dataclass
class Depot:
    """A pool of `POOL_WORKERS` workers.

    Attributes:
        pool: the pool.
        working: the checkpoint at which its tasks stop.
        obey: the task: it takes a function that stops there, and its own number, which it passes to the function; it
            returns what the function returns, or raises it if it is an exception.
        lost: whether a worker was killed during a task.  Then `join` may wait for that task.
    """

    pool: Pool
    working: Checkpoint
    obey: Callable[..., Any]
    lost: bool = False


class PoolModel(Model):
    """A pool that this process uses.

    Attributes:
        given: how many tasks it was given.
        results: the result of each task that has not ended, by its number.
        running: the tasks that are under way, with the place where they have stopped, oldest first.
    """

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.begin_anew()

    def begin_anew(self) -> None:
        """Begin with a pool that has no task."""
        self.given = 0
        self.results: dict[int, AsyncResult] = {}
        self.running: dict[int, Arrival] = {}

    @property
    def depot(self) -> Depot:
        """The pool and its checkpoint."""
        depot: Depot = self.bench.subject
        return depot

    @property
    def queued(self) -> list[int]:
        """The tasks that have not begun, in order."""
        return [task for task in self.results if task not in self.running]

    def tasks_begin(self) -> None:
        """As many of the oldest tasks begin as there are idle workers, and no other; none has ended."""
        ready = [task for task, result in self.results.items() if result.ready()]
        caller.shows("the tasks that are done", ready, expected=[])
        for task in self.queued[: POOL_WORKERS - len(self.running)]:
            arrival = self.depot.working.next()
            gatekeeper.shows("the task that begins", arrival.notes, expected=(task,))
            self.running[task] = arrival
        gatekeeper.shows("whether another task begins", self.depot.working.reached, expected=False)

    def pick(self, place: int) -> tuple[int, AsyncResult, Arrival]:
        """Return a task that is under way, which is so no more, its result, and where it has stopped."""
        task = list(self.running)[place % len(self.running)]
        return task, self.results.pop(task), self.running.pop(task)

    @precondition(lambda self: len(self.results) < 2 * POOL_WORKERS)
    @rule()
    def give(self) -> None:
        """A task begins if a worker is idle, and otherwise waits for its turn."""
        with self.bench.trial():
            task = self.given
            self.given += 1
            self.results[task] = self.depot.pool.apply_async(self.depot.obey, (self.depot.working.pause, task))
            self.tasks_begin()

    @precondition(lambda self: self.running)
    @rule(place=some_task)
    def end(self, place: int) -> None:
        """The result of a task that ends is what the task returns, and the next task begins."""
        with self.bench.trial():
            task, result, arrival = self.pick(place)
            arrival.let_go(f"result {task}")
            caller.shows("the result of a task", result.get(), expected=f"result {task}")
            self.tasks_begin()

    @precondition(lambda self: self.running)
    @rule(place=some_task)
    def fail(self, place: int) -> None:
        """The exception of a task that fails is raised where its result is asked for, and the next task begins."""
        with self.bench.trial():
            task, result, arrival = self.pick(place)
            arrival.let_go(ValueError(f"task {task}"))
            with refuses(ValueError, f"task {task}"):
                result.get()
            self.tasks_begin()

    @precondition(lambda self: self.running)
    @rule(place=some_task)
    def lose(self, place: int) -> None:
        """A worker that is killed is replaced, so that the next task begins."""
        with self.bench.trial():
            _, _, arrival = self.pick(place)
            os.kill(arrival.pid, signal.SIGKILL)
            until_exited(arrival.pid)
            self.depot.lost = True
            self.tasks_begin()

    @precondition(lambda self: len(self.running) < POOL_WORKERS)
    @rule(count=st.integers(0, 5))
    def map(self, count: int) -> None:
        """While a worker is idle, many items are done at once, and their results are in order."""
        with self.bench.trial():
            mapped = self.depot.pool.map(abs, range(-count, 0))
            caller.shows(f"map() of {count} items", mapped, expected=[*range(count, 0, -1)])

    @precondition(lambda self: self.running and not self.depot.lost)
    @rule()
    def close(self) -> None:
        """A pool that is closed takes nothing more, carries out what it has, and ends."""
        with self.bench.trial():
            self.depot.pool.close()
            with refuses(ValueError):
                self.depot.pool.apply_async(abs, (-1,))
        self.empty()
        self.depot.pool.join()
        self.replace()

    @precondition(lambda self: self.running)
    @rule()
    def terminate(self) -> None:
        """A pool that is terminated drops all its tasks."""
        with self.bench.trial():
            self.depot.pool.terminate()
            self.depot.pool.join()
            gatekeeper.shows("the tasks under way", [*filter(waits, self.running.values())], expected=[])
        self.replace()

    def empty(self) -> None:
        """Let all tasks end."""
        while self.bench.intact and self.running:
            self.end(place=0)

    def replace(self) -> None:
        """Go on with another pool."""
        self.bench.intact = False
        self.bench.set_up()
        self.begin_anew()

    def teardown(self) -> None:
        """Let all tasks end, so that the next sequence begins with a pool that has none."""
        self.empty()


def waits(arrival: Arrival) -> bool:
    """Return whether the process at *arrival* still waits there."""
    return arrival.waiting
