"""A model of a barrier for two parties: two that wait pass together, and while it is broken nobody passes."""

from __future__ import annotations

from hypothesis.stateful import precondition, rule

from spec.harness.witness import caller, kernel, refuses
from spec.harness.worker import CallFailed
from spec.models.bench import Bench, Model, somebody

BROKEN = "BrokenBarrierError"


class BarrierModel(Model):
    """A barrier for two parties.  Of three workers, at most one waits at any time."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.broken = False
        self.waiting: list[int] = []

    @property
    def busy(self) -> list[int]:
        """The workers that have a wait in progress."""
        return self.waiting

    @rule(worker=somebody)
    def come(self, worker: int) -> None:
        """The first party waits, the last one passes together with it, and a broken barrier lets nobody pass."""
        with self.bench.trial():
            worker = self.idle(worker)
            if self.broken:
                self.is_refused(BROKEN, worker, "wait")
            elif self.waiting:
                number = self.does(worker, "wait")
                numbers = sorted([number, self.bench.workers[self.waiting.pop()].result()])
                caller.shows("what both calls of wait() returned", numbers, expected=[0, 1])
            else:
                self.begins(worker, "wait")
                self.waiting.append(worker)
            self.has_its_facts()

    @precondition(lambda self: not self.broken and not self.waiting)
    @rule(worker=somebody)
    def come_in_vain(self, worker: int) -> None:
        """A wait whose timeout passes breaks the barrier."""
        with self.bench.trial():
            self.is_refused(BROKEN, worker, "wait", 0.001)
            self.broken = True
            self.has_its_facts()

    @precondition(lambda self: not self.broken)
    @rule(worker=somebody)
    def abort(self, worker: int) -> None:
        """An abort breaks the barrier, also for the party that waits."""
        with self.bench.trial():
            self.does(self.idle(worker), "abort")
            self.broken = True
            self.turns_back()

    @precondition(lambda self: self.broken or self.waiting)
    @rule(worker=somebody)
    def reset(self, worker: int) -> None:
        """A reset mends the barrier, and sends the party that waits back."""
        with self.bench.trial():
            self.does(self.idle(worker), "reset")
            self.broken = False
            self.turns_back()

    def turns_back(self) -> None:
        """State that the party that waited, if any, gets an error, and waits no more."""
        for worker in self.waiting:
            with refuses(CallFailed, BROKEN):
                self.bench.workers[worker].result()
        self.waiting.clear()
        self.has_its_facts()

    def has_its_facts(self) -> None:
        """State what the barrier says of itself."""
        barrier = self.bench.subject
        facts = (barrier.n_waiting, barrier.parties, barrier.broken)
        caller.shows("n_waiting, parties and broken", facts, expected=(len(self.waiting), 2, self.broken))
        still = [waiter for waiter in self.waiting if self.waits(waiter)]
        kernel.shows("the workers that still wait", still, expected=self.waiting)

    def teardown(self) -> None:
        """Reset the barrier, so that the next sequence begins with a new one."""
        if self.bench.intact:
            self.reset(worker=0)
