"""Sharing: a counter in a variable of the scheduler."""

from __future__ import annotations

import uuid
from contextlib import nullcontext
from functools import partial
from typing import Any

from distributed import Client, Lock, Variable

from dask_lessons.crew import cluster, spread
from impl.contract import Pause
from impl.sharing import take_one

__all__ = ["count_down", "take_one"]


class Counter:
    """A `distributed.Variable`, which has one value, as the dict that `take_one` uses.

    Args:
        name: the name by which the scheduler knows the variable.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getitem__(self, _key: str) -> int:
        return int(Variable(self._name).get())

    def __setitem__(self, _key: str, value: int) -> None:
        Variable(self._name).set(value)


def take_one_on_a_worker(name: str, pause: Pause, locked: bool) -> None:
    """Subtract one from the variable *name*, under the lock of that name if *locked* is true."""
    counter: Any = Counter(name)
    take_one(counter, Lock(name) if locked else nullcontext(), pause)


def count_down(mp: object, start: int, workers: int, pause: Pause, locked: bool = True) -> int:  # noqa: ARG001
    """Start *workers* workers that each `take_one` from a variable, and return the final value.

    The variable begins at *start*.  If *locked* is true, all workers use one lock; if it is false, nothing guards the
    variable.  The workers have ended when this function returns.
    """
    name = uuid.uuid4().hex
    with cluster(workers) as made, Client(made, set_as_default=False) as client:
        counter = Variable(name, client)
        counter.set(start)
        futures = spread(client, [partial(take_one_on_a_worker, name, pause, locked)] * workers)
        for _, future in futures:
            future.exception()  # waits for the end of the task
        return int(counter.get())
