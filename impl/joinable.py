"""Joinable: a producer waits until everything was processed.

A joinable queue counts.  Each put adds one, each ``task_done()`` takes one off, and ``join()`` waits for zero.
So it is processing that counts, not fetching: an empty queue may still have work outstanding.

The consumer loops for ever and is a daemon: main joins the producer only, ends, and the consumer with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Callable

from impl.contract import JoinableQueue, Multiprocessing
from impl.pauses import pause_for

Work = Callable[[object], object]
"""Called with an item, to make it or to consume it.  It can be pickled."""


def produce(queue: JoinableQueue, items: Sequence[object], make: Work, done: Callable[[], object]) -> None:
    """Make and put each of the *items*; once all of them were processed, call *done*."""
    for item in items:
        make(item)
        queue.put(item)
    queue.join()
    done()


def consume(queue: JoinableQueue, eat: Work) -> None:
    """Get items for ever, *eat* each, and only then report it as processed."""
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
    """A program: a producer, and a daemonic consumer that ends with it.

    It joins the producer only.
    """
    queue = mp.JoinableQueue(maxsize)
    producer = mp.Process(target=produce, args=(queue, items, make, done))
    consumer = mp.Process(target=consume, args=(queue, eat))
    consumer.daemon = True
    producer.start()
    consumer.start()
    producer.join()


def narrate(seconds: float, deed: str, item: object) -> None:
    """Take that many *seconds*, then say what was done with the *item*."""
    pause_for(seconds)()
    print(f"{deed} {item}", flush=True)  # at its end a daemon loses what it has not written out


def demo(
    mp: Multiprocessing,
    *,
    items: Annotated[int, "how many items are produced"] = 10,
    maxsize: Annotated[int, "how many items the queue holds; 0 for no bound"] = 30,
    make: Annotated[float, "seconds that making one takes"] = 0.2,
    eat: Annotated[float, "seconds that eating one takes"] = 0.5,
) -> None:
    """A producer puts ten dumplings and goes on only when all are eaten."""
    main(
        mp,
        [f"dumpling {number}" for number in range(items)],
        partial(narrate, make, "made"),
        partial(narrate, eat, "ate"),
        partial(print, "all eaten: the producer goes on"),
        maxsize,
    )
    print("main: ended")
