"""Joining a child: with and without a timeout, again, and while signals arrive."""

from __future__ import annotations

import os
import signal
import time
from functools import partial
from typing import Optional

from impl.contract import Multiprocessing
from spec.claims.lifecycle import payloads
from spec.claims.shared import handlers, surroundings
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source
from spec.harness.held_waits import all_wait_without_limit
from spec.harness.process_table import ALIVE, GONE, blocks, settled, state
from spec.harness.witness import at_least, caller, kernel

pytestmark = needs("Process")


@needs("active_children")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.join", observed=True)
def test_timed_join_ends_nothing(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A timed join returns `None` when its time is over, even if that is 0 or less, and the child runs on."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, leave(7)))
    arrival = working.next()
    begun = time.monotonic()
    returned: list[object] = [child.join(0.05)]
    kernel.shows("the seconds that the join took", time.monotonic() - begun, expected=at_least(0.05))
    returned += [child.join(timeout=seconds) for seconds in (0.05, 0, -1)]
    caller.shows("the values that the joins return", returned, expected=[None] * 4)
    kernel.shows("the child", state(arrival.pid), expected=ALIVE)
    caller.shows("the active children", [one.pid for one in mp.active_children()], expected=[child.pid])
    caller.shows("whether the child is alive", child.is_alive(), expected=True)
    arrival.let_go()
    child.join()
    caller.shows("the exit code", child.exitcode, expected=7)


@source("https://github.com/python/cpython/pull/28643", observed=True)
def test_timeout_of_a_join_may_be_long(mp: Multiprocessing, lesson: Lesson) -> None:
    """A join with a timeout of a year returns when the child exits."""
    child = lesson.start(mp, leave(7))
    child.join(surroundings.A_YEAR)
    caller.shows("the exit code", child.exitcode, expected=7)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.join")
@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods")
def test_timed_join_is_over_with_the_child(
    mp: Multiprocessing, lesson: Lesson, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """`join()` returns once the child has exited, however much time is left, and has then reaped it."""
    start, working = lesson.start, checkpoint("working")

    def start_and_join(limit: Optional[float]) -> list[object]:
        child = start(mp, partial(payloads.exit_slowly, steps(working.pause, leave(7))))
        child.join(limit)
        assert child.pid is not None
        return [child.pid, state(child.pid), child.exitcode]

    for limit in 600.0, None:
        main = forked_call(start_and_join, limit)
        arrival = working.next()
        main.until_still()  # the starter waits for the child
        arrival.let_go()
        joined = [arrival.pid, GONE, 7]
        caller.shows("the pid, the state and the exit code of the joined child", main.result(), expected=joined)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.join")
def test_join_waits_without_limit(
    mp: Multiprocessing, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """Without a timeout, `join` waits until the child exits, however long that takes."""
    working = checkpoint("working")

    def start_and_join() -> None:
        child = mp.Process(target=working.pause)
        child.start()
        child.join()

    main = forked_call(start_and_join)
    arrival = working.next()
    all_wait_without_limit({"join() of a child that runs": main})
    arrival.let_go()
    main.result()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.join")
def test_can_be_joined_again(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A joined child can be joined again: the second join returns at once, and the exit code stays the same."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, leave(7)))
    arrival = working.next().let_go()
    child.join()
    kernel.shows("the pid of the child", arrival.pid, expected=child.pid)
    child.join()
    caller.shows("the exit code", child.exitcode, expected=7)


@source("https://docs.python.org/3/library/exceptions.html#InterruptedError", observed=True)
def test_join_goes_on_after_a_signal(
    mp: Multiprocessing, lesson: Lesson, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """A signal handler runs during `join()`, timed or not, and the join then continues unless the handler raises."""
    start = lesson.start
    working, started, handling = checkpoint("working"), checkpoint("started"), checkpoint("handling")

    def start_and_join() -> list[object]:
        child = start(mp, steps(working.pause, leave(7)))
        started.pause()
        ends = [handlers.handling_them(handling.pause, partial(child.join, limit)) for limit in (None, 3600, None)]
        return [*ends, child.exitcode]

    main = forked_call(start_and_join)
    child = working.next()
    started.next().let_go()  # from now on the starter waits for the child only
    for how in "without a timeout", "with a timeout":
        kernel.shows(f"the starter, which joins the child {how}", settled(main.pid), expected=ALIVE)
        os.kill(main.pid, signal.SIGUSR1)
        handling.next().let_go()
        kernel.shows("the starter after it has handled a signal", settled(main.pid), expected=ALIVE)
        os.kill(main.pid, signal.SIGUSR2)
    kernel.shows("the starter, which was interrupted and joins again", settled(main.pid), expected=ALIVE)
    child.let_go()
    expected = ["interrupted", "interrupted", "returned", 7]
    caller.shows("how each join ended, and the exit code", main.result(), expected=expected)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.join")
def test_timed_join_ends_amid_signals(
    mp: Multiprocessing, lesson: Lesson, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """A timed join returns when its time is over, even if signals keep arriving."""
    working = checkpoint("working")
    start = lesson.start

    def start_and_join() -> str:
        return handlers.amid_signals(start(mp, working.pause), "join", 0.05)

    caller.shows("how the join ended", forked_call(start_and_join).result(), expected="ended")
    working.next().let_go()


@source("https://github.com/python/cpython/issues/79838")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.join")
def test_timed_join_ends_though_the_child_runs_another_program(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint
) -> None:
    """A timed join returns at its time even if the child has replaced its program by another one, which runs on."""
    running = checkpoint("another program")
    child = lesson.start(mp, partial(payloads.run_another_program, running.pause))
    arrival = running.next()
    child.join(0.05)
    kernel.shows("the state of the child after the timed join", state(arrival.pid), expected=ALIVE)
    caller.shows("the exit code after the timed join", child.exitcode, expected=None)
    arrival.let_go()
    child.join()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.join")
def test_join_without_time_never_blocks(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """`join(0)` returns at once, even if a running child has replaced its program or closed all its files."""
    running = checkpoint("running")
    for task in partial(payloads.run_another_program, running.pause), steps(payloads.close_all_files, running.pause):
        child = lesson.start(mp, task)
        arrival = running.next()
        child.join(0)
        kernel.shows("the state of the child after join(0)", state(arrival.pid), expected=ALIVE)
        arrival.let_go()
        child.join()


@source("https://man7.org/linux/man-pages/man2/select.2.html#BUGS", observed=True)
def test_starter_may_have_many_files_open(
    mp: Multiprocessing, lesson: Lesson, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """A child can be started, and joined, timed or not, although 1024 files of its starter are open."""
    start, working, joined = lesson.start, checkpoint("working"), checkpoint("joined")

    def start_and_join() -> list[object]:
        surroundings.open_many_files(1024)
        child = start(mp, steps(working.pause, leave(7)))
        child.join(0.01)
        joined.pause(child.is_alive(), child.sentinel)
        child.join(600)
        return [child.is_alive(), child.exitcode]

    main = forked_call(start_and_join)
    arrival = working.next()
    timed = joined.next()
    caller.shows("whether the child is alive after a timed join", timed.notes[0], expected=True)
    kernel.shows("the number of the sentinel's file", timed.notes[1], expected=at_least(1024))
    timed.let_go()
    arrival.let_go()
    caller.shows("whether it is alive after the other join, and its exit code", main.result(), expected=[False, 7])


@source("https://bugs.python.org/issue34054")
def test_clock_may_be_set_during_a_join(
    mp: Multiprocessing, lesson: Lesson, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """A timed join takes as long as its timeout says, even if the system's clock is set meanwhile."""
    start, working = lesson.start, checkpoint("working")

    def join_meanwhile(step: float, *timeouts: float) -> object:
        child = start(mp, steps(working.pause, leave(7)))
        surroundings.set_clock_again_and_again(step)
        for seconds in timeouts:
            child.join(seconds)
        return child.exitcode

    back, forward = forked_call(join_meanwhile, -3600, 0.01, 0), forked_call(join_meanwhile, 3600, 600)
    arrivals = working.wait_for(2)
    caller.shows("the exit code after join(0.01), with the clock set back", back.result(), expected=None)
    forward.until_still()
    kernel.shows("whether join(600) is blocked, with the clock set forward", blocks(forward.pid), expected=True)
    for arrival in arrivals:
        arrival.let_go()
    caller.shows("the exit code after join(600)", forward.result(), expected=7)
