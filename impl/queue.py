"""Queue: messages between processes.

Processes share no memory, so they send messages: through a pipe, which has two ends, or through a queue, which any
number of processes can put to and get from.  A message is pickled when it is sent, so a copy of it arrives.

A queue is a pipe with a lock at each end and a count.  ``put()`` waits only for room in the queue, never for the
pipe: it hands the item to a thread of its process, and that thread pickles the item and writes it to the pipe.  This
has three surprising consequences.  An item is not available immediately after the put, so ``empty()`` may still
return true.  If an item cannot be pickled, the error occurs in that thread, where nobody catches it.  And a process
does not exit before its items are written, so a process that joins it before it gets the items waits forever.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from queue import Empty, Full
from typing import Annotated, Any, Callable

from impl.contract import Connection, Multiprocessing, Queue


def message_from_child(mp: Multiprocessing, compose: Callable[[], object]) -> Any:
    """Start a child that puts the result of *compose*, get that message, and return it.

    The child has been joined when this function returns.
    """
    queue = mp.Queue(3)
    child = mp.Process(target=put_message, args=(queue, compose))
    child.start()
    message = queue.get()
    child.join()  # only after the get: the child may not exit before
    return message


def put_message(queue: Queue, compose: Callable[[], object]) -> None:
    """Put one message; this runs in the child."""
    queue.put(compose())


def answer_from_child(mp: Multiprocessing, question: object, answer: Callable[[Any], object]) -> Any:
    """Send *question* through a pipe to a child, and return the *answer* that the child sends back.

    The child has been joined when this function returns or raises.

    Raises:
        EOFError: the child ended without an answer.
    """
    here, there = mp.Pipe()
    child = mp.Process(target=send_answer, args=(there, answer))
    child.start()
    there.close()  # only the child has this end open now, so the pipe ends when the child does
    try:
        here.send(question)
        return here.recv()
    finally:
        here.close()
        child.join()


def send_answer(connection: Connection, answer: Callable[[Any], object]) -> None:
    """Receive a question and send the answer; this runs in the child."""
    connection.send(answer(connection.recv()))


def offer(queue: Queue, items: Sequence[object]) -> list[object]:
    """Put the *items* in order, without waiting, until there is no more room, and return the rest."""
    for number, item in enumerate(items):
        try:
            queue.put_nowait(item)
        except Full:
            return list(items[number:])
    return []


def take(queue: Queue, count: int) -> list[Any]:
    """Get *count* items, and wait for each of them."""
    return [queue.get() for _ in range(count)]


def poll(queue: Queue, otherwise: object) -> Any:
    """Get an item without waiting, or return *otherwise* if none is available."""
    try:
        return queue.get_nowait()
    except Empty:
        return otherwise


def demo(
    mp: Multiprocessing,
    *,
    maxsize: Annotated[int, "how many items the queue holds; 0 for no bound"] = 5,
    items: Annotated[int, "how many items are offered to it"] = 7,
) -> None:
    """A message from a child, an answer through a pipe, and a queue that is first full and then empty.

    Look for what the queue refuses, and for the order in which it gives the rest.
    """
    print(f"the parent got {message_from_child(mp, partial(str, 'hello from the child'))!r}")
    print(f"the child answered {answer_from_child(mp, 'hello', str.upper)!r}")
    queue = mp.Queue(maxsize)
    refused = offer(queue, range(items))
    print(f"offered {items} items to a queue of {maxsize or 'any number'}; refused: {refused}")
    taken = take(queue, items - len(refused))
    print(f"got {taken}")
    print(f"and then, without waiting, {poll(queue, 'nothing')}")
    order = "the order in which they were put" if taken == sorted(taken) else "another order"
    print(f"result: {len(refused)} of {items} items were refused, and {len(taken)} came in {order}")
