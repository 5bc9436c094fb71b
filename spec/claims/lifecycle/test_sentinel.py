"""Sentinels."""

from __future__ import annotations

import os
import signal

from impl.contract import Multiprocessing
from spec.claims.lifecycle.scenes import ready, until_ready
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, starter_is_parent, where
from spec.harness.process_table import ALIVE, ZOMBIE, Exit, exit_of, state, until_exited
from spec.harness.witness import caller, kernel, refuses

pytestmark = needs("Process")


def test_sentinel_is_ready_at_the_end(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """The sentinel of a child is not ready while the child runs, and is from its exit on."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next()
    kernel.shows("the process that runs", arrival.pid, expected=child.pid)
    kernel.shows("whether its sentinel is ready", ready(child.sentinel), expected=False)
    sentinel = child.sentinel
    caller.shows("the sentinel, asked for again", child.sentinel, expected=sentinel)
    arrival.let_go()
    until_ready(sentinel)
    until_exited(arrival.pid)
    child.join()
    caller.shows("the sentinel after the join", child.sentinel, expected=sentinel)
    until_ready(sentinel)


def test_sentinel_is_the_childs_own(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """The sentinel of a child that was killed is ready while its siblings, older and younger, run on."""
    working = checkpoint("working")
    children = [lesson.start(mp, working.pause) for _ in range(3)]
    arrivals = {arrival.pid: arrival for arrival in working.wait_for(3)}
    older, killed, younger = children
    os.kill(killed.pid, signal.SIGKILL)
    until_ready(killed.sentinel)
    kernel.shows("its siblings", [state(older.pid), state(younger.pid)], expected=[ALIVE, ALIVE])
    kernel.shows("their sentinels", [ready(older.sentinel), ready(younger.sentinel)], expected=[False, False])
    for child in children:
        arrivals[child.pid].let_go()
        child.join()


@where(starter_is_parent)
def test_sentinel_reaps_nothing(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Waiting for the sentinel of a child leaves the child a zombie, with its exit code."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, leave(7)))
    arrival = working.next().let_go()
    until_ready(child.sentinel)
    kernel.shows("how it ended", exit_of(arrival.pid), expected=Exit(7, None))
    kernel.shows("the child that was waited for", state(arrival.pid), expected=ZOMBIE)
    child.join()
    caller.shows("the exit code", child.exitcode, expected=7)


def test_no_sentinel_before_start(mp: Multiprocessing) -> None:
    """A process that was made and not started has no sentinel: asking for it is refused."""
    child = mp.Process(target=leave(0))
    with refuses(ValueError):
        _ = child.sentinel
