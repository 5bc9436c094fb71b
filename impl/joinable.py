"""Joinable: a producer waits until every item was processed.

A joinable queue has a counter.  Each put adds one, each ``task_done()`` subtracts one, and ``join()`` waits until the
counter is zero.  So an item counts until it is processed, not only until it is fetched: an empty queue may still have
work outstanding.

The consumer loops forever and is a daemon.  Main joins only the producer, and when main ends, the consumer ends too.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Callable

from impl.contract import JoinableQueue, Multiprocessing
from impl.pauses import pause_for
from impl.telling import Notebook, notebook

Work = Callable[[object], object]
"""Called with an item, to make it or to consume it.  It is picklable."""


def produce(queue: JoinableQueue, items: Sequence[object], make: Work, done: Callable[[], object]) -> None:
    """Make and then put each of the *items*; when all of them were processed, call *done*."""
    for item in items:
        make(item)
        queue.put(item)
    queue.join()
    done()


def consume(queue: JoinableQueue, eat: Work) -> None:
    """Get items forever, *eat* each item, and only then report it as processed."""
    while True:
        item = queue.get()
        eat(item)
        queue.task_done()


def main(
    mp: Multiprocessing,
    items: Sequence[object],
    make: Work,
    eat: Work,
    done: Callable[[], object],
    maxsize: int = 30,
) -> None:
    """A program: it runs a producer and a daemonic consumer, and joins only the producer.

    The consumer ends with the program.
    """
    queue = mp.JoinableQueue(maxsize)
    producer = mp.Process(target=produce, args=(queue, items, make, done))
    consumer = mp.Process(target=consume, args=(queue, eat))
    consumer.daemon = True
    producer.start()
    consumer.start()
    producer.join()


def narrate(book: Notebook, seconds: float, deed: str, item: object) -> None:
    """Wait for that many *seconds*, then tell the *deed* and the *item*."""
    pause_for(seconds)()
    book.tell(f"{deed} {item}")


def demo(
    mp: Multiprocessing,
    *,
    items: Annotated[int, "how many items are produced"] = 10,
    maxsize: Annotated[int, "how many items the queue holds; 0 for no bound"] = 30,
    make: Annotated[float, "seconds that making one takes"] = 0.2,
    eat: Annotated[float, "seconds that eating one takes"] = 0.5,
) -> None:
    """A producer puts ten dumplings, and continues only when all of them are eaten.

    Look for the last dumpling that is eaten, and for what the producer does then.
    """
    with notebook() as book:
        main(
            mp,
            [f"dumpling {number}" for number in range(items)],
            partial(narrate, book, make, "made"),
            partial(narrate, book, eat, "ate"),
            partial(book.tell, "the producer goes on"),
            maxsize,
        )
        told = book.lines()
    before = told[: told.index("the producer goes on")]
    eaten = sum(line.startswith("ate ") for line in before)
    print(f"result: {eaten} of {items} dumplings were eaten before the producer went on")
