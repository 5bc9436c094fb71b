"""A model of a lock: it has at most one holder, and when it is released, one of the waiting processes acquires it."""

from __future__ import annotations

from hypothesis.stateful import precondition, rule

from spec.harness.witness import caller, kernel
from spec.models.bench import Bench, Model, somebody


class LockModel(Model):
    """A lock that is not reentrant, and that any process may release."""

    refusal = "ValueError"
    """The exception that the release of a free lock raises."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.held = False
        self.waiting: list[int] = []

    @property
    def busy(self) -> list[int]:
        """The workers that have an acquire in progress."""
        return self.waiting

    @precondition(lambda self: not self.held)
    @rule(worker=somebody)
    def acquire(self, worker: int) -> None:
        """A free lock is acquired without waiting."""
        with self.bench.trial():
            caller.shows("acquire() on a free lock", self.does(self.idle(worker), "acquire"), expected=True)
            self.held = True

    @precondition(lambda self: self.held and self.spare)
    @rule(worker=somebody)
    def acquire_held(self, worker: int) -> None:
        """An acquire of a held lock waits, even if it is the holder's own."""
        with self.bench.trial():
            worker = self.idle(worker)
            self.begins(worker, "acquire")
            self.waiting.append(worker)

    @rule(worker=somebody)
    def try_to_acquire(self, worker: int) -> None:
        """A non-blocking acquire succeeds if the lock is free, and only then."""
        with self.bench.trial():
            acquired = self.does(self.idle(worker), "acquire", False)
            caller.shows("acquire(False)", acquired, expected=not self.held)
            self.held = True

    @precondition(lambda self: self.held)
    @rule(worker=somebody)
    def release(self, worker: int) -> None:
        """After a release, exactly one of the workers that wait holds the lock; if none waits, it is free."""
        with self.bench.trial():
            self.does(self.idle(worker), "release")
            if not self.waiting:
                self.held = False
                return
            lucky = self.first(self.waiting)
            caller.shows("a waiter's acquire() after a release", self.bench.workers[lucky].result(), expected=True)
            self.waiting.remove(lucky)
            still = [waiter for waiter in self.waiting if self.waits(waiter)]
            kernel.shows("the workers that still wait", still, expected=self.waiting)

    @precondition(lambda self: not self.held)
    @rule(worker=somebody)
    def release_free(self, worker: int) -> None:
        """A free lock cannot be released."""
        with self.bench.trial():
            self.is_refused(self.refusal, worker, "release")

    def teardown(self) -> None:
        """Release the lock, so that the next sequence begins with a free one."""
        while self.bench.intact and self.held:
            self.release(worker=0)


class ManagedLockModel(LockModel):
    """A lock that a manager has made: a `threading.Lock`, which refuses with another exception."""

    refusal = "RuntimeError"
