"""Condition: buyers who wait until tickets are delivered.

A buyer who finds no ticket must wait for a delivery.  One that looks again and again finds none most of the time.
A condition is a lock with a way to wait: ``wait()`` gives the lock up and begins to wait in one step, and returns,
with the lock held again, after another process has called ``notify_all()``.

The one step matters, because a notification reaches only those who wait already.  A buyer who looks, gives the lock
up, and only then begins to wait, misses a delivery that comes in between.  A buyer who is woken looks again, because
another one may have taken the last ticket: ``wait_for()`` does both.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Callable

from impl.contract import Condition, Guard, Multiprocessing, Pause, Process
from impl.lock import query, restock
from impl.pauses import pause_for
from impl.telling import Notebook, notebook

Tell = Callable[[int, int], object]
"""Called with a buyer's number and how often that buyer has looked at the stock."""


def buy(buyer: int, stock: Path, delivered: Condition, tell: Tell) -> None:
    """Buy one ticket; while there is none, wait for a delivery.

    The buyer looks at the stock once when it comes, and once more each time it is notified.

    Args:
        buyer: the number that *tell* is called with.
        stock: the file that holds the count of tickets, as in the lesson `impl.lock`.
        delivered: its lock is held whenever the stock is read or written.  It is released even if that fails.
        tell: called once, after the purchase, while the lock is still held.
    """
    looks = 0

    def finds_one() -> bool:
        nonlocal looks
        looks += 1
        return query(stock) > 0

    with delivered:
        delivered.wait_for(finds_one)
        restock(stock, query(stock) - 1)
        tell(buyer, looks)


def buy_by_looking(buyer: int, stock: Path, lock: Guard, pause: Pause, tell: Tell) -> None:
    """Buy one ticket as `buy` does, but without a condition: while there is none, *pause*, and look again.

    Args:
        buyer, stock, lock, tell: as in `buy`; any lock will do.
        pause: called without the lock after each look that finds none, with the number of looks so far.
    """
    looks = 0
    while True:
        with lock:
            looks += 1
            left = query(stock)
            if left:
                restock(stock, left - 1)
                tell(buyer, looks)
                return
        pause(looks)


def look_then_wait(stock: Path, delivered: Condition, pause: Pause, patience: float) -> bool:
    """Look, and then wait for a delivery, in two steps; return whether there is a ticket as far as the caller knows.

    This is wrong: a delivery that comes between the two steps is missed.

    Args:
        stock, delivered: as in `buy`.
        pause: called between the two steps, without the lock, unless there is a ticket already.
        patience: how many seconds to wait at most.
    """
    with delivered:
        left = query(stock)
    if left:
        return True
    pause()
    with delivered:
        return delivered.wait(patience)


def deliver(stock: Path, delivered: Condition, count: int) -> None:
    """Add *count* tickets to the stock, and notify all buyers who wait."""
    with delivered:
        restock(stock, query(stock) + count)
        delivered.notify_all()


def queue_up(mp: Multiprocessing, buyers: int, buy_one: Callable[..., object], *args: object) -> list[Process]:
    """Start *buyers* children, and return them in order, without joining them.

    Each calls ``buy_one(buyer, *args)`` with its number, from 0.  The caller must keep a reference to the *args*
    until all children are joined.
    """
    queueing = [mp.Process(target=buy_one, args=(buyer, *args)) for buyer in range(buyers)]
    for process in queueing:
        process.start()
    return queueing


def announce(book: Notebook, buyer: int, looks: int) -> None:
    """Tell the person who watches how often a buyer has looked."""
    book.tell(f"buyer {buyer}: bought at look {looks}")


def demo(
    mp: Multiprocessing,
    *,
    buyers: Annotated[int, "how many buyers come at once"] = 4,
    delay: Annotated[float, "seconds until each delivery of half the tickets"] = 0.5,
    pause: Annotated[float, "seconds between two looks without a condition"] = 0.05,
) -> None:
    """Four buyers wait for two deliveries, first with a condition, then without.

    Look for how often a buyer looks before it gets a ticket.
    """
    delivered = mp.Condition()
    looks: list[int] = []
    with notebook() as book:
        stock = Path(book.path).with_name("stock.json")
        restock(stock, 0)
        for buy_one, more in ((buy, ()), (buy_by_looking, (pause_for(pause),))):
            print(f"no tickets: {buyers} buyers wait {'without' if more else 'with'} a condition")
            queueing = queue_up(mp, buyers, buy_one, stock, delivered, *more, partial(announce, book))
            for tickets in (buyers // 2, buyers - buyers // 2):
                pause_for(delay)()
                print(f"delivery: {tickets}")
                deliver(stock, delivered, tickets)
            for process in queueing:
                process.join()
            told = book.lines()[len(looks) * buyers :]
            looks.append(sum(int(line.rpartition(" ")[2]) for line in told))
        noticed = look_then_wait(stock, delivered, partial(deliver, stock, delivered, 1), delay)
        print(f"a delivery between the look and the wait: {'noticed' if noticed else 'missed'}")
    print(f"result: {buyers} buyers looked {looks[0]} times with a condition, {looks[1]} times without")
