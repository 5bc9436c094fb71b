"""Models of queues.

A model states only what is certain.  After a put, the item is not immediately available to a get that does not wait.
The items of two processes can arrive in either order.  But a put waits exactly while the queue is full, a get waits
exactly while it is empty, and the items of one process arrive in the order in which it put them.
"""

from __future__ import annotations

from collections import deque
from typing import ClassVar, Optional

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from spec.harness.witness import caller, kernel, one_of, recorder
from spec.models.bench import WORKERS, Bench, Model, somebody

MOMENT = 0.01
"""The timeout, in seconds, of a call that is expected to be refused."""


class QueueModel(Model):
    """A model of any bounded queue."""

    maxsize: ClassVar[int] = 2

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.number = 0
        self.items: dict[int, deque[int]] = {worker: deque() for worker in range(WORKERS)}
        self.putting: Optional[tuple[int, int]] = None
        self.getting: Optional[int] = None

    @initialize(size=st.integers(0, maxsize))
    def begin(self, size: int) -> None:
        """Put *size* items first, so that the queue is full as often as it is empty."""
        super().begin()
        for _ in range(size):
            self.put(worker=0, method="put")

    @property
    def size(self) -> int:
        """The number of items that were put and not yet got."""
        return sum(len(items) for items in self.items.values())

    @property
    def busy(self) -> list[int]:
        """The numbers of the workers that are in a call."""
        return [worker for worker in (self.putting and self.putting[0], self.getting) if worker is not None]

    def new(self) -> int:
        """Return an item that is different from all others."""
        self.number += 1
        return self.number

    def was_put(self, worker: int, item: int) -> None:
        """Record that *worker* has put *item*.  If a get waits, it must return now."""
        self.items[worker].append(item)
        if self.getting is not None:
            getter, self.getting = self.getting, None
            self.was_got(self.bench.workers[getter].result())

    def was_got(self, item: object) -> None:
        """Record that *item* was got.  If a put waits, it must return now."""
        firsts = {items[0]: items for items in self.items.values() if items}
        recorder.shows("the item that is got", item, expected=one_of(*firsts))
        next(items for first, items in firsts.items() if first == item).popleft()
        if self.putting is not None:
            (putter, waiting), self.putting = self.putting, None
            self.bench.workers[putter].result()
            self.was_put(putter, waiting)

    @precondition(lambda self: self.size < self.maxsize)
    @rule(worker=somebody, method=st.sampled_from(["put", "put_nowait"]))
    def put(self, worker: int, method: str) -> None:
        """While there is room, a put does not wait."""
        with self.bench.trial():
            worker, item = self.idle(worker), self.new()
            self.does(worker, method, item)
            self.was_put(worker, item)

    @precondition(lambda self: self.size == self.maxsize and self.putting is None and self.spare)
    @rule(worker=somebody)
    def put_to_full(self, worker: int) -> None:
        """While there is no room, a put waits."""
        with self.bench.trial():
            worker, item = self.idle(worker), self.new()
            self.begins(worker, "put", item)
            self.putting = worker, item

    @precondition(lambda self: self.size == self.maxsize)
    @rule(worker=somebody)
    def put_nowait_to_full(self, worker: int) -> None:
        """While there is no room, a put that may not wait raises Full."""
        with self.bench.trial():
            self.is_refused("Full", worker, "put_nowait", self.new())

    @precondition(lambda self: self.size == self.maxsize)
    @rule(worker=somebody)
    def put_timed_to_full(self, worker: int) -> None:
        """While there is no room, a put with a timeout raises Full."""
        with self.bench.trial():
            self.is_refused("Full", worker, "put", self.new(), True, MOMENT)

    @precondition(lambda self: self.size > 0)
    @rule(worker=somebody)
    def get(self, worker: int) -> None:
        """While there is an item, a get does not wait for another put."""
        with self.bench.trial():
            self.was_got(self.does(self.idle(worker), "get"))

    @precondition(lambda self: self.size == 0 and self.getting is None and self.spare)
    @rule(worker=somebody)
    def get_from_empty(self, worker: int) -> None:
        """While there is no item, a get waits."""
        with self.bench.trial():
            worker = self.idle(worker)
            self.begins(worker, "get")
            self.getting = worker

    @precondition(lambda self: self.size == 0)
    @rule(worker=somebody)
    def get_nowait_from_empty(self, worker: int) -> None:
        """While there is no item, a get that may not wait raises Empty."""
        with self.bench.trial():
            self.is_refused("Empty", worker, "get_nowait")

    @precondition(lambda self: self.size == 0)
    @rule(worker=somebody)
    def get_timed_from_empty(self, worker: int) -> None:
        """While there is no item, a get with a timeout raises Empty."""
        with self.bench.trial():
            self.is_refused("Empty", worker, "get", True, MOMENT)

    @rule()
    def is_full_at_maxsize(self) -> None:
        """The queue is full if and only if it holds `maxsize` items."""
        with self.bench.trial():
            caller.shows("full()", self.bench.subject.full(), expected=self.size == self.maxsize)

    def teardown(self) -> None:
        """Empty the queue for the next sequence."""
        if self.bench.intact:
            if self.getting is not None:
                self.put(worker=0, method="put")
            while self.size:
                self.get(worker=0)


class BoundedQueueModel(QueueModel):
    """A model of a queue with a bound."""


class JoinableQueueModel(QueueModel):
    """A model of a queue with a bound that counts the items that are not yet reported as processed."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.outstanding = 0
        self.joining: list[int] = []

    @property
    def busy(self) -> list[int]:
        """The numbers of the workers that are in a call."""
        return super().busy + self.joining

    def was_put(self, worker: int, item: int) -> None:
        """Record that *worker* has put *item*, which is outstanding from now on."""
        self.outstanding += 1
        super().was_put(worker, item)

    @precondition(lambda self: self.outstanding > 0 and self.spare)
    @rule(worker=somebody)
    def join(self, worker: int) -> None:
        """While items are outstanding, a join waits, even if all of them were got."""
        with self.bench.trial():
            worker = self.idle(worker)
            self.begins(worker, "join")
            self.joining.append(worker)

    @precondition(lambda self: self.outstanding == 0)
    @rule(worker=somebody)
    def join_with_nothing_outstanding(self, worker: int) -> None:
        """While nothing is outstanding, a join does not wait."""
        with self.bench.trial():
            self.does(self.idle(worker), "join")

    @precondition(lambda self: self.outstanding > 0)
    @rule(worker=somebody)
    def task_done(self, worker: int) -> None:
        """The report of the last outstanding item ends every join that waits, and no other report ends one."""
        with self.bench.trial():
            self.does(self.idle(worker), "task_done")
            self.outstanding -= 1
            for joiner in self.joining:
                if self.outstanding > 0:
                    kernel.shows("whether join() is blocked", self.waits(joiner), expected=True)
                else:
                    self.bench.workers[joiner].result()
            if self.outstanding == 0:
                self.joining.clear()

    @precondition(lambda self: self.outstanding == 0)
    @rule(worker=somebody)
    def task_done_too_many(self, worker: int) -> None:
        """While nothing is outstanding, a report raises ValueError."""
        with self.bench.trial():
            self.is_refused("ValueError", worker, "task_done")

    def teardown(self) -> None:
        """Empty the queue and report all items for the next sequence."""
        super().teardown()
        while self.bench.intact and self.outstanding:
            self.task_done(worker=0)
