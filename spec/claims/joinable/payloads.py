"""Payloads of producers and consumers."""

from __future__ import annotations

from collections.abc import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    from impl.contract import JoinableQueue, Pause


def nothing(_item: object) -> None:
    """Make or eat an item without taking any time."""


def produce(produce: Callable[..., object], queue: JoinableQueue, done: Pause, items: Sequence[object]) -> None:
    """Call the lesson's *produce* for *items*, and stop at *done* when all of them are processed."""
    produce(queue, items, nothing, done)


def rest() -> None:
    """Do nothing more."""
