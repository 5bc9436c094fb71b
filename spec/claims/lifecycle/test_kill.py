"""Killing a child: what `kill()` does, and `end()`, which terminates first."""

from __future__ import annotations

import os
import signal
from functools import partial
from operator import methodcaller

from impl.contract import Multiprocessing
from spec.claims.lifecycle import payloads
from spec.claims.lifecycle.scenes import does_nothing_to_an_exited_child, grandchild_runs_on, start_with_grandchild
from spec.claims.shared.steps import steps
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source
from spec.harness.process_table import ALIVE, GONE, state, until_blocked, until_exited
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, kernel, recorder

pytestmark = needs("Process")


@source("https://man7.org/linux/man-pages/man7/signal.7.html")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.kill")
def test_kill_ends_what_ignores_sigterm(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """`kill()` ends a child that ignores SIGTERM, in the middle of its code."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(payloads.ignore_sigterm, working.pause, partial(log, "done")))
    arrival = working.next()
    child.kill()
    until_exited(arrival.pid)
    child.join()
    recorder.shows("the processes that continued", [event.pid for event in log.events("done")], expected=[])
    caller.shows("the exit code", child.exitcode, expected=-signal.SIGKILL)


@source("https://man7.org/linux/man-pages/man7/signal.7.html")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.kill")
def test_kill_ends_what_handles_sigterm(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """`kill()` ends a child that was terminated and is still handling SIGTERM."""
    working, handling = checkpoint("working"), checkpoint("handling")
    child = lesson.start(mp, partial(payloads.handle_sigterm, handling.pause, working.pause))
    arrival = working.next().until_blocked()
    lesson.terminate(child)
    handling.next()
    kernel.shows("the terminated child", state(arrival.pid), expected=ALIVE)
    child.kill()
    until_exited(arrival.pid)
    child.join()
    caller.shows("the exit code", child.exitcode, expected=-signal.SIGKILL)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.kill")
def test_kill_reaches_no_descendant(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """`kill()` does not affect the child's own children: they continue to run."""
    child, grandchild = start_with_grandchild(mp, lesson.start, log, checkpoint)
    child.kill()
    child.join()
    grandchild_runs_on(grandchild, log)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.kill", observed=True)
def test_killing_an_exited_child_does_nothing(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint
) -> None:
    """Killing an exited child raises nothing and keeps its exit code; after the join, it sends no signal."""
    does_nothing_to_an_exited_child(methodcaller("kill"), mp, lesson.start, checkpoint)


@source("impl.lifecycle.end")
def test_end_asks_first(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """`end()` with enough patience lets a child handle SIGTERM and exit in its own way, and joins it."""

    def release_when_blocked(pid: int) -> None:
        arrival = handling.next()
        until_blocked([pid])
        arrival.let_go(3)

    working, handling = checkpoint("working"), checkpoint("handling")
    child = lesson.start(mp, partial(payloads.exit_on_sigterm, log, handling.pause, working.pause))
    arrival = working.next().until_blocked()
    releasing = forked_call(release_when_blocked, os.getpid())
    lesson.end(child, 600.0)
    releasing.result()
    kernel.shows("the child", state(arrival.pid), expected=GONE)
    recorder.shows("the signals that the child got", log.values("signal"), expected=[signal.SIGTERM])
    caller.shows("the exit code", child.exitcode, expected=3)


@source("impl.lifecycle.end")
def test_end_insists(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """`end()` kills a child that ignores SIGTERM once its patience is over, and joins it."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(payloads.ignore_sigterm, working.pause))
    arrival = working.next()
    lesson.end(child, 0.0)
    kernel.shows("the child", state(arrival.pid), expected=GONE)
    caller.shows("the exit code", child.exitcode, expected=-signal.SIGKILL)
