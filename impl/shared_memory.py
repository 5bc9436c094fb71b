"""Shared memory: painters at one wall.

What a child is given as an argument, it has as a copy.  A painter who is given a copy of the wall paints that copy,
and the wall stays as it is.  Besides, all of the wall had to be sent.  A block of shared memory is one wall for all.
It has a name; a painter is given the name only, and attaches to the block.  What the painter writes is there for
everybody at once, and nothing is copied.

Nothing keeps two painters from painting the same place at the same time.  Here each has a strip of its own.

A block is not a part of the process that has made it.  ``close()`` ends the use of a block by one process, and the
others go on.  ``unlink()`` removes its name, so that nobody can attach any more; once all have closed it, the memory
is free.  Each process that uses a block closes it, and one of them unlinks it, once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from impl.api import shared_memory_class
from impl.contract import MakesSharedMemory, Multiprocessing, Pause, Process, SharedMemory
from impl.pauses import pause_for


@contextmanager
def built(make: MakesSharedMemory, size: int) -> Iterator[SharedMemory]:
    """Make a block of *size* bytes for a ``with`` statement.

    At the end of the statement the block is closed and unlinked, even if an exception is raised there.
    """
    wall = make(create=True, size=size)
    try:
        yield wall
    finally:
        wall.close()
        wall.unlink()


def strips(size: int, painters: int) -> list[range]:
    """Share out *size* places among *painters*, and return the places of each.

    Each place belongs to one painter, the places of a painter are next to each other, and no painter has two places
    more than another.
    """
    edges = [size * number // painters for number in range(painters + 1)]
    return [range(start, stop) for start, stop in zip(edges, edges[1:])]


def paint(surface: Any, places: range, colour: int, pause: Pause) -> None:
    """Paint some *places* of a surface: call *pause* with the first of them, and then write *colour* to each.

    Args:
        surface: a `memoryview` or a `bytearray`.
        places: indexes that are next to each other.
        colour: a number below 256.
        pause: called before anything is written.
    """
    pause(places.start)
    surface[places.start : places.stop] = bytes([colour]) * len(places)


def paint_wall(attach: MakesSharedMemory, name: str, places: range, colour: int, pause: Pause) -> None:
    """Attach to the block called *name*, and `paint` it.  It is closed at the end, even if *pause* raises."""
    wall = attach(name)
    try:
        paint(wall.buf, places, colour, pause)
    finally:
        wall.close()


def paint_together(mp: Multiprocessing, wall: SharedMemory, colours: bytes, pause: Pause) -> list[Process]:
    """Start a painter for each of the *colours*, and return them without joining them.

    Each painter is a child that knows the name of the *wall* only, and paints its strip with `paint_wall`.
    """
    attach = shared_memory_class(mp, "SharedMemory")
    work = zip(strips(wall.size, len(colours)), colours)
    return _started([mp.Process(target=paint_wall, args=(attach, wall.name, *what, pause)) for what in work])


def paint_copies(mp: Multiprocessing, wall: bytearray, colours: bytes, pause: Pause) -> list[Process]:
    """Do the same with a *wall* that is no shared memory: each painter is sent a copy, which it `paint`s."""
    work = zip(strips(len(wall), len(colours)), colours)
    return _started([mp.Process(target=paint, args=(wall, *what, pause)) for what in work])


def _started(processes: list[Process]) -> list[Process]:
    for process in processes:
        process.start()
    return processes


def demo(
    mp: Multiprocessing,
    *,
    width: Annotated[int, "how many bytes the wall has"] = 40,
    painters: Annotated[int, "how many painters there are"] = 5,
    pause: Annotated[float, "seconds until a painter has mixed the paint"] = 0.1,
) -> None:
    """Five painters paint a wall: first a copy of it each, then all the same one.

    Look for the places of the wall that are still a dot at the end.
    """
    width, colours = max(width, 1), bytes(ord("a") + number % 26 for number in range(max(painters, 1)))
    plain = bytearray(b"." * width)
    for painter in paint_copies(mp, plain, colours, pause_for(pause)):
        painter.join()
    print(f"each painter was sent a copy of the wall: {plain.decode()}")
    with built(shared_memory_class(mp, "SharedMemory"), width) as wall:
        wall.buf[:width] = b"." * width
        for painter in paint_together(mp, wall, colours, pause_for(pause)):
            painter.join()
        shared = bytes(wall.buf[:width])
        print(f"each painter was sent the name {wall.name}: {shared.decode()}")
    painted = [f"{width - surface.count(b'.')} of {width}" for surface in (plain, shared)]
    print(
        f"result: {painted[0]} places are painted on the wall whose copies were sent, {painted[1]} on the shared one"
    )
