"""Lock: a ticket office with many buyers and few tickets.

Processes share no memory, but they share the file system.  Here the stock is a file that holds a count.  A buyer
reads the count, waits for the network, and writes the count back, one lower.  If two buyers both read before either
of them writes, one ticket is sold twice.  This is an oversell.  A lock that is held from the read to the write admits
one buyer at a time.
"""

from __future__ import annotations

import json
import os
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Annotated, Callable

from impl.contract import Guard, Multiprocessing, Pause, Process
from impl.pauses import pause_for
from impl.telling import Notebook, notebook

Tell = Callable[[int, str], object]
"""Called with a buyer's number and the outcome of the purchase: ``bought`` or ``sold out``."""


class StockError(ValueError):
    """The stock file does not hold a count of tickets.  The file is left as it was."""


def query(stock: Path) -> int:
    """Return how many tickets are left.  No lock is needed, because a sale replaces the file as a whole.

    Raises:
        StockError: *stock* cannot be read, or is not ``{"count": N}`` with a whole N of zero or more.  The message
            names the file.  The file is not changed, and not created if it does not exist.
    """
    try:
        count = json.loads(stock.read_text(encoding="utf-8"))["count"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise StockError(f'{stock}: expected {{"count": N}}, found {error}') from error
    if type(count) is not int or count < 0:
        raise StockError(f"{stock}: the count must be a whole number, zero or more, not {count!r}")
    return count


def restock(stock: Path, count: int) -> None:
    """Write *count* to *stock* in one step, so that no process ever reads half a file.

    The old file is replaced, as `rename(2) <https://man7.org/linux/man-pages/man2/rename.2.html>`_ says.  A process
    that has the old file open goes on reading the old count.
    """
    draft = stock.with_name(f"{stock.name}.{os.getpid()}")
    draft.write_text(json.dumps({"count": count}), encoding="utf-8")
    draft.replace(stock)


def buy(buyer: int, stock: Path, lock: Guard, pause: Pause, tell: Tell) -> None:
    """Buy one ticket, if one is left.

    If *lock* guards nothing, several buyers can read the same count.  Then all of them buy, even if there is only one
    ticket, and the count that the last of them writes is one lower than the count that it read.

    Args:
        buyer: the number that *tell* is called with.
        stock: the file that holds the count.  It is replaced, as `restock` says.
        lock: held from the read to the write.  It is released even if *pause* raises an exception; then no ticket is
            sold.
        pause: called between the read and the write, with the count that was read.  It is not called if the count is
            zero.
        tell: called once with the outcome, while the lock is still held.

    Raises:
        StockError: under the conditions that `query` states.
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
    """Start *buyers* children that each `buy` one ticket, and return the children in order, without joining them.

    Buyers are numbered from 0.  Each child gets the lock as an argument.  The caller must keep a reference to the
    lock until all children are joined.  Once the last reference in this process is gone, a child that is still
    starting does not find the lock.
    """
    queueing = [mp.Process(target=buy, args=(buyer, stock, lock, pause, tell)) for buyer in range(buyers)]
    for process in queueing:
        process.start()
    return queueing


def announce(book: Notebook, buyer: int, outcome: str) -> None:
    """Tell the person who watches what became of a buyer."""
    book.tell(f"buyer {buyer}: {outcome}")


def demo(
    mp: Multiprocessing,
    *,
    buyers: Annotated[int, "how many buyers come at once"] = 10,
    tickets: Annotated[int, "how many tickets there are"] = 3,
    pause: Annotated[float, "seconds that the network takes"] = 0.2,
) -> None:
    """Ten buyers and three tickets, first with a lock, then without.

    Look for how many buyers are told "bought".
    """
    for lock, how in ((mp.Lock(), "with a lock"), (nullcontext(), "without a lock")):
        with notebook() as book:
            stock = Path(book.path).with_name("stock.json")
            restock(stock, tickets)
            print(f"tickets: {query(stock)}, sold {how}")
            for process in sell(mp, stock, buyers, lock, pause_for(pause), partial(announce, book)):
                process.join()
            sold = book.count(": bought")
            print(f"left: {query(stock)}")
        oversold = f"oversold by {sold - tickets}" if sold > tickets else "not oversold"
        print(f"result: {tickets} tickets, {buyers} buyers, {sold} sold {how}: {oversold}")
