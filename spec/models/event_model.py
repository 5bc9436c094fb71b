"""A model of an event: it is set or not, and while it is not, all that wait for it are blocked."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from spec.harness.witness import caller
from spec.models.bench import Bench, Model, somebody


class EventModel(Model):
    """An event that any process may set and clear."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.is_set = False
        self.waiting: list[int] = []

    @property
    def busy(self) -> list[int]:
        """The workers that wait."""
        return self.waiting

    @rule(worker=somebody)
    def set(self, worker: int) -> None:
        """Every worker that waits goes on, and finds the event set."""
        with self.bench.trial():
            self.does(self.idle(worker), "set")
            self.is_set = True
            for waiter in self.waiting:
                caller.shows("wait() once the event is set", self.bench.workers[waiter].result(), expected=True)
            self.waiting = []

    @rule(worker=somebody)
    def clear(self, worker: int) -> None:
        """A worker may clear the event whether it is set or not."""
        with self.bench.trial():
            self.does(self.idle(worker), "clear")
            self.is_set = False

    @rule(worker=somebody)
    def ask(self, worker: int) -> None:
        """Every worker sees whether the event is set."""
        with self.bench.trial():
            caller.shows("is_set()", self.does(self.idle(worker), "is_set"), expected=self.is_set)

    @rule(worker=somebody, seconds=st.sampled_from([0, 0.001]))
    def wait_briefly(self, worker: int, seconds: float) -> None:
        """A wait that gives up soon returns whether the event is set."""
        with self.bench.trial():
            returned = self.does(self.idle(worker), "wait", seconds)
            caller.shows(f"wait({seconds})", returned, expected=self.is_set)

    @precondition(lambda self: self.is_set)
    @rule(worker=somebody)
    def wait_for_what_is_set(self, worker: int) -> None:
        """A wait for an event that is set does not block."""
        with self.bench.trial():
            caller.shows("wait()", self.does(self.idle(worker), "wait"), expected=True)

    @precondition(lambda self: not self.is_set and self.spare)
    @rule(worker=somebody)
    def wait(self, worker: int) -> None:
        """A wait for an event that is not set blocks."""
        with self.bench.trial():
            worker = self.idle(worker)
            self.begins(worker, "wait")
            self.waiting.append(worker)

    def teardown(self) -> None:
        """Wake all that wait and clear the event, so that the next sequence begins with one that is not set."""
        if self.bench.intact:
            self.set(worker=0)
            self.clear(worker=0)
