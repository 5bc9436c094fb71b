"""Barrier: hikers who wait for each other at every hut.

A barrier is made for a number of parties.  ``wait()`` blocks until that many processes have called it; then all of
them go on, and the barrier is closed again for the next time.  Hikers walk the same stages, each at another pace.  If
they meet at a barrier after each stage, nobody begins a stage before all have ended the one before.  Without it, the
fastest hiker is at the last hut while the slowest is still on the first stage.

Whoever fails to come holds all others up.  So a wait can have a timeout, and a barrier can be aborted.  It is broken
then: all waits, present and future ones, raise ``BrokenBarrierError``, until ``reset()``.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Callable

from impl.contract import Multiprocessing, Process
from impl.pauses import pause_for
from impl.telling import Notebook, notebook

Walk = Callable[[int, int], object]
"""Called with a hiker's number and a stage, on the way.  It is picklable."""

Meet = Callable[[], object]
"""Called at each hut; it returns when the hiker may go on, as the ``wait`` of a barrier does.  It is picklable."""

Tell = Callable[[int, int], object]
"""Called with a hiker's number and a stage, at the hut at the end of the stage.  It is picklable."""


def hike(hiker: int, stages: int, walk: Walk, tell: Tell, meet: Meet) -> None:
    """Walk all stages, and meet the others at the end of each.

    Args:
        hiker: the number that *walk* and *tell* are called with.
        stages: how many stages there are.  They are numbered from 0.
        walk: called at the beginning of each stage.
        tell: called once *walk* has returned.
        meet: called once *tell* has returned.  If it raises an exception, the hike ends there.
    """
    for stage in range(stages):
        walk(hiker, stage)
        tell(hiker, stage)
        meet()


def set_out(mp: Multiprocessing, hikers: int, stages: int, walk: Walk, tell: Tell, meet: Meet) -> list[Process]:
    """Start *hikers* children that each `hike`, and return the children in order, without joining them.

    Hikers are numbered from 0.  Each gets *meet* as an argument.  That is usually the ``wait`` of a barrier for as
    many parties as there are hikers.  The caller must keep a reference to the barrier until all children are joined.
    """
    walking = [mp.Process(target=hike, args=(hiker, stages, walk, tell, meet)) for hiker in range(hikers)]
    for process in walking:
        process.start()
    return walking


def go_on() -> None:
    """Wait for nobody."""


def stroll(pace: float, hiker: int, _stage: int) -> None:
    """Walk for *pace* seconds if this is hiker 0; each hiker needs *pace* seconds longer than the one before."""
    pause_for(pace * (hiker + 1))()


def announce(book: Notebook, hiker: int, stage: int) -> None:
    """Tell the person who watches where a hiker is."""
    book.tell(f"hiker {hiker} is at hut {stage}")


def furthest_apart(lines: list[str], hikers: int) -> int:
    """Return how many huts the first hiker was ahead of the last one when it was most of all."""
    huts, apart = [-1] * hikers, 0
    for line in lines:
        _, hiker, *_, hut = line.split()
        huts[int(hiker)] = int(hut)
        apart = max(apart, max(huts) - min(huts))
    return apart


def demo(
    mp: Multiprocessing,
    *,
    hikers: Annotated[int, "how many hikers set out"] = 3,
    stages: Annotated[int, "how many stages there are"] = 3,
    pace: Annotated[float, "seconds that the fastest hiker needs for a stage"] = 0.2,
) -> None:
    """Three hikers walk three stages, first with a barrier at each hut, then without.

    Look for how far the fastest hiker is when the slowest one comes to a hut.
    """
    barrier, apart = mp.Barrier(max(hikers, 1)), []
    for meet, how in ((barrier.wait, "with a barrier"), (go_on, "without a barrier")):
        print(f"the hikers set out {how}")
        with notebook() as book:
            for process in set_out(mp, hikers, stages, partial(stroll, pace), partial(announce, book), meet):
                process.join()
            apart.append(furthest_apart(book.lines(), hikers))
    print(f"result: with a barrier they were at most {apart[0]} apart, counted in huts, and {apart[1]} without")
