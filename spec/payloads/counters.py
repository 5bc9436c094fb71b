"""What clients of a manager do, and objects that stop where something is done with them."""

from __future__ import annotations

from collections.abc import MutableMapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from impl.contract import Pause, Queue

    Shared = MutableMapping[str, Any]


class Failed(Exception):
    """Raised between a read and a write."""


def fail(_read: object) -> None:
    """Be work that goes wrong."""
    raise Failed


def subtract(counter: Shared) -> None:
    """Take one off in place."""
    counter["num"] -= 1


def append(shared: Shared, item: object) -> list[object]:
    """Append to the list in a shared dict, by a call and by ``+=``, and return what the changed list holds."""
    numbers = shared["list"]
    numbers.append(item)
    numbers += [item]
    return list(numbers)


def append_and_assign(shared: Shared, item: object) -> None:
    """Append to the list in a shared dict, and assign it back."""
    numbers = shared["list"]
    numbers.append(item)
    shared["list"] = numbers


def ask(shared: Any, method: str, *args: object) -> object:
    """Call a *method* of a dict or a list, and return its answer; the exception if there is none."""
    try:
        return getattr(shared, method)(*args)
    except (LookupError, ValueError) as error:
        return repr(error)


def write_to_what_arrives(queue: Queue, number: int) -> None:
    """Get a shared dict from a queue, and write a *number* to it."""
    queue.get()["num"] = number


class Number:
    """A number that stops, and tells its value, where one takes something off it."""

    def __init__(self, value: int, pause: Pause) -> None:
        self._value, self._pause = value, pause

    def __sub__(self, other: int) -> int:
        self._pause(self._value)
        return self._value - other


class Key:
    """A key that stops where it is looked up."""

    def __init__(self, pause: Pause) -> None:
        self._pause = pause

    def __hash__(self) -> int:
        self._pause()
        return 0


class Parcel:
    """An object that can be sent to a manager, and stops where the manager sends it on to.

    What arrives there in the end is the text ``parcel``.
    """

    def __init__(self, pause: Pause, sent: bool = False) -> None:
        self._pause, self._sent = pause, sent

    def __reduce__(self) -> tuple[Any, ...]:
        return (deliver, (self._pause,)) if self._sent else (Parcel, (self._pause, True))


def deliver(pause: Pause) -> str:
    """Stop, then hand over."""
    pause()
    return "parcel"
