"""Event: a starting gun for runners.

An event is a flag that processes share.  ``wait()`` blocks while the flag is not set, and ``set()`` lets all go on at
once that wait.  The runners here warm up, each for a time of its own, and wait at the line for the gun: one event for
all of them.  The starter waits until each runner is at the line: one event for each.

The flag stays set until ``clear()``.  So a runner who comes late does not wait for another shot.  It also means that
the gun must be cleared before the next race.  Otherwise nobody waits there: whoever is ready first runs first.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Callable, Optional

from impl.contract import Event, Multiprocessing, Pause, Process
from impl.pauses import pause_for
from impl.telling import Notebook, notebook

Tell = Callable[[int, str], object]
"""Called with a runner's number and what the runner does: ``runs`` or ``goes home``."""


def run(runner: int, line: Event, gun: Event, warm_up: Pause, tell: Tell, patience: Optional[float] = None) -> None:
    """Warm up, go to the line, wait for the gun, and run.

    If the gun is set already, the runner does not wait for the others.

    Args:
        runner: the number that *warm_up* and *tell* are called with.
        line: set when the runner is at the line, after *warm_up* has returned.
        gun: waited for at the line.
        warm_up: called first.
        tell: called once, after the wait.
        patience: how many seconds the runner waits at the line before it goes home; if None, there is no limit.
    """
    warm_up(runner)
    line.set()
    fired = gun.wait(patience)
    tell(runner, "runs" if fired else "goes home")


def line_up(
    mp: Multiprocessing,
    lines: Sequence[Event],
    gun: Event,
    warm_up: Pause,
    tell: Tell,
    patience: Optional[float] = None,
) -> list[Process]:
    """Start a child for each of the *lines* that is to `run`, and return the children in order, without joining them.

    Runners are numbered from 0.  The caller must keep a reference to the events until all children are joined.
    """
    runners = [
        mp.Process(target=run, args=(runner, line, gun, warm_up, tell, patience)) for runner, line in enumerate(lines)
    ]
    for process in runners:
        process.start()
    return runners


def fire(lines: Sequence[Event], gun: Event, steady: Pause) -> None:
    """Wait until a runner is at each of the *lines*, call *steady*, and set the *gun*."""
    for line in lines:
        line.wait()
    steady()
    gun.set()


def warm_up_for(seconds: float, runner: int) -> None:
    """Wait for that many *seconds*, and as many more for each runner with a lower number."""
    pause_for(seconds * (runner + 1))()


def announce(book: Notebook, runner: int, deed: str) -> None:
    """Tell the person who watches what a runner does."""
    book.tell(f"runner {runner} {deed}")


def demo(
    mp: Multiprocessing,
    *,
    runners: Annotated[int, "how many runners there are"] = 5,
    warm_up: Annotated[float, "seconds that each of them warms up longer than the one before"] = 0.2,
    patience: Annotated[float, "seconds that they wait for a shot that does not come"] = 0.5,
) -> None:
    """Five runners start at the gun; then the gun is not cleared; then it is cleared, and nobody fires.

    Look for who runs before the shot, and who never runs.
    """
    gun, too_early = mp.Event(), []
    for gun_is in "loaded", "not cleared":
        print(f"a race in which the gun is {gun_is}")
        lines = [mp.Event() for _ in range(runners)]
        with notebook() as book:
            race = line_up(mp, lines, gun, partial(warm_up_for, warm_up), partial(announce, book))
            fire(lines, gun, partial(book.tell, "all are at the line: go"))
            for runner in race:
                runner.join()
            too_early.append(book.lines().index("all are at the line: go"))
    gun.clear()
    print("a race in which nobody fires")
    lines = [mp.Event() for _ in range(runners)]
    with notebook() as book:
        for runner in line_up(mp, lines, gun, partial(warm_up_for, warm_up), partial(announce, book), patience):
            runner.join()
        gone = book.count("goes home")
    print(
        f"result: {too_early[0]} ran before the shot; {too_early[1]} when the gun was not cleared; {gone} went home"
    )
