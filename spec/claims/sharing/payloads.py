"""Functions of a manager's clients, and objects that call a function when they are used, pickled or dropped."""

from __future__ import annotations

import gc
import signal
import threading
from collections.abc import MutableMapping
from functools import partial

from spec.claims.shared.long_paths import put_temporary_files_far_away

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Callable

    from impl.contract import Multiprocessing, Pause, Queue
    from spec.harness.recorder import Recorder

    Shared = MutableMapping[str, Any]


class WorkFailed(Exception):
    """Raised between a read and a write, and inside a `with` block."""


def fail(_read: object) -> None:
    """Act as work that fails.

    Raises:
        WorkFailed: always.
    """
    raise WorkFailed


def subtract(counter: Shared) -> None:
    """Subtract one from the number in a shared dict, in place."""
    counter["num"] -= 1


def append(shared: Shared, item: object) -> list[object]:
    """Append to the list in a shared dict, by a call and by ``+=``, and return the items of the changed list."""
    numbers = shared["list"]
    numbers.append(item)
    numbers += [item]
    return list(numbers)


def append_and_assign(shared: Shared, item: object) -> None:
    """Append to the list in a shared dict, and assign it back."""
    numbers = shared["list"]
    numbers.append(item)
    shared["list"] = numbers


def change_nested(outer: Any) -> tuple[object, object, int]:
    """Add to the managed list, dict and queue in a managed list; return the first two as they were and its length."""
    numbers, named, queue, _ = (outer[place] for place in range(4))
    before = numbers[:], named.copy(), len(outer[3])
    outer[3][0].append(2)
    named["two"] = 2
    queue.put("dumpling")
    return before


def repeat(shared: Shared) -> None:
    """Repeat the items of the list in a shared dict, in place."""
    numbers = shared["list"]
    numbers *= 2  # a proxy changes its list in place, and remains a proxy


class Recipient:
    """An object that gets a shared dict from a queue, and keeps it."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    def receive(self) -> None:
        """Get the dict from the queue."""
        self._shared = self._queue.get()

    def write(self, number: int) -> None:
        """Write a *number* to the dict."""
        self._shared["num"] = number

    def read(self) -> int:
        """Return the number in the dict."""
        number: int = self._shared["num"]
        return number

    def drop(self) -> None:
        """Drop the dict."""
        del self._shared
        gc.collect()


class PickledCall:
    """An object that is pickled as a call: unpickling it calls *arrive*, and returns the result of that call."""

    def __init__(self, arrive: Callable[[], object]) -> None:
        self._arrive = arrive

    def __reduce__(self) -> tuple[Any, ...]:
        return self._arrive, ()


class PicklableOnce:
    """An object that can be sent to a manager, but not back from it."""

    def __init__(self, sent: bool = False) -> None:
        self._sent = sent

    def __reduce__(self) -> tuple[Any, ...]:
        if self._sent:
            raise TypeError("an answer that cannot be pickled")
        return PicklableOnce, (True,)


class DropReporter:
    """An object that can be sent to a manager, and calls *end* when the last reference to it there is gone."""

    def __init__(self, end: Callable[[], object], sent: bool = False) -> None:
        self._end, self._sent = end, sent

    def __reduce__(self) -> tuple[Any, ...]:
        return DropReporter, (self._end, True)

    def __del__(self) -> None:
        if self._sent:
            self._end()


def use_a_manager(mp: Multiprocessing) -> None:
    """A program: print a number from a managed dict, and exit without shutting the manager down."""
    manager: Any = mp.Manager()
    print(manager.dict(num=100)["num"])


class PausingNumber:
    """A number that calls *pause* with its value when another number is subtracted from it."""

    def __init__(self, value: int, pause: Pause) -> None:
        self._value, self._pause = value, pause

    def __sub__(self, other: int) -> int:
        self._pause(self._value)
        return self._value - other


class PausingKey:
    """A key that calls *pause* in the process that looks it up."""

    def __init__(self, pause: Pause) -> None:
        self._pause = pause

    def __hash__(self) -> int:
        self._pause()
        return 0


class PausingParcel:
    """An object that can be sent to a manager, and calls *pause* in the process that the manager sends it to.

    That process receives the text ``parcel``.
    """

    def __init__(self, pause: Pause, sent: bool = False) -> None:
        self._pause, self._sent = pause, sent

    def __reduce__(self) -> tuple[Any, ...]:
        return (deliver, (self._pause,)) if self._sent else (PausingParcel, (self._pause, True))


def deliver(pause: Pause) -> str:
    """Call *pause*, then return the text ``parcel``."""
    pause()
    return "parcel"


def iterate(shared: Iterable[Any]) -> list[Any]:
    """Iterate over *shared*, and return what that yields, sorted."""
    return sorted(shared)


def serve_and_wait(mp: Multiprocessing, log: Recorder, pause: Pause) -> None:
    """A program: create a manager, record as ``server`` that its server gets a value, and stop at *pause*."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may start programs that ignore it
    manager: Any = mp.Manager()
    manager.dict(server=PickledCall(partial(log, "server")))
    pause()


def leave_managers(mp: Any) -> list[object]:
    """Return a manager with proxies, nested and used by a thread, and proxies of managers that are gone."""
    manager, shut_down, dropped = (mp.Manager() for _ in range(3))
    shared, nested = manager.dict(num=100), manager.list([1])
    shared["nested"] = nested
    thread = threading.Thread(target=shared.copy)
    thread.start()
    thread.join()
    proxies = [shared, nested, shut_down.dict(num=100), dropped.list([1])]
    shut_down.shutdown()
    return [manager, shut_down, *proxies]


def serve_and_end(mp: Any, log: Recorder, end: Callable[[], object]) -> None:
    """A program: create a manager, record as ``server`` that its server gets a value, and come to an *end*."""
    manager = mp.Manager()
    shared = manager.dict(server=PickledCall(partial(log, "server")))
    end()
    shared.clear()


def share_far_away(mp: Any, folder: str, log: Recorder) -> None:
    """A program: put temporary files at a long path inside *folder*, and record what is in a managed list."""
    put_temporary_files_far_away(folder)
    with mp.Manager() as manager:
        log("items", list(manager.list(["a ticket"])))
