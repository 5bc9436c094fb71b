"""Lock: a ticket office with many buyers and few tickets.

Processes share no memory, but they do share the file system.  Here the stock is a file with a count, and to
buy is to read it, wait for the network, and write it back one lower.  Two buyers who both read before either
writes sell one ticket twice.  A lock held from the read to the write lets them through one at a time.
"""

from __future__ import annotations

import json
import os
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Callable

from impl.contract import Guard, Multiprocessing, Pause, Process
from impl.pauses import pause_for

Tell = Callable[[int, str], object]
"""Called with a buyer's number and what became of the purchase: ``bought`` or ``sold out``."""


class StockError(ValueError):
    """The stock file does not hold a count of tickets.  The file is left as it was."""


def query(stock: Path) -> int:
    """Return how many tickets are left.  It needs no lock: a sale replaces the file as a whole.

    Raises:
        StockError: *stock* cannot be read, or is not ``{"count": N}`` with a whole N of zero or more.
    """
    try:
        count = json.loads(stock.read_text(encoding="utf-8"))["count"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise StockError(f'{stock}: expected {{"count": N}}, found {error}') from error
    if type(count) is not int or count < 0:
        raise StockError(f"{stock}: the count must be a whole number, zero or more, not {count!r}")
    return count


def restock(stock: Path, count: int) -> None:
    """Write *count* to *stock* in one step, so that nobody ever reads half a file."""
    draft = stock.with_name(f"{stock.name}.{os.getpid()}")
    draft.write_text(json.dumps({"count": count}), encoding="utf-8")
    draft.replace(stock)


def buy(buyer: int, stock: Path, lock: Guard, pause: Pause, tell: Tell) -> None:
    """Buy one ticket, if one is left.

    Args:
        buyer: the number that *tell* is called with.
        stock: the file that holds the count.
        lock: held from the read to the write, and released whatever happens in between.
        pause: called with the count that was read, between the read and the write; not if it was zero.
        tell: called once with the outcome, still under the lock.

    Raises:
        StockError: as `query` does.
    """
    with lock:
        left = query(stock)
        if left == 0:
            tell(buyer, "sold out")
            return
        pause(left)
        restock(stock, left - 1)
        tell(buyer, "bought")


def sell(mp: Multiprocessing, stock: Path, buyers: int, lock: Guard, pause: Pause, tell: Tell) -> list[Process]:
    """Start *buyers* children who each `buy` one ticket, and return them unjoined, in order.

    Buyers are numbered from 0.  The lock is handed to each as an argument.  The caller keeps it until all are
    joined: once the last reference in this process is gone, a child that is still starting finds none.
    """
    queueing = [mp.Process(target=buy, args=(buyer, stock, lock, pause, tell)) for buyer in range(buyers)]
    for process in queueing:
        process.start()
    return queueing


def announce(buyer: int, outcome: str) -> None:
    """Tell whoever watches."""
    print(f"buyer {buyer}: {outcome}")


def demo(
    mp: Multiprocessing,
    *,
    buyers: Annotated[int, "how many buyers come at once"] = 10,
    tickets: Annotated[int, "how many tickets there are"] = 3,
    pause: Annotated[float, "seconds that the network takes"] = 0.2,
) -> None:
    """Ten buyers and three tickets, first with a lock, then without."""
    import tempfile  # here, as it takes a buyer longer to load than all the rest

    with tempfile.TemporaryDirectory() as folder:
        stock = Path(folder) / "stock.json"
        for lock, how in ((mp.Lock(), "with a lock"), (nullcontext(), "without a lock")):
            restock(stock, tickets)
            print(f"tickets: {query(stock)}, sold {how}")
            for process in sell(mp, stock, buyers, lock, pause_for(pause), announce):
                process.join()
            print(f"left: {query(stock)}")
