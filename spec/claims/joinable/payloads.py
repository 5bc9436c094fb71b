"""Payloads of producers and consumers."""

from __future__ import annotations

from collections.abc import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from impl.contract import JoinableQueue, Pause


def nothing(_item: object) -> None:
    """Make or eat an item without taking any time."""


def produce(produce: Callable[..., object], queue: JoinableQueue, done: Pause, items: Sequence[object]) -> None:
    """Call the lesson's *produce* for *items*, and stop at *done* when all of them are processed."""
    produce(queue, items, nothing, done)


def rest() -> None:
    """Do nothing more."""


def leave_outstanding(mp: Any) -> list[object]:
    """Return queues with nothing outstanding, with items that nobody gets, and with one that nobody reports."""
    joined, ungot, unreported = queues = [mp.JoinableQueue() for _ in range(3)]
    for queue in queues:
        queue.put("dumpling")
    for queue in joined, unreported:
        queue.get()
    joined.task_done()
    joined.join()
    ungot.put("dumpling")
    return [*queues]
