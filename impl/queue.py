"""Queue: messages between processes.

Processes share no memory, so they send messages: through a pipe, which has two ends, or a queue, which any number
of processes can put to and get from.  What is sent is pickled, and what arrives is a copy.

A queue is a pipe with a lock at each end and a count.  Putting waits only for room, never for the pipe: the item
goes to a thread of the putting process, which pickles it and writes it to the pipe.  Three surprises follow.  An
item that was put is not there to be got at once, so ``empty()`` may answer true.  Failing to pickle it fails in
that thread, where nobody catches it.  And a process does not exit before its items are written, so who joins it
without having got them waits for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from queue import Empty, Full
from typing import Annotated, Any, Callable

from impl.contract import Connection, Multiprocessing, Queue


def message_from_child(mp: Multiprocessing, compose: Callable[[], object]) -> Any:
    """Start a child that puts what *compose* returns, and return what the parent gets; the child was joined then."""
    queue = mp.Queue(3)
    child = mp.Process(target=put_message, args=(queue, compose))
    child.start()
    message = queue.get()
    child.join()  # not before the message was got: the child may not exit until then
    return message


def put_message(queue: Queue, compose: Callable[[], object]) -> None:
    """Put one message: what the child does."""
    queue.put(compose())


def answer_from_child(mp: Multiprocessing, question: object, answer: Callable[[Any], object]) -> Any:
    """Send *question* through a pipe to a child, and return the *answer* that it sends back.

    Whether it answers or not, the child was joined then.

    Raises:
        EOFError: the child ended without an answer.
    """
    here, there = mp.Pipe()
    child = mp.Process(target=send_answer, args=(there, answer))
    child.start()
    there.close()  # once the child's is the last that is open, its end is the pipe's end
    try:
        here.send(question)
        return here.recv()
    finally:
        here.close()
        child.join()


def send_answer(connection: Connection, answer: Callable[[Any], object]) -> None:
    """Receive a question and send the answer: what the child does."""
    connection.send(answer(connection.recv()))


def offer(queue: Queue, items: Sequence[object]) -> list[object]:
    """Put as many of the *items* as there is room for, without waiting, and return the rest."""
    for number, item in enumerate(items):
        try:
            queue.put_nowait(item)
        except Full:
            return list(items[number:])
    return []


def take(queue: Queue, count: int) -> list[Any]:
    """Get *count* items, waiting for each."""
    return [queue.get() for _ in range(count)]


def poll(queue: Queue, otherwise: object) -> Any:
    """Get an item without waiting, or return *otherwise* if none is there."""
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
    """A message from a child, an answer through a pipe, and a queue full and empty."""
    print(f"the parent got {message_from_child(mp, partial(str, 'hello from the child'))!r}")
    print(f"the child answered {answer_from_child(mp, 'hello', str.upper)!r}")
    queue = mp.Queue(maxsize)
    refused = offer(queue, range(items))
    print(f"offered {items} items to a queue of {maxsize or 'any number'}; refused: {refused}")
    print(f"got {take(queue, items - len(refused))}")
    print(f"and then, without waiting, {poll(queue, 'nothing')}")
