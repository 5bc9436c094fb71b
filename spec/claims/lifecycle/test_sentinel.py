"""The sentinel of a child."""

from __future__ import annotations

import os
import signal

from impl.contract import Multiprocessing
from spec.claims.lifecycle.scenes import ready, until_ready
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source, starter_is_parent, where
from spec.harness.process_table import ALIVE, ZOMBIE, Exit, exit_of, state, until_exited
from spec.harness.witness import caller, kernel, refuses

pytestmark = needs("Process")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.sentinel")
def test_sentinel_is_ready_at_the_end(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """The sentinel of a child is not ready while the child runs, and is ready once the child has exited."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next()
    kernel.shows("the pid of the child", arrival.pid, expected=child.pid)
    kernel.shows("whether the sentinel is ready", ready(child.sentinel), expected=False)
    sentinel = child.sentinel
    caller.shows("the sentinel when it is read again", child.sentinel, expected=sentinel)
    arrival.let_go()
    until_ready(sentinel)
    until_exited(arrival.pid)
    child.join()
    caller.shows("the sentinel after the join", child.sentinel, expected=sentinel)
    until_ready(sentinel)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.sentinel")
def test_sentinel_is_the_childs_own(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """The sentinel of a killed child is ready while its older and younger siblings run and theirs are not ready."""
    working = checkpoint("working")
    children = [lesson.start(mp, working.pause) for _ in range(3)]
    arrivals = {arrival.pid: arrival for arrival in working.wait_for(3)}
    older, killed, younger = children
    os.kill(killed.pid, signal.SIGKILL)
    until_ready(killed.sentinel)
    kernel.shows("the older and the younger sibling", [state(older.pid), state(younger.pid)], expected=[ALIVE, ALIVE])
    sentinels_ready = [ready(older.sentinel), ready(younger.sentinel)]
    kernel.shows("whether the siblings' sentinels are ready", sentinels_ready, expected=[False, False])
    for child in children:
        arrivals[child.pid].let_go()
        child.join()


@where(starter_is_parent)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.sentinel", observed=True)
def test_sentinel_reaps_nothing(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Waiting for the sentinel of a child does not reap the child: it remains a zombie, with its exit code."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, leave(7)))
    arrival = working.next().let_go()
    until_ready(child.sentinel)
    kernel.shows("how the child ended", exit_of(arrival.pid), expected=Exit(7, None))
    kernel.shows("the child whose sentinel was waited for", state(arrival.pid), expected=ZOMBIE)
    child.join()
    caller.shows("the exit code", child.exitcode, expected=7)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.sentinel", observed=True)
def test_no_sentinel_before_start(mp: Multiprocessing) -> None:
    """A `Process` that has not been started has no sentinel: reading it raises `ValueError`."""
    child = mp.Process(target=leave(0))
    with refuses(ValueError):
        _ = child.sentinel
