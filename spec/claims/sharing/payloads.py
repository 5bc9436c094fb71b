"""What clients of a manager do, and objects that stop where something is done with them."""

from __future__ import annotations

from collections.abc import MutableMapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from impl.contract import Multiprocessing, Pause, Queue

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


def repeat(shared: Shared) -> None:
    """Repeat what the list in a shared dict holds, in place."""
    numbers = shared["list"]
    numbers *= 2  # a proxy does what it stands for, and stays that


def ask(shared: Any, method: str, *args: object, **named: object) -> object:
    """Call a *method* of a dict or a list, and return its answer; the exception if there is none."""
    try:
        return getattr(shared, method)(*args, **named)
    except (LookupError, ValueError) as error:
        return repr(error)


class Recipient:
    """Gets a shared dict from a queue, and keeps it."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    def receive(self) -> None:
        """Get it."""
        self._shared = self._queue.get()

    def write(self, number: int) -> None:
        """Write a *number* to it."""
        self._shared["num"] = number

    def read(self) -> int:
        """Read the number."""
        number: int = self._shared["num"]
        return number


class Traveller:
    """Calls *arrive* where it is unpickled, and is no more than what that returns from there on."""

    def __init__(self, arrive: Callable[[], object]) -> None:
        self._arrive = arrive

    def __reduce__(self) -> tuple[Any, ...]:
        return self._arrive, ()


class Unanswerable:
    """Can be sent to a manager, and not from there."""

    def __init__(self, sent: bool = False) -> None:
        self._sent = sent

    def __reduce__(self) -> tuple[Any, ...]:
        if self._sent:
            raise TypeError("an answer that cannot be pickled")
        return Unanswerable, (True,)


class Mortal:
    """Can be sent to a manager, and calls *end* when the last reference to it is gone there."""

    def __init__(self, end: Callable[[], object], sent: bool = False) -> None:
        self._end, self._sent = end, sent

    def __reduce__(self) -> tuple[Any, ...]:
        return Mortal, (self._end, True)

    def __del__(self) -> None:
        if self._sent:
            self._end()


def use_a_manager(mp: Multiprocessing) -> None:
    """A program: print what a manager has been given, and leave it to the end of the program to shut that down."""
    manager: Any = mp.Manager()
    print(manager.dict(num=100)["num"])


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
