"""Joining."""

from __future__ import annotations

import os
import signal
import time
from functools import partial
from typing import Optional

from impl.contract import Multiprocessing
from spec.claims.lifecycle import payloads
from spec.claims.shared import handlers
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint, Start
from spec.engine.lessons import Lesson
from spec.engine.marks import needs
from spec.harness.process_table import ALIVE, GONE, settled, state
from spec.harness.witness import at_least, caller, kernel

pytestmark = needs("Process")


@needs("active_children")
def test_timed_join_ends_nothing(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A timed join of a child that runs on, whatever its time, returns when that is over, and leaves the child be."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, leave(7)))
    arrival = working.next()
    begun = time.monotonic()
    returned: list[object] = [child.join(0.05)]
    kernel.shows("the seconds that the join took", time.monotonic() - begun, expected=at_least(0.05))
    returned += [child.join(timeout=seconds) for seconds in (0.05, 0, -1)]
    caller.shows("what each join returns", returned, expected=[None] * 4)
    kernel.shows("the child", state(arrival.pid), expected=ALIVE)
    caller.shows("the active children", [one.pid for one in mp.active_children()], expected=[child.pid])
    caller.shows("whether it is alive", child.is_alive(), expected=True)
    arrival.let_go()
    child.join()
    caller.shows("the exit code", child.exitcode, expected=7)


def test_timed_join_is_over_with_the_child(
    mp: Multiprocessing, lesson: Lesson, starter: Start, checkpoint: MakeCheckpoint
) -> None:
    """A join returns once the child has exited, however much of its time is left, and has reaped it then."""
    start, working = lesson.start, checkpoint("working")

    def start_and_join(limit: Optional[float]) -> list[object]:
        child = start(mp, partial(payloads.take_long_to_exit, steps(working.pause, leave(7))))
        child.join(limit)
        assert child.pid is not None
        return [child.pid, state(child.pid), child.exitcode]

    for limit in 600.0, None:
        main = starter(start_and_join, limit)
        arrival = working.next()
        main.until_still()  # it waits for the child
        arrival.let_go()
        joined = [arrival.pid, GONE, 7]
        caller.shows("which process it has joined, its state, and the exit code", main.result(), expected=joined)


def test_can_be_joined_again(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that was joined can be joined again, at once and in vain."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, leave(7)))
    arrival = working.next().let_go()
    child.join()
    kernel.shows("the process that was joined", arrival.pid, expected=child.pid)
    child.join()
    caller.shows("the exit code", child.exitcode, expected=7)


def test_join_goes_on_after_a_signal(
    mp: Multiprocessing, lesson: Lesson, starter: Start, checkpoint: MakeCheckpoint
) -> None:
    """Who waits in join, timed or not, handles a signal meanwhile, and waits on, unless the handler raises."""
    start = lesson.start
    working, started, handling = checkpoint("working"), checkpoint("started"), checkpoint("handling")

    def join_it() -> list[object]:
        child = start(mp, steps(working.pause, leave(7)))
        started.pause()
        ends = [handlers.handling_them(handling.pause, partial(child.join, limit)) for limit in (None, 3600, None)]
        return [*ends, child.exitcode]

    main = starter(join_it)
    child = working.next()
    started.next().let_go()  # only now does it wait for nothing but the child
    for how in "without a limit", "with one":
        kernel.shows(f"the starter, which joins {how}", settled(main.pid), expected=ALIVE)
        os.kill(main.pid, signal.SIGUSR1)
        handling.next().let_go()
        kernel.shows("the starter, once it has handled a signal", settled(main.pid), expected=ALIVE)
        os.kill(main.pid, signal.SIGUSR2)
    kernel.shows("the starter, which was interrupted and joins again", settled(main.pid), expected=ALIVE)
    child.let_go()
    expected = ["interrupted", "interrupted", "returned", 7]
    caller.shows("how each join ended, and the exit code", main.result(), expected=expected)


def test_timed_join_ends_amid_signals(
    mp: Multiprocessing, lesson: Lesson, starter: Start, checkpoint: MakeCheckpoint
) -> None:
    """A timed join returns when its time is over, though signals keep coming meanwhile."""
    working = checkpoint("working")
    start = lesson.start

    def start_and_join() -> str:
        return handlers.amid_signals(start(mp, working.pause), "join", 0.05)

    caller.shows("how the join came to its end", starter(start_and_join).result(), expected="ended")
    working.next().let_go()
