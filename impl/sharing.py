"""Sharing: a counter in a manager.

A manager is a server process that holds objects.  Its clients hold proxies, and each call on a proxy is a message to
the server.  So processes that share no memory can share a dict.  One call on the dict is one step.  Subtracting one
from a number in it takes two calls, a read and a write.  Without a lock around both, updates are lost.

A call returns a copy.  A process that changes a plain list from a shared dict must assign the list back to the dict.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from contextlib import nullcontext
from typing import Annotated

from impl.contract import Guard, Multiprocessing, Pause
from impl.pauses import pause_for


def take_one(counter: MutableMapping[str, int], lock: Guard, pause: Pause) -> None:
    """Subtract one from ``counter["num"]``.

    If *lock* guards nothing, several children can read the same number.  Then each of them writes that number less
    one, and all of their updates but one are lost.

    Args:
        counter: a proxy for a managed dict.
        lock: held from the read to the write.  It is released even if *pause* raises an exception; then the counter
            does not change.
        pause: called between the read and the write, with the number that was read.
    """
    with lock:
        number = counter["num"]
        pause(number)
        counter["num"] = number - 1


def count_down(mp: Multiprocessing, start: int, workers: int, pause: Pause, locked: bool = True) -> int:
    """Start *workers* children that each `take_one` from a counter in a manager, and return the final count.

    The counter begins at *start*.  If *locked* is true, all children use one lock; if it is false, nothing guards the
    counter.  The manager's server has ended when this function returns.
    """
    lock: Guard = mp.Lock() if locked else nullcontext()
    with mp.Manager() as manager:
        counter = manager.dict(num=start)
        children = [mp.Process(target=take_one, args=(counter, lock, pause)) for _ in range(workers)]
        for child in children:
            child.start()
        for child in children:
            child.join()
        return int(counter["num"])


def demo(
    mp: Multiprocessing,
    *,
    start: Annotated[int, "where the counter begins"] = 100,
    workers: Annotated[int, "how many children take one off"] = 10,
    pause: Annotated[float, "seconds between a child's read and its write"] = 0.1,
) -> None:
    """Ten children count down from 100, first with a lock, then without.

    Look for how far the counter gets, although each child takes one.
    """
    taken = []
    for locked in (True, False):
        left = count_down(mp, start, workers, pause_for(pause), locked)
        taken.append(start - left)
        print(f"{start} less {workers} {'with a lock' if locked else 'without a lock'}: {left}")
    print(f"result: of {workers} updates, {workers - taken[0]} were lost with a lock, {workers - taken[1]} without")
