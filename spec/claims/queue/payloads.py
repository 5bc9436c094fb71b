"""Payloads that put to and get from queues and pipes."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

    from impl.contract import Connection, Lock, MakesProcesses, Multiprocessing, Pause, Queue
    from spec.harness.recorder import Recorder


BIG_ITEM_BYTES = 2 * 1024 * 1024
"""A number of bytes that is larger than a pipe's buffer: see `pipe(7) <https://man7.org/linux/man-pages/man7/pipe.7.html>`_."""


def put_all(queue: Queue, items: Iterable[object]) -> None:
    """Put each of the *items*."""
    for item in items:
        queue.put(item)


def get_some(queue: Queue, count: int) -> list[Any]:
    """Get *count* items."""
    return [queue.get() for _ in range(count)]


def put_numbered(queue: Queue, producer: int, count: int) -> None:
    """Put *count* items, each with the number of its *producer* and its own number."""
    put_all(queue, [(producer, number) for number in range(count)])


def put_big_and_small(queue: Queue, producer: int, count: int) -> None:
    """Put *count* items, each with the number of its *producer* and its own number.

    Every tenth item is larger than the pipe's buffer.
    """
    put_all(queue, [(producer, number, bytes(0 if number % 10 else BIG_ITEM_BYTES // 8)) for number in range(count)])


class HeldUp:
    """An item whose pickling stops at *pause*, and which is unpickled as the text that *pause* returns."""

    def __init__(self, pause: Pause) -> None:
        self._pause = pause

    def __reduce__(self) -> tuple[Callable[[object], object], tuple[object]]:
        return str, (self._pause(),)


def put_held_up(queue: Queue, pause: Pause) -> None:
    """Put an item whose pickling stops at *pause*."""
    queue.put(HeldUp(pause))


def put_in_a_thread(queue: Queue, pause: Pause) -> None:
    """Put an item here, and a later one in a thread that stops at *pause* first and is not waited for here."""

    def put_late() -> None:
        pause()
        queue.put("late")

    queue.put("early")
    threading.Thread(target=put_late).start()


def tell_first(log: Recorder, given: object, _lock: Lock) -> None:
    """Record the argument *given*.  The lock can be pickled only while a process starts."""
    log("given", given)


class EqualToAll:
    """A value that is equal to every other value."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "equal to all"


class Unpicklable:
    """An item that cannot be pickled."""

    def __reduce__(self) -> tuple[Callable[[object], object], tuple[object]]:
        raise TypeError("an item that cannot be pickled")


INSTEAD_OF_AN_ITEM = "a text"


def as_text(_item: Unpicklable) -> Any:
    """Be a reducer: let an item be pickled as a text."""
    return str, (INSTEAD_OF_AN_ITEM,)


class Unreadable:
    """An item that can be pickled but not unpickled."""

    def __reduce__(self) -> tuple[Callable[[], object], tuple[()]]:
        return raise_in_unpickling, ()


def raise_in_unpickling() -> None:
    """Raise ImportError, as the unpickling of an item can."""
    raise ImportError("an item that cannot be unpickled")


def put_unreadable(queue: Queue) -> None:
    """Put an item that cannot be unpickled."""
    queue.put(Unreadable())


def put_around_unpicklable(queue: Queue) -> None:
    """Put an item, then one that cannot be pickled, then another."""
    put_all(queue, ["before", Unpicklable(), "after"])


def put_and_fail(queue: Queue, error: BaseException) -> None:
    """Put an item, and then raise *error*."""
    queue.put("last words")
    raise error


def put_big(queue: Queue) -> None:
    """Put an item that is larger than a pipe's buffer."""
    queue.put(b"x" * BIG_ITEM_BYTES)


def put_big_and_cancel(queue: Queue) -> None:
    """Put an item that is larger than a pipe's buffer, and do not wait for it at exit."""
    queue.put(b"x" * BIG_ITEM_BYTES)
    queue.cancel_join_thread()


def close_and_join_thread(queue: Queue) -> None:
    """Close the queue, and wait until all items of this process are in the pipe."""
    queue.close()
    queue.join_thread()


def read(queue: Queue, reading: Pause) -> None:
    """Stop at *reading*, and then get an item."""
    reading()
    queue.get()


def make_and_join_thread(mp: Multiprocessing, reading: Pause, joining: Pause, log: Recorder) -> None:
    """Make a queue, put an item that is larger than a pipe's buffer, and wait until it is in the pipe.

    Args:
        mp: the multiprocessing API.
        reading: where a child stops before it gets the item.
        joining: where this process stops before it waits.
        log: where this process records ``joined`` when it has waited.
    """
    queue = mp.Queue()
    child = mp.Process(target=read, args=(queue, reading))
    child.start()
    put_big(queue)
    joining()
    close_and_join_thread(queue)
    log("joined")
    child.join()


def start_and_join(mp: Multiprocessing, task: Callable[[], object]) -> None:
    """Start a child that runs *task*, and join it at once."""
    child = mp.Process(target=task)
    child.start()
    child.join()


def put_and_have_a_child_put(mp: Multiprocessing, pickling: Pause, joined: Pause) -> list[object]:
    """Put two items, let a child put another one, and return the first three items that arrive.

    Args:
        mp: the multiprocessing API.
        pickling: where the pickling of the first item stops.
        joined: where this process stops after it has joined the child.
    """
    queue = mp.Queue()
    put_held_up(queue, pickling)
    queue.put("behind that")
    child = mp.Process(target=put_all, args=(queue, ["the child's"]))
    child.start()
    child.join()
    joined()
    return get_some(queue, 3)


def have_no_answer(pause: Pause, question: object) -> None:
    """Stop at *pause* with the *question*, and then exit without an answer."""
    pause(question)
    raise SystemExit(1)


def answer_with_pid(_question: object) -> int:
    """Return the pid of the process that answers."""
    return os.getpid()


def put_and_get(queue: Queue, item: object, log: Recorder) -> None:
    """Put an item, get it, and record it as ``got``."""
    queue.put(item)
    log("got", queue.get())


def put_connection_and_close(queue: Queue, connection: Connection, put: Pause) -> None:
    """Put a *connection* and a text, close the connection, and stop at *put*."""
    put_all(queue, [connection, "behind it"])
    put()
    connection.close()
    put()


def send_connection_and_close(sender: Connection, connection: Connection) -> None:
    """Send a *connection*, and close it."""
    sender.send(connection)
    connection.close()


def room_for_files(most: int) -> int:
    """Return how many files this process may open besides those that it needs, and no more than *most*."""
    import resource  # here, because Windows has no such module, and pytest collects the claims there too

    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return most if limit == resource.RLIM_INFINITY else min(most, limit - 100)


class Correspondent:
    """An object that gets a connection from a queue or a pipe, and uses it.

    Args:
        receive: the call that returns the connection.
    """

    def __init__(self, receive: Callable[[], Any]) -> None:
        self._receive = receive

    def receive(self) -> None:
        """Get the connection."""
        self._connection = self._receive()

    def send(self, message: object) -> None:
        """Send a *message* through the connection."""
        self._connection.send(message)


def leave_queues(mp: Any) -> list[object]:
    """Return queues and pipes: not used, full, closed, with items that nobody gets, and with one that is dropped."""
    unused, full, closed, filled, cancelled = queues = mp.Queue(), mp.Queue(1), mp.Queue(), mp.Queue(), mp.Queue()
    for queue in full, closed, filled, filled, cancelled:
        queue.put("dumpling")
    filled.get()
    closed.close()
    cancelled.cancel_join_thread()
    pipe, ends = mp.Pipe(), mp.Pipe(duplex=False)
    pipe[0].send("dumpling")
    ends[0].close()
    for _ in range(20):
        queue = mp.Queue()
        queue.put(queue.empty())
        queue.get()
    return [*queues, *pipe, ends[1], unused]


def answer_as_client(client: Callable[..., Any], address: object, authkey: Optional[bytes]) -> None:
    """Connect to the listener at an *address*, and send back what comes from there, and the pid of this process."""
    with client(address, authkey=authkey) as connection:
        connection.send((connection.recv(), os.getpid()))


def get_letters(queue: Any) -> tuple[str, int]:
    """Get some bytes, and return the letters that are in them, and how many they are."""
    item = queue.get()
    return "".join(map(chr, sorted({*item}))), len(item)


def work_without_standard_files(mp: Multiprocessing) -> None:
    """A program: close the standard files, let a child put a number, and exit with that number."""
    for file in range(3):
        os.close(file)
    receiver, sender = mp.Pipe(False)
    queue = mp.Queue()
    child = mp.Process(target=queue.put, args=(3,))
    child.start()
    sender.send(4)
    number = queue.get() + receiver.recv()
    child.join()
    os._exit(number + int(child.exitcode or 0))


def cancel_and_put_big(queue: Queue) -> None:
    """Cancel the wait for items, and put one that does not fit into a pipe."""
    queue.cancel_join_thread()
    queue.put(bytes(BIG_ITEM_BYTES))


def let_a_child_tell(make: MakesProcesses, queue: Queue, sender: Connection) -> None:
    """Start a child that puts its pid to the *queue*, and sends it, and join that child."""
    child = make(target=tell_pid, args=(queue, sender))
    child.start()
    child.join()


def tell_pid(queue: Queue, sender: Connection) -> None:
    """Put the pid of this process to the *queue*, and send it through the *sender*."""
    queue.put(os.getpid())
    sender.send(os.getpid())
