"""Fanout: many children in a loop.

Where ``join()`` stands decides.  Inside the loop that starts the children, each is waited for before the next
begins: they run one after another, and take as long as all of them added up.  In a loop of its own, after all
have been started, they run together, and take about as long as the longest.

Either way the starter goes on only after all have ended.  The order of the joins does not matter, for joining
a child that has ended already returns at once.  A child that fails stops no other.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import Annotated

from impl.contract import Multiprocessing, Process, Task
from impl.pauses import pause_for


def one_by_one(mp: Multiprocessing, tasks: Sequence[Task]) -> list[Process]:
    """Run each of the *tasks* in a child of its own, one after another, and return the joined children, in order."""
    children = []
    for task in tasks:
        child = mp.Process(target=task)
        child.start()
        child.join()
        children.append(child)
    return children


def together(mp: Multiprocessing, tasks: Sequence[Task]) -> list[Process]:
    """Run each of the *tasks* in a child of its own, all at once, and return the joined children, in order."""
    children = [mp.Process(target=task) for task in tasks]
    for child in children:
        child.start()
    for child in children:
        child.join()
    return children


def work(seconds: float, number: int) -> None:
    """Take that many *seconds*, then say so."""
    pause_for(seconds)()
    print(f"child {number}: done")


def demo(
    mp: Multiprocessing,
    *,
    children: Annotated[int, "how many children there are"] = 10,
    pause: Annotated[float, "seconds that each child works"] = 0.5,
) -> None:
    """Ten children of half a second each, first one by one, then together."""
    tasks = [partial(work, pause, number) for number in range(children)]
    for fan_out, how in ((one_by_one, "one by one"), (together, "together")):
        begun = time.monotonic()
        fan_out(mp, tasks)
        print(f"{children} children {how}: {time.monotonic() - begun:.1f} s")
