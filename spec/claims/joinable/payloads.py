"""What producers and consumers do with their items."""

from __future__ import annotations

from collections.abc import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    from impl.contract import JoinableQueue, Pause


def nothing(_item: object) -> None:
    """Make or eat an item in no time."""


def produce(produce: Callable[..., object], queue: JoinableQueue, done: Pause, items: Sequence[object]) -> None:
    """Produce *items*, and stop at *done* once all were processed."""
    produce(queue, items, nothing, done)


def rest() -> None:
    """Go on, with nothing more to do."""
