"""A model of a condition: a lock that is given up to wait, and as many waiters woken as are notified."""

from __future__ import annotations

from typing import Optional

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from spec.harness.witness import caller, kernel
from spec.models.bench import Bench, Model, somebody


class ConditionModel(Model):
    """A condition with a reentrant lock.

    Attributes:
        holder: the worker that has the lock, if any has.
        depths: how often each worker that waits had acquired the lock; the woken are among them until they have it.
        woken: how many of these are notified, and only wait for the lock.
    """

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.holder: Optional[int] = None
        self.depths: dict[int, int] = {}
        self.woken = 0

    @property
    def busy(self) -> list[int]:
        """The workers that wait, for a notification or for the lock."""
        return [*self.depths]

    @precondition(lambda self: self.holder is None)
    @rule(worker=somebody)
    def acquire(self, worker: int) -> None:
        """A free lock is acquired without waiting."""
        with self.bench.trial():
            self.holder = self.idle(worker)
            caller.shows("acquire() of a free lock", self.does(self.holder, "acquire"), expected=True)

    @precondition(lambda self: self.holder is not None)
    @rule(worker=somebody)
    def try_to_acquire(self, worker: int) -> None:
        """A lock that is held cannot be acquired by others; its holder can acquire it once more."""
        with self.bench.trial():
            worker = self.idle(worker)
            acquired = self.does(worker, "acquire", False)
            caller.shows("acquire(False) of a held lock", acquired, expected=worker == self.holder)
            if acquired:
                self.does(worker, "release")

    @precondition(lambda self: self.holder is None and self.spare)
    @rule(worker=somebody, depth=st.integers(1, 2))
    def wait(self, worker: int, depth: int) -> None:
        """A worker that waits gives the lock up, however often it was acquired."""
        with self.bench.trial():
            worker = self.idle(worker)
            for _ in range(depth):
                self.does(worker, "acquire")
            self.begins(worker, "wait")
            self.depths[worker] = depth

    @precondition(lambda self: self.holder is not None and not self.woken)
    @rule(seconds=st.sampled_from([0, 0.001]))
    def wait_in_vain(self, seconds: float) -> None:
        """A wait that gives up after a while takes no notification, then or later."""
        with self.bench.trial():
            assert self.holder is not None
            caller.shows(f"wait({seconds})", self.does(self.holder, "wait", seconds), expected=False)

    @precondition(lambda self: self.holder is not None)
    @rule(method=st.sampled_from(["notify", "notify_all"]))
    def notify(self, method: str) -> None:
        """No worker that is notified goes on before the lock is released."""
        with self.bench.trial():
            assert self.holder is not None
            self.does(self.holder, method)
            self.woken = len(self.depths) if method == "notify_all" else min(self.woken + 1, len(self.depths))
            blocked = [worker for worker in self.busy if self.waits(worker)]
            kernel.shows("the workers that wait while another one has the lock", blocked, expected=self.busy)

    @precondition(lambda self: self.holder is None)
    @rule(worker=somebody, method=st.sampled_from(["wait", "notify", "notify_all"]))
    def use_without_the_lock(self, worker: int, method: str) -> None:
        """Without the lock, a worker can neither wait nor notify."""
        with self.bench.trial():
            self.is_refused("", worker, method)

    @precondition(lambda self: self.holder is not None)
    @rule()
    def release(self) -> None:
        """After a release, those that were notified have the lock one after the other, and no other wakes."""
        with self.bench.trial():
            assert self.holder is not None
            self.does(self.holder, "release")
            self.holder = None
            for _ in range(self.woken):
                lucky = self.first(self.busy)
                caller.shows("wait() of a worker that is woken", self.bench.workers[lucky].result(), expected=True)
                for _ in range(self.depths.pop(lucky)):
                    self.does(lucky, "release")
            self.woken = 0
            still = [worker for worker in self.busy if self.waits(worker)]
            kernel.shows("the workers that still wait", still, expected=self.busy)

    def teardown(self) -> None:
        """Wake all and release the lock, so that the next sequence begins with a free one for which none waits."""
        while self.bench.intact and (self.depths or self.holder is not None):
            if self.holder is None:
                self.acquire(worker=0)
            self.notify(method="notify_all")
            self.release()
