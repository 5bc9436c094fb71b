"""Fanout: many children in a loop.

The position of ``join()`` decides whether children overlap.  If ``join()`` is inside the loop that starts the
children, each child ends before the next one starts.  They run one after another, and the total time is the sum
of their times.  If ``join()`` is in a loop of its own, after all children have been started, they run together.
The total time is then about that of the longest.

In both cases the starter goes on only after all children have ended.  The order of the joins does not matter,
because joining a child that has already ended returns at once.  A child that fails does not stop the others.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import Annotated

from impl.contract import Multiprocessing, Process, Task
from impl.pauses import pause_for


def one_by_one(mp: Multiprocessing, tasks: Sequence[Task]) -> list[Process]:
    """Run each of the *tasks* in a child of its own, one after another, and return the joined children, in order.

    The next child is started after the one before has been joined.  A child that fails does not stop the others.
    """
    children = []
    for task in tasks:
        child = mp.Process(target=task)
        child.start()
        child.join()
        children.append(child)
    return children


def together(mp: Multiprocessing, tasks: Sequence[Task]) -> list[Process]:
    """Run each of the *tasks* in a child of its own, all at once, and return the joined children, in order.

    All children are started before any is joined.  A child that fails does not stop the others.
    """
    children = [mp.Process(target=task) for task in tasks]
    for child in children:
        child.start()
    for child in children:
        child.join()
    return children


def work(seconds: float, number: int) -> None:
    """Work for *seconds* seconds, and then print that the child is done."""
    pause_for(seconds)()
    print(f"child {number}: done")


def demo(
    mp: Multiprocessing,
    *,
    children: Annotated[int, "how many children there are"] = 10,
    pause: Annotated[float, "seconds that each child works"] = 0.5,
) -> None:
    """Ten children of half a second each, first one by one, then together.

    Look for how long the ten take, and where the loop joins them.
    """
    tasks = [partial(work, pause, number) for number in range(children)]
    took = []
    for fan_out, how in ((one_by_one, "one by one"), (together, "together")):
        begun = time.monotonic()
        fan_out(mp, tasks)
        took.append(time.monotonic() - begun)
        print(f"{children} children {how}: {took[-1]:.1f} s")
    print(f"result: one by one they took {took[0] / max(took[1], 1e-9):.1f} times as long as together")
