"""What several claims about the items of a queue use."""

from __future__ import annotations

from queue import Empty

from impl.contract import Queue


def remaining(queue: Queue) -> list[object]:
    """Get all items that are available without waiting, and return them."""
    try:
        return [queue.get(False), *remaining(queue)]
    except Empty:
        return []


def comparable(value: object) -> object:
    """Return an object that equals another one only if both stand for equal values of the same type.

    This also works for values that are equal to everything, or to nothing.
    """
    return (type(value), value) if isinstance(value, (bytes, bytearray)) else repr(value)  # repr of 16 MiB is slow
