"""What the models share: workers that carry out operations, and a way to observe whether an operation waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Callable, Optional

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import FlakyFailure
from hypothesis.stateful import RuleBasedStateMachine, initialize, run_state_machine_as_test

from spec.harness.deadline import Backoff
from spec.harness.process_table import until_blocked
from spec.harness.witness import kernel, refuses
from spec.harness.worker import CallFailed, Worker

WORKERS = 3

AFTERWARDS = "This sequence passes on a new object, so the failure depends on earlier sequences on the same object."
"""The note on a sequence that failed once, and passed when it was repeated."""

somebody = st.integers(0, WORKERS - 1)


class Bench:
    """The object that is compared with a model, and its workers.

    They serve many sequences, and are replaced after a failure.

    Args:
        make: creates the object.
        make_worker: starts a worker that has the objects it is given; None if this process uses the object.
    """

    def __init__(self, make: Callable[[], Any], make_worker: Optional[Callable[..., Worker]] = None) -> None:
        self._make, self._make_worker = make, make_worker
        self.intact = False

    def set_up(self) -> None:
        """Make the object and its workers, at first and again after an operation has failed."""
        if not self.intact:
            self.subject = self._make()
            make_worker = self._make_worker
            self.workers = [make_worker(subject=self.subject) for _ in range(WORKERS)] if make_worker else []
            self.intact = True

    @contextmanager
    def trial(self) -> Iterator[None]:
        """Enclose an operation.  If the operation fails, the object and the workers are not used again."""
        self.intact = False
        yield
        self.intact = True


class Model(RuleBasedStateMachine):
    """A model of an object that processes share.  A subclass defines its operations.

    Args:
        bench: the object that is compared with the model, and its workers.
    """

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self.bench = bench

    @classmethod
    def verify(cls, make: Callable[[], Any], make_worker: Optional[Callable[..., Worker]] = None) -> None:
        """Try sequences of operations on the object that *make* returns.

        Args:
            make: creates the object.
            make_worker: starts a worker that has the objects it is given; None if this process uses the object.

        Raises:
            Violation: the object behaves differently from the model.
        """
        cls.try_sequences(Bench(make, make_worker))

    @classmethod
    def try_sequences(cls, bench: Bench) -> None:
        """Try sequences of operations on the object of the *bench*.

        Raises:
            Violation: the object behaves differently from the model.
        """
        try:
            run_state_machine_as_test(
                lambda: cls(bench),  # type: ignore[arg-type]
                settings=settings(
                    settings.get_profile("spec"),
                    max_examples=10,
                    stateful_step_count=12,
                    report_multiple_bugs=False,
                    # Each failure costs three workers, so shrinking a sequence would take long.
                    phases=[Phase.reuse, Phase.generate],
                ),
            )
        except FlakyFailure as failures:
            failure = failures.exceptions[0]
            failure.__notes__ = [*getattr(failures, "__notes__", ()), AFTERWARDS]
            raise failure from None

    @initialize()
    def begin(self) -> None:
        """Begin with an object in its initial state."""
        self.bench.set_up()

    @property
    def busy(self) -> list[int]:
        """The numbers of the workers that are in a call."""
        raise NotImplementedError

    def idle(self, worker: int) -> int:
        """Return *worker* if it is idle, or else the number of the next idle worker."""
        return next(w % WORKERS for w in range(worker, worker + WORKERS) if w % WORKERS not in self.busy)

    @property
    def spare(self) -> bool:
        """Whether at least two workers are idle: one can wait, and the other can end that wait."""
        return len(self.busy) < WORKERS - 1

    def waits(self, worker: int) -> bool:
        """Return whether the call that *worker* is in is blocked, and false if the call has ended."""
        asked = self.bench.workers[worker]
        until_blocked(other.pid for other in self.bench.workers if other is not asked)  # their items are in the pipe
        return asked.blocks()

    def first(self, waiting: Sequence[int]) -> int:
        """Wait until one of the *waiting* workers has ended its call, and return its number."""
        backoff = Backoff(f"one of {len(waiting)} waiting workers to continue")
        while True:
            for worker in waiting:
                if self.bench.workers[worker].done:
                    return worker
            backoff.wait()

    def does(self, worker: int, method: str, *args: object) -> Any:
        """Let *worker* call a *method* that must not wait, and return the result."""
        return self.bench.workers[worker].call(f"subject.{method}", *args)

    def begins(self, worker: int, method: str, *args: object) -> None:
        """Let *worker* call a *method* that must wait."""
        self.bench.workers[worker].begin(f"subject.{method}", *args)
        kernel.shows(f"whether {method}() is blocked", self.waits(worker), expected=True)

    def is_refused(self, error: str, worker: int, method: str, *args: object) -> None:
        """Let *worker*, or the next idle one, call a *method* that must raise *error*."""
        with refuses(CallFailed, error):
            self.does(self.idle(worker), method, *args)
