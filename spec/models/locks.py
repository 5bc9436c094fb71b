"""A model of a lock: at most one holder, and whoever waits gets it when it is released."""

from __future__ import annotations

from hypothesis.stateful import precondition, rule

from spec.harness.witness import caller, kernel
from spec.models.bench import Bench, Model, somebody


class Lock(Model):
    """A lock that is not reentrant, and that anybody may release."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.held = False
        self.waiting: list[int] = []

    @property
    def busy(self) -> list[int]:
        """Those with an acquire under way."""
        return self.waiting

    @precondition(lambda self: not self.held)
    @rule(worker=somebody)
    def acquire(self, worker: int) -> None:
        """A free lock is acquired without waiting."""
        with self.bench.trial():
            caller.shows("whether it was acquired", self.does(self.idle(worker), "acquire"), expected=True)
            self.held = True

    @precondition(lambda self: self.held and self.spare)
    @rule(worker=somebody)
    def acquire_held(self, worker: int) -> None:
        """To acquire a lock that is held, by whomever, is to wait."""
        with self.bench.trial():
            worker = self.idle(worker)
            self.begins(worker, "acquire")
            self.waiting.append(worker)

    @rule(worker=somebody)
    def try_to_acquire(self, worker: int) -> None:
        """To acquire it without waiting succeeds if it is free, and only then."""
        with self.bench.trial():
            acquired = self.does(self.idle(worker), "acquire", False)
            caller.shows("whether it was acquired", acquired, expected=not self.held)
            self.held = True

    @precondition(lambda self: self.held)
    @rule(worker=somebody)
    def release(self, worker: int) -> None:
        """Once it is released, exactly one of those who wait has it; without any, it is free."""
        with self.bench.trial():
            self.does(self.idle(worker), "release")
            if not self.waiting:
                self.held = False
                return
            lucky = self.first(self.waiting)
            caller.shows("whether it was acquired", self.bench.workers[lucky].result(), expected=True)
            self.waiting.remove(lucky)
            still = [waiter for waiter in self.waiting if self.waits(waiter)]
            kernel.shows("who waits still", still, expected=self.waiting)

    @precondition(lambda self: not self.held)
    @rule(worker=somebody)
    def release_free(self, worker: int) -> None:
        """A free lock cannot be released."""
        with self.bench.trial():
            self.is_refused("ValueError", worker, "release")

    def teardown(self) -> None:
        """Leave it free, so that the next sequence finds it so."""
        while self.bench.intact and self.held:
            self.release(worker=0)
