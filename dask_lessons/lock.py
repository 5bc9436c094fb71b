"""Lock: buyers on workers of a cluster, who change one file of the machine that all of them are on."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from dask_lessons.crew import Child, Crew
from impl.contract import Guard, Pause
from impl.lock import Tell, buy, query

__all__ = ["buy", "query", "sell"]


def sell(mp: object, stock: Path, buyers: int, lock: Guard, pause: Pause, tell: Tell) -> list[Child]:  # noqa: ARG001
    """Start *buyers* workers that each `buy` one ticket, and return the children in order, without joining them."""
    return Crew([partial(buy, buyer, stock, lock, pause, tell) for buyer in range(buyers)]).children
