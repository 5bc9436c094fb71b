"""A model of a semaphore: a value that acquires lower and releases raise, and that is never below zero."""

from __future__ import annotations

from typing import Optional

from hypothesis.stateful import precondition, rule

from spec.harness.witness import caller, kernel
from spec.models.bench import Bench, Model, somebody


class SemaphoreModel(Model):
    """A semaphore that any process may release, as often as it likes.

    Attributes:
        START: the value that it is made with.
        BOUND: the highest value that it can have; None for no bound.
    """

    START = 2
    BOUND: Optional[int] = None

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.value = self.START
        self.waiting: list[int] = []

    @property
    def busy(self) -> list[int]:
        """The workers that have an acquire in progress."""
        return self.waiting

    @property
    def full(self) -> bool:
        """Whether a release is refused."""
        return self.value == self.BOUND

    @precondition(lambda self: self.value)
    @rule(worker=somebody)
    def acquire(self, worker: int) -> None:
        """An acquire does not wait while the value is above zero."""
        with self.bench.trial():
            caller.shows("acquire()", self.does(self.idle(worker), "acquire"), expected=True)
            self.value -= 1

    @precondition(lambda self: not self.value and self.spare)
    @rule(worker=somebody)
    def acquire_from_zero(self, worker: int) -> None:
        """An acquire waits while the value is zero."""
        with self.bench.trial():
            worker = self.idle(worker)
            self.begins(worker, "acquire")
            self.waiting.append(worker)

    @rule(worker=somebody)
    def try_to_acquire(self, worker: int) -> None:
        """A non-blocking acquire succeeds if the value is above zero, and only then."""
        with self.bench.trial():
            acquired = self.does(self.idle(worker), "acquire", False)
            caller.shows("acquire(False)", acquired, expected=self.value > 0)
            self.value -= acquired

    @precondition(lambda self: not self.value)
    @rule(worker=somebody)
    def acquire_in_vain(self, worker: int) -> None:
        """An acquire that gives up after a while takes nothing, then or later."""
        with self.bench.trial():
            caller.shows("acquire(True, 0.001)", self.does(self.idle(worker), "acquire", True, 0.001), expected=False)

    @precondition(lambda self: not self.full)
    @rule(worker=somebody)
    def release(self, worker: int) -> None:
        """After a release, exactly one of the workers that wait goes on; if none waits, the value is one higher."""
        with self.bench.trial():
            self.does(self.idle(worker), "release")
            if not self.waiting:
                self.value += 1
                return
            lucky = self.first(self.waiting)
            caller.shows("a waiter's acquire() after a release", self.bench.workers[lucky].result(), expected=True)
            self.waiting.remove(lucky)
            still = [waiter for waiter in self.waiting if self.waits(waiter)]
            kernel.shows("the workers that still wait", still, expected=self.waiting)

    def teardown(self) -> None:
        """Release or acquire the semaphore, so that the next sequence begins with the first value."""
        while self.bench.intact and (self.waiting or self.value < self.START):
            self.release(worker=0)
        while self.bench.intact and self.value > self.START:
            self.acquire(worker=0)


class BoundedSemaphoreModel(SemaphoreModel):
    """A semaphore whose value never exceeds the one that it was made with.

    Attributes:
        REFUSAL: the exception that a release beyond the bound raises.
    """

    BOUND = SemaphoreModel.START
    REFUSAL = "ValueError"

    @precondition(lambda self: self.full)
    @rule(worker=somebody)
    def release_too_often(self, worker: int) -> None:
        """A release beyond the bound is refused."""
        with self.bench.trial():
            self.is_refused(self.REFUSAL, worker, "release")
