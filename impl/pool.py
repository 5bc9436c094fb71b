"""Pool: three packers for ten parcels.

A process for each parcel would cost more than the packing.  A pool starts its workers once, and gives each of them
one task after the other.  Who packs which parcel is left to chance, but no result is lost in the crowd: ``map()``
returns the results in the order of the items, ``imap_unordered()`` hands out each as soon as it is there, and
``apply_async()`` returns at once, with an object that has the result later.  An exception of a task is raised where
its result is asked for.

A pool must be ended.  ``close()`` lets the workers finish what they were given, and ``join()`` waits for that.
``terminate()`` ends them during their tasks, and so does the end of a ``with`` block.  A worker that is killed takes
its task along: the pool starts another worker, but the result of that task may never come.  So set a limit to the
wait.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Callable, Optional

from impl.contract import Multiprocessing, Pool
from impl.pauses import pause_for

Pack = Callable[[Any], Any]
"""Called with a parcel in a worker, and returns the packed parcel.  It is picklable, and so is what it returns."""

Tell = Callable[[Any], object]
"""Called with a packed parcel in the process that has the pool."""


def pack_in_order(mp: Multiprocessing, packers: int, pack: Pack, parcels: Sequence[object]) -> list[Any]:
    """Let that many *packers* pack the *parcels*, and return all that is packed, in the order of the parcels.

    No worker is left after that.

    Raises:
        Exception: what *pack* raised for a parcel.  The others are packed all the same.
    """
    with mp.Pool(packers) as pool:
        packed: list[Any] = pool.map(pack, parcels, 1)
        return packed


def pack_as_ready(mp: Multiprocessing, packers: int, pack: Pack, parcels: Sequence[object], tell: Tell) -> None:
    """Let that many *packers* pack the *parcels*, and call *tell* with each as soon as it is packed, until all are.

    No worker is left after that.
    """
    with mp.Pool(packers) as pool:
        for packed in pool.imap_unordered(pack, parcels):
            tell(packed)


def hand_in(pool: Pool, pack: Pack, parcels: Sequence[object], tell: Tell) -> None:
    """Give the *parcels* to the *pool*, and return at once; *tell* is called with each when it is packed."""
    for parcel in parcels:
        pool.apply_async(pack, (parcel,), callback=tell)


def finish(pool: Pool) -> None:
    """Take nothing more in, and wait until all is packed and the workers have exited."""
    pool.close()
    pool.join()


def abandon(pool: Pool) -> None:
    """End the workers at once, whatever they pack, and wait until they have exited."""
    pool.terminate()
    pool.join()


def pack_in_time(pool: Pool, pack: Pack, parcel: object, patience: float) -> Optional[Any]:
    """Let a worker of the *pool* pack one *parcel*, and return it; return None if it takes too long.

    Then the worker, if it lives, packs on.

    Args:
        patience: how many seconds to wait at most.
    """
    packing = pool.apply_async(pack, (parcel,))
    packing.wait(patience)
    return packing.get() if packing.ready() else None


def wrap(seconds: float, parcel: int) -> str:
    """Take that many *seconds* for parcel 0, less for each later one, and return the name of what is packed."""
    pause_for(seconds / (parcel + 1))()
    return f"parcel {parcel}"


def collapse(_parcel: object) -> None:
    """Kill the process that calls this, as the kernel does when memory is short."""
    os.kill(os.getpid(), signal.SIGKILL)


def demo(
    mp: Multiprocessing,
    *,
    parcels: Annotated[int, "how many parcels there are"] = 10,
    packers: Annotated[int, "how many workers pack them"] = 3,
    seconds: Annotated[float, "seconds that the first parcel takes; the second takes half, the third a third"] = 1.5,
    patience: Annotated[float, "seconds to wait for a parcel whose packer is killed"] = 1.0,
) -> None:
    """Three packers pack ten parcels, in order and as they are ready; then one of them is killed.

    Look for the order of the parcels, and for the one whose packer is killed.
    """
    pack = partial(wrap, seconds)
    print(f"in order: {', '.join(pack_in_order(mp, packers, pack, range(parcels)))}")
    print("as they are ready:")
    pack_as_ready(mp, packers, pack, range(parcels), print)
    pool = mp.Pool(packers)
    hand_in(pool, pack, range(parcels), print)
    print("all are handed in:")
    finish(pool)
    pool = mp.Pool(packers)
    lost, packed = pack_in_time(pool, collapse, 0, patience), pack_in_time(pool, pack, 1, 60)
    print(f"from a packer who is killed: {lost}")
    print(f"from another packer: {packed}")
    abandon(pool)  # to finish would wait for the parcel that is lost
    came, never = [["came", "never came"][parcel is None] for parcel in (packed, lost)]
    print(f"result: the parcel of the killed packer {never}, and the next one {came}")
