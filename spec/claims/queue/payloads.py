"""What processes do with queues and pipes."""

from __future__ import annotations

import os
from collections.abc import Iterable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from impl.contract import Lock, Multiprocessing, Pause, Queue
    from spec.harness.recorder import Recorder


BIG = 2 * 1024 * 1024
"""Bytes, more than a pipe's buffer has: see `pipe(7) <https://man7.org/linux/man-pages/man7/pipe.7.html>`_."""


def put_all(queue: Queue, items: Iterable[object]) -> None:
    """Put each of the *items*."""
    for item in items:
        queue.put(item)


def get_some(queue: Queue, count: int) -> list[Any]:
    """Get *count* items."""
    return [queue.get() for _ in range(count)]


def put_numbered(queue: Queue, producer: int, count: int) -> None:
    """Put *count* items that say who put them, and in which order."""
    put_all(queue, [(producer, number) for number in range(count)])


def put_big_and_small(queue: Queue, producer: int, count: int) -> None:
    """Put *count* items that say who put them, and in which order; every tenth does not fit the pipe."""
    put_all(queue, [(producer, number, bytes(0 if number % 10 else BIG // 8)) for number in range(count)])


class HeldUp:
    """Becomes, when it is pickled, what the *pause* that holds its pickling up returns."""

    def __init__(self, pause: Pause) -> None:
        self._pause = pause

    def __reduce__(self) -> tuple[Callable[[object], object], tuple[object]]:
        return str, (self._pause(),)


def put_held_up(queue: Queue, pause: Pause) -> None:
    """Put an item whose pickling stops at *pause*."""
    queue.put(HeldUp(pause))


def tell_first(log: Recorder, given: object, _lock: Lock) -> None:
    """Record the first thing that was *given*; the second, a lock, can be pickled only for a process that starts."""
    log("given", given)


class EqualToAll:
    """Is equal to whatever it is compared with."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "equal to all"


class Unpicklable:
    """Cannot be pickled."""

    def __reduce__(self) -> tuple[Callable[[object], object], tuple[object]]:
        raise TypeError("an item that cannot be pickled")


class Unreadable:
    """Can be pickled, and not unpickled."""

    def __reduce__(self) -> tuple[Callable[[], object], tuple[()]]:
        return raise_in_unpickling, ()


def raise_in_unpickling() -> None:
    """Stand for an item that cannot be unpickled."""
    raise ImportError("an item that cannot be unpickled")


def put_unreadable(queue: Queue) -> None:
    """Put an item that cannot be unpickled."""
    queue.put(Unreadable())


def put_around_unpicklable(queue: Queue) -> None:
    """Put an item, then one that cannot be pickled, then another."""
    put_all(queue, ["before", Unpicklable(), "after"])


def put_and_fail(queue: Queue, error: BaseException) -> None:
    """Put an item, and raise *error*."""
    queue.put("last words")
    raise error


def put_big(queue: Queue) -> None:
    """Put an item that does not fit into a pipe's buffer."""
    queue.put(b"x" * BIG)


def put_big_and_cancel(queue: Queue) -> None:
    """Put such an item, and give up waiting for it at exit."""
    queue.put(b"x" * BIG)
    queue.cancel_join_thread()


def close_and_join_thread(queue: Queue) -> None:
    """Close the queue, and wait until all that this process has put is in the pipe."""
    queue.close()
    queue.join_thread()


def read(queue: Queue, reading: Pause) -> None:
    """Stop at *reading*, and then get an item."""
    reading()
    queue.get()


def make_and_join_thread(mp: Multiprocessing, reading: Pause, joining: Pause, log: Recorder) -> None:
    """Make a queue, put an item that does not fit into a pipe's buffer, stop, and wait until it is in the pipe."""
    queue = mp.Queue()
    child = mp.Process(target=read, args=(queue, reading))
    child.start()
    put_big(queue)
    joining()
    close_and_join_thread(queue)
    log("joined")
    child.join()


def start_and_join(mp: Multiprocessing, task: Callable[[], object]) -> None:
    """Start a child, and join it with nothing in between."""
    child = mp.Process(target=task)
    child.start()
    child.join()


def have_no_answer(pause: Pause, question: object) -> None:
    """Stop at *pause* with the *question*, and then exit."""
    pause(question)
    raise SystemExit(1)


def answer_with_pid(_question: object) -> int:
    """Say who answers."""
    return os.getpid()
