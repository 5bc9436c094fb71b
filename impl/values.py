"""Values: turnstiles that count visitors into one number.

A shared value is memory that several processes have in common: what one of them writes, all others read.  Each read
and each write takes the value's own lock by itself, so no process reads a number that is half written.  But to count
a visitor takes a read and a write.  If two turnstiles both read before either of them writes, one visitor is not
counted.  This is a lost update.  The lock, held from the read to the write, admits one turnstile at a time.

A shared array has many places.  If each turnstile counts in a place of its own, no turnstile has to wait for another.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Annotated

from impl.contract import Array, Guard, Multiprocessing, Pause, Process, Value
from impl.pauses import pause_for


def enter(visitors: Value, lock: Guard, pause: Pause) -> None:
    """Count one visitor: add one to *visitors*.

    If *lock* guards nothing, several turnstiles can read the same number.  Then each of them writes that number plus
    one, and all of their visitors but one are lost.

    Args:
        visitors: a shared value that holds a number.
        lock: held from the read to the write.  It is released even if *pause* raises an exception; then the number
            does not change.
        pause: called between the read and the write, with the number that was read.
    """
    with lock:
        seen = visitors.value
        pause(seen)
        visitors.value = seen + 1


def enter_at(visitors: Array, place: int, pause: Pause) -> None:
    """Count one visitor at one of several places: add one to ``visitors[place]``, and hold no lock meanwhile.

    Args:
        visitors: a shared array of numbers.
        place: the index of a place that no other process writes to at the same time.
        pause: called between the read and the write, with the number that was read.
    """
    seen = visitors[place]
    pause(seen)
    visitors[place] = seen + 1


def open_turnstiles(
    mp: Multiprocessing, visitors: Value, turnstiles: int, lock: Guard, pause: Pause
) -> list[Process]:
    """Start *turnstiles* children, in each of which one visitor `enter`s, and return them without joining them.

    Each child gets the value and the lock as arguments.  The caller must keep a reference to both until all children
    are joined.  Once the last reference in this process is gone, the memory may be used for something else.
    """
    return _started([mp.Process(target=enter, args=(visitors, lock, pause)) for _ in range(turnstiles)])


def open_turnstiles_with_places(mp: Multiprocessing, visitors: Array, pause: Pause) -> list[Process]:
    """Start a child for each place of *visitors*, which counts one visitor there, and return them without joining.

    The children are in the order of their places, and each runs `enter_at`.  The caller must keep a reference to the
    array until all children are joined, as `open_turnstiles` says.
    """
    places = range(len(visitors))
    return _started([mp.Process(target=enter_at, args=(visitors, place, pause)) for place in places])


def _started(processes: list[Process]) -> list[Process]:
    for process in processes:
        process.start()
    return processes


def demo(
    mp: Multiprocessing,
    *,
    turnstiles: Annotated[int, "how many visitors come at once, each through a turnstile"] = 10,
    pause: Annotated[float, "seconds between a turnstile's read and its write"] = 0.1,
) -> None:
    """Ten visitors at ten turnstiles, first with the value's lock, then without, then with a place for each.

    Look for how many visitors are counted.
    """
    missed = []
    for locked in (True, False):
        visitors = mp.Value("i", 0)
        lock = visitors.get_lock() if locked else nullcontext()
        for process in open_turnstiles(mp, visitors, turnstiles, lock, pause_for(pause)):
            process.join()
        print(f"{turnstiles} visitors, {'with the lock' if locked else 'without it'}: {visitors.value} counted")
        missed.append(turnstiles - visitors.value)
    places = mp.Array("i", turnstiles)
    for process in open_turnstiles_with_places(mp, places, pause_for(pause)):
        process.join()
    counted = sum(places[place] for place in range(turnstiles))
    print(f"{turnstiles} visitors, with a place for each turnstile: {counted} counted")
    missed.append(turnstiles - counted)
    print("result: {} visitors were missed with the lock, {} without, {} with places".format(*missed))
