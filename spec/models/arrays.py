"""A model of an array with a recursive lock: a list, and the process that holds the lock, which alone can use it."""

from __future__ import annotations

from typing import Any, Optional

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from spec.harness.witness import caller
from spec.models.bench import WORKERS, Bench, Model, somebody

LENGTH = 4
"""The length of the array that is compared with the model."""

operations = st.sampled_from(
    [
        ("__enter__",),
        ("__getitem__", 0),
        ("__getitem__", -1),
        ("__getitem__", slice(1, 3)),
        ("__setitem__", 0, 5),
        ("__setitem__", 2, 6),
        ("__setitem__", -1, 7),
        ("__setitem__", slice(1, 3), [8, 9]),
    ]
)
"""What needs the lock, as the name of a method and its arguments."""


class ArrayModel(Model):
    """An array of `LENGTH` whole numbers, and its lock."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.numbers = [0] * LENGTH
        self.holder: Optional[int] = None
        self.depth = 0
        self.waiting: Optional[int] = None
        self.waits_to: tuple[Any, ...] = ()

    @initialize()
    def begin(self) -> None:
        """Begin with an array of zeros, which may be one that was used before."""
        super().begin()
        with self.bench.trial():
            self.does(0, "__setitem__", slice(None), self.numbers)

    @property
    def busy(self) -> list[int]:
        """The worker that waits for the lock, if one does."""
        return [] if self.waiting is None else [self.waiting]

    def other(self, worker: int) -> int:
        """Return *worker*, or the next one, that neither holds the lock nor waits for it."""
        return next(
            w % WORKERS for w in range(worker, worker + WORKERS) if w % WORKERS not in (self.holder, self.waiting)
        )

    def ends(self, worker: int, operation: tuple[Any, ...], result: object) -> None:
        """State that an *operation* of *worker* has had the right *result*, and do the same to the list."""
        method, *arguments = operation
        if method == "__enter__":
            self.holder, self.depth, expected = worker, self.depth + 1, True
        else:
            expected = getattr(self.numbers, method)(*arguments)
        caller.shows(f"what {method}({', '.join(map(repr, arguments))}) returns", result, expected=expected)

    @rule(worker=somebody, operation=operations)
    def use(self, worker: int, operation: tuple[Any, ...]) -> None:
        """The holder of the lock, or anybody if none holds it, uses the array without waiting."""
        with self.bench.trial():
            who = self.other(worker) if self.holder is None else self.holder
            self.ends(who, operation, self.does(who, *operation))

    @precondition(lambda self: self.holder is not None and self.waiting is None)
    @rule(worker=somebody, operation=operations)
    def use_though_it_is_held(self, worker: int, operation: tuple[Any, ...]) -> None:
        """Whatever another does with the array waits while the lock is held."""
        with self.bench.trial():
            who = self.other(worker)
            self.begins(who, *operation)
            self.waiting, self.waits_to = who, operation

    @precondition(lambda self: self.holder is not None)
    @rule()
    def leave(self) -> None:
        """The holder releases the lock, and after the last release the one that waits goes on."""
        with self.bench.trial():
            assert self.holder is not None
            self.does(self.holder, "__exit__", None, None, None)
            self.depth -= 1
            if self.depth:
                return
            self.holder = None
            if self.waiting is not None:
                who, self.waiting = self.waiting, None
                self.ends(who, self.waits_to, self.bench.workers[who].result())

    @rule(worker=somebody)
    def leave_though_it_is_not_held(self, worker: int) -> None:
        """A process that does not hold the lock cannot release it."""
        with self.bench.trial():
            self.is_refused("AssertionError", self.other(worker), "__exit__", None, None, None)

    def teardown(self) -> None:
        """Release the lock, so that the next sequence begins with a free one."""
        while self.bench.intact and self.holder is not None:
            self.leave()
