"""Semaphore: a car park with three places and many cars.

A lock admits one process.  A semaphore admits as many as its value says: ``acquire()`` takes one off the value, and
waits while the value is zero; ``release()`` adds one.  Each car takes a place when it drives in, and gives it back
when it drives out.  A car that finds no free place waits at the gate.

A semaphore does not know who has acquired it.  Any process may release it, also more often than it was acquired: this
is how more places are opened.  A bounded semaphore refuses that, so it notices a car that drives out twice.
"""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from itertools import accumulate
from typing import Annotated, Callable

from impl.contract import Guard, Multiprocessing, Pause, Process, Semaphore
from impl.pauses import pause_for
from impl.telling import Notebook, notebook

Tell = Callable[[int, str], object]
"""Called with a car's number and what it does: ``drives in`` or ``drives out``."""


def park(car: int, places: Guard, stay: Pause, tell: Tell) -> None:
    """Drive in, stay, and drive out.

    If *places* guards nothing, all cars drive in at once, however many there are.

    Args:
        car: the number that *tell* is called with.
        places: acquired before the car drives in, and released after it has driven out, or if *stay* raises an
            exception.
        stay: called with the car's number while the car has its place.
        tell: called twice, each time while the car has its place: before *stay*, and after it if that returns.
    """
    with places:
        tell(car, "drives in")
        stay(car)
        tell(car, "drives out")


def arrive(mp: Multiprocessing, cars: int, places: Guard, stay: Pause, tell: Tell) -> list[Process]:
    """Start *cars* children that each `park` once, and return the children in order, without joining them.

    Cars are numbered from 0.  The caller must keep a reference to *places* until all children are joined.
    """
    arriving = [mp.Process(target=park, args=(car, places, stay, tell)) for car in range(cars)]
    for process in arriving:
        process.start()
    return arriving


def open_more(places: Semaphore, count: int) -> None:
    """Open *count* more places: from now on, as many more cars can be inside at the same time.

    Raises:
        ValueError: *places* is a bounded semaphore, and all places that it was made with are free.
    """
    for _ in range(count):
        places.release()


def announce(book: Notebook, car: int, deed: str) -> None:
    """Tell the person who watches what a car does."""
    book.tell(f"car {car} {deed}")


def most_at_once(lines: list[str]) -> int:
    """Return how many cars were in the car park when it was fullest."""
    return max(accumulate(1 if line.endswith("drives in") else -1 for line in lines), default=0)


def demo(
    mp: Multiprocessing,
    *,
    cars: Annotated[int, "how many cars come at once"] = 8,
    places: Annotated[int, "how many places there are"] = 3,
    stay: Annotated[float, "seconds that a car stays"] = 0.5,
) -> None:
    """Eight cars come to a car park with three places, first with a semaphore, then without.

    Look for how many cars are in the car park at once.
    """
    most: list[int] = []
    for gate, how in ((mp.Semaphore(places), "with a semaphore"), (nullcontext(), "without a semaphore")):
        print(f"{places} places, {how}")
        with notebook() as book:
            for process in arrive(mp, cars, gate, pause_for(stay), partial(announce, book)):
                process.join()
            most.append(most_at_once(book.lines()))
    gate_keeper = mp.BoundedSemaphore(places)
    try:
        open_more(gate_keeper, 1)
    except ValueError:
        print("a bounded semaphore noticed that a car drove out which had not driven in")
    print(f"result: {places} places, and {most[0]} cars at once with a semaphore, {most[1]} without")
