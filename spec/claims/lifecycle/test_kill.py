"""Killing a child, also as the last resort."""

from __future__ import annotations

import os
import signal
from functools import partial

from impl.contract import Multiprocessing
from spec.claims.lifecycle import payloads
from spec.claims.lifecycle.scenes import runs_on, with_a_child_of_its_own
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint, Start
from spec.engine.lessons import Lesson
from spec.engine.marks import needs
from spec.harness.process_table import ALIVE, GONE, state, until_blocked, until_exited
from spec.harness.recorder import Recorder
from spec.harness.signal_state import signals_sent
from spec.harness.witness import caller, kernel, recorder

pytestmark = needs("Process")


def test_kill_ends_what_ignores_sigterm(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A child that ignores SIGTERM is ended by a kill, in the middle of its code."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(payloads.ignore_sigterm, working.pause, partial(log, "went on")))
    arrival = working.next()
    child.kill()
    until_exited(arrival.pid)
    child.join()
    recorder.shows("who went on", [event.pid for event in log.events("went on")], expected=[])
    caller.shows("the exit code", child.exitcode, expected=-signal.SIGKILL)


def test_kill_ends_what_handles_sigterm(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that was terminated and is still handling that is ended by a kill."""
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


def test_kill_reaches_no_descendant(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """Killing a child leaves the child's own children alone: they run on."""
    child, its_own = with_a_child_of_its_own(mp, lesson.start, log, checkpoint)
    child.kill()
    child.join()
    runs_on(its_own, log)


def test_killing_an_exited_child_does_nothing(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint
) -> None:
    """Killing a child that has exited raises nothing and keeps its exit code; if joined, it sends no signal."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, leave(7)))
    arrival = working.next().let_go()
    until_exited(arrival.pid)
    child.kill()
    child.join()
    kernel.shows("the process that was joined", arrival.pid, expected=child.pid)
    sent = signals_sent()
    child.kill()
    caller.shows("the signals sent to a pid that is free, and may be another's", sent, expected=[])
    caller.shows("the exit code", child.exitcode, expected=7)


def test_end_asks_first(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, starter: Start, checkpoint: MakeCheckpoint
) -> None:
    """Ending a child with patience lets it handle SIGTERM and exit as it sees fit, and joins it."""

    def let_it_go(waiting: int) -> None:
        arrival = handling.next()
        until_blocked([waiting])
        arrival.let_go(3)

    working, handling = checkpoint("working"), checkpoint("handling")
    child = lesson.start(mp, partial(payloads.leave_on_sigterm, log, handling.pause, working.pause))
    arrival = working.next().until_blocked()
    friend = starter(let_it_go, os.getpid())
    lesson.end(child, 600.0)
    friend.result()
    kernel.shows("the child", state(arrival.pid), expected=GONE)
    recorder.shows("the signals that it got", log.values("signal"), expected=[signal.SIGTERM])
    caller.shows("the exit code", child.exitcode, expected=3)


def test_end_insists(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Ending a child that ignores SIGTERM kills it once the patience is over, and joins it."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(payloads.ignore_sigterm, working.pause))
    arrival = working.next()
    lesson.end(child, 0.0)
    kernel.shows("the child", state(arrival.pid), expected=GONE)
    caller.shows("the exit code", child.exitcode, expected=-signal.SIGKILL)
