"""A model of `wait`: pipes with a number of messages each, of which those that have one are ready."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from spec.harness.witness import caller
from spec.models.bench import Bench, Model, somebody

PIPES = 3

some_pipe = st.integers(0, PIPES - 1)


class WaitModel(Model):
    """Pipes that all workers have: a `spec.claims.wait.payloads.Desk` of `PIPES` pipes."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.messages = [0] * PIPES
        self.waiting: list[int] = []

    @property
    def busy(self) -> list[int]:
        """The workers that wait."""
        return self.waiting

    @property
    def ready(self) -> list[int]:
        """The numbers of the pipes that have a message."""
        return [pipe for pipe, messages in enumerate(self.messages) if messages]

    @rule(worker=somebody, pipe=some_pipe)
    def send(self, worker: int, pipe: int) -> None:
        """Every worker that waits goes on, and is told of the pipe."""
        with self.bench.trial():
            self.does(self.idle(worker), "send", pipe)
            self.messages[pipe] += 1
            for waiter in self.waiting:
                caller.shows("what wait() returns", self.bench.workers[waiter].result(), expected=self.ready)
            self.waiting = []

    @precondition(lambda self: self.ready)
    @rule(worker=somebody, place=some_pipe)
    def receive(self, worker: int, place: int) -> None:
        """A message that is received is not there any more."""
        with self.bench.trial():
            pipe = self.ready[place % len(self.ready)]
            self.does(self.idle(worker), "receive", pipe)
            self.messages[pipe] -= 1

    @rule(worker=somebody, seconds=st.sampled_from([0, 0.001]))
    def look(self, worker: int, seconds: float) -> None:
        """A wait that gives up soon returns all that are ready, and none if none is."""
        with self.bench.trial():
            returned = self.does(self.idle(worker), "ready", seconds)
            caller.shows(f"what wait(..., {seconds}) returns", returned, expected=self.ready)

    @precondition(lambda self: self.ready)
    @rule(worker=somebody)
    def wait_for_what_is_ready(self, worker: int) -> None:
        """A wait does not block if one is ready, and returns all that are."""
        with self.bench.trial():
            returned = self.does(self.idle(worker), "ready")
            caller.shows("what wait() returns", returned, expected=self.ready)

    @precondition(lambda self: not self.ready and self.spare)
    @rule(worker=somebody)
    def wait(self, worker: int) -> None:
        """A wait blocks if none is ready."""
        with self.bench.trial():
            worker = self.idle(worker)
            self.begins(worker, "ready")
            self.waiting.append(worker)

    def teardown(self) -> None:
        """Receive all messages, so that the next sequence begins with pipes that are empty, and nobody waits."""
        if self.bench.intact and self.waiting:
            self.send(worker=0, pipe=0)
        while self.bench.intact and self.ready:
            self.receive(worker=0, place=0)
