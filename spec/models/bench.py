"""What the models have in common: workers that carry out operations, and how they are seen to wait or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Callable

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import FlakyFailure
from hypothesis.stateful import RuleBasedStateMachine, initialize, run_state_machine_as_test

from spec.harness.deadline import Backoff
from spec.harness.process_table import until_blocked
from spec.harness.witness import kernel, refuses
from spec.harness.worker import CallFailed, Worker

WORKERS = 3

AFTERWARDS = "On a new one this goes well: it is the sequences before, on the same one, that matter."
"""What is said of a sequence that has failed once, and not when it was tried again."""

somebody = st.integers(0, WORKERS - 1)


class Bench:
    """What is held against a model, and its workers; they serve many sequences, and are made anew after a failure.

    Args:
        make: makes it.
        make_worker: starts a worker that has the objects it is given.
    """

    def __init__(self, make: Callable[[], Any], make_worker: Callable[..., Worker]) -> None:
        self._make, self._make_worker = make, make_worker
        self.intact = False

    def set_up(self) -> None:
        """See to it that there is one, as it was made, and that all workers are at rest."""
        if not self.intact:
            self.subject = self._make()
            self.workers = [self._make_worker(subject=self.subject) for _ in range(WORKERS)]
            self.intact = True

    @contextmanager
    def trial(self) -> Iterator[None]:
        """While an operation is under way: should it fail, nothing of the bench is used again."""
        self.intact = False
        yield
        self.intact = True


class Model(RuleBasedStateMachine):
    """A model of something that processes share; a subclass says what it does.

    Args:
        bench: what is held against it.
    """

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self.bench = bench

    @classmethod
    def verify(cls, make: Callable[[], Any], make_worker: Callable[..., Worker]) -> None:
        """Try sequences of operations on what *make* makes.

        Raises:
            Violation: it did something else than the model.
        """
        bench = Bench(make, make_worker)
        try:
            run_state_machine_as_test(
                lambda: cls(bench),  # type: ignore[arg-type]
                settings=settings(
                    settings.get_profile("spec"),
                    max_examples=10,
                    stateful_step_count=12,
                    report_multiple_bugs=False,
                    # A sequence that failed has cost its workers, so making it shorter would take long.
                    phases=[Phase.reuse, Phase.generate],
                ),
            )
        except FlakyFailure as failures:
            failure = failures.exceptions[0]
            failure.__notes__ = [*getattr(failures, "__notes__", ()), AFTERWARDS]
            raise failure from None

    @initialize()
    def begin(self) -> None:
        """Begin with what is as it was made."""
        self.bench.set_up()

    @property
    def busy(self) -> list[int]:
        """Those with a call under way."""
        raise NotImplementedError

    def idle(self, worker: int) -> int:
        """Return *worker* if nothing is under way there, or else the next of whom that is true."""
        return next(w % WORKERS for w in range(worker, worker + WORKERS) if w % WORKERS not in self.busy)

    @property
    def spare(self) -> bool:
        """Whether more than one is idle, so that one may wait and somebody is left to end that."""
        return len(self.busy) < WORKERS - 1

    def waits(self, worker: int) -> bool:
        """Return whether the call that *worker* has under way is blocked; false once it has ended."""
        asked = self.bench.workers[worker]
        until_blocked(other.pid for other in self.bench.workers if other is not asked)  # what they put is in the pipe
        return asked.blocks()

    def first(self, waiting: Sequence[int]) -> int:
        """Wait until a call ends that one of those *waiting* has under way, and return whose it is."""
        backoff = Backoff(f"one of {len(waiting)} who wait to go on")
        while True:
            for worker in waiting:
                if self.bench.workers[worker].done:
                    return worker
            backoff.wait()

    def does(self, worker: int, method: str, *args: object) -> Any:
        """Have *worker* call a *method*, which is not to wait, and return the result."""
        return self.bench.workers[worker].call(f"subject.{method}", *args)

    def begins(self, worker: int, method: str, *args: object) -> None:
        """Have *worker* call a *method*, which is to wait."""
        self.bench.workers[worker].begin(f"subject.{method}", *args)
        kernel.shows(f"whether {method} waits", self.waits(worker), expected=True)

    def is_refused(self, error: str, worker: int, method: str, *args: object) -> None:
        """Have *worker*, or whoever is idle, call a *method*, which is not to wait on, and to raise *error*."""
        with refuses(CallFailed, error):
            self.does(self.idle(worker), method, *args)
