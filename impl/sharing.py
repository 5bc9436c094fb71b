"""Sharing: a counter in a manager.

A manager is a server process that holds objects; its clients hold proxies, and each call on a proxy is a
message to the server.  So processes that share no memory can share a dict.  One call on a dict is one step; taking
one off is two calls, a read and a write, and needs a lock around both, or updates are lost.

What a call returns is a copy: a plain list in a shared dict that is changed in place has to be assigned back.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from contextlib import nullcontext
from typing import Annotated

from impl.contract import Guard, Multiprocessing, Pause
from impl.pauses import pause_for


def take_one(counter: MutableMapping[str, int], lock: Guard, pause: Pause) -> None:
    """Take one off ``counter["num"]``.

    Args:
        counter: a proxy of a managed dict.
        lock: held from the read to the write, and released whatever happens in between.
        pause: called with the number that was read, between the read and the write.
    """
    with lock:
        number = counter["num"]
        pause(number)
        counter["num"] = number - 1


def count_down(mp: Multiprocessing, start: int, workers: int, pause: Pause, locked: bool = True) -> int:
    """Let *workers* children each `take_one` off a counter in a manager, and return what is left.

    The counter begins at *start*.  The children share one lock; without *locked*, nothing keeps them apart.  The
    manager's server has ended when this returns.
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
    """A hundred less ten, first with a lock, then without."""
    for locked in (True, False):
        left = count_down(mp, start, workers, pause_for(pause), locked)
        print(f"{start} less {workers} {'with a lock' if locked else 'without a lock'}: {left}")
