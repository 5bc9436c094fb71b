"""Terminating a child, and what it does then."""

from __future__ import annotations

import os
import signal
from functools import partial

from impl.contract import Multiprocessing
from spec.claims.lifecycle import payloads
from spec.claims.lifecycle.scenes import runs_on, with_a_child_of_its_own
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, starter_is_parent, where
from spec.harness.process_table import ALIVE, Exit, descendants, exit_of, state, until_exited
from spec.harness.recorder import Recorder
from spec.harness.signal_state import signals_sent
from spec.harness.witness import caller, containing, kernel, recorder

pytestmark = needs("Process")


def test_terminate_sends_sigterm(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A child that is terminated gets the signal SIGTERM, once, and can handle it; its sibling gets none."""
    working = checkpoint("working")
    task = partial(payloads.handle_sigterm, partial(log, "signal"), working.pause)
    child, sibling = lesson.start(mp, task), lesson.start(mp, task)
    arrivals = working.wait_for(2)
    lesson.terminate(child)
    for arrival in arrivals:
        arrival.let_go()
    child.join()
    sibling.join()
    recorder.shows("the signals that were handled", log.values("signal"), expected=[signal.SIGTERM])
    recorder.shows("who got them", [event.pid for event in log.events("signal")], expected=[child.pid])


@where(starter_is_parent)
def test_terminated_child_dies_of_sigterm(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A terminated child that does not handle SIGTERM is ended by that signal."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next()
    lesson.terminate(child)
    kernel.shows("how it ended", exit_of(arrival.pid), expected=Exit(None, signal.SIGTERM))
    child.join()


def test_terminate_is_a_request(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Terminating a child neither waits for its end nor leaves a thread to: one that handles the signal lives on."""
    working, handling = checkpoint("working"), checkpoint("handling")
    child = lesson.start(mp, partial(payloads.handle_sigterm, handling.pause, working.pause))
    arrival = working.next().until_blocked()
    threads = os.listdir("/proc/self/task")
    lesson.terminate(child)
    kernel.shows("who is at work in the starter after the call", os.listdir("/proc/self/task"), expected=threads)
    handler = handling.next()
    kernel.shows("the child that handles the signal", state(arrival.pid), expected=ALIVE)
    caller.shows("whether it is alive", child.is_alive(), expected=True)
    handler.let_go()
    arrival.let_go()
    child.join()


def test_terminated_child_runs_no_further(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A terminated child ends where it is, and does not run the rest of its code."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(partial(log, "begun"), working.pause, partial(log, "done")))
    arrival = working.next()
    lesson.terminate(child)
    until_exited(arrival.pid)
    child.join()
    recorder.shows("who began", [event.pid for event in log.events("begun")], expected=[child.pid])
    recorder.shows("who came to the end", [event.pid for event in log.events("done")], expected=[])


def test_terminated_child_cleans_nothing_up(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A terminated child runs no finally block and no exit handler."""
    working = checkpoint("working")
    child = lesson.start(mp, partial(payloads.clean_up_after, working.pause, log))
    arrival = working.next()
    lesson.terminate(child)
    until_exited(arrival.pid)
    child.join()
    recorder.shows("what it ran at the end", log.values("cleaned up"), expected=[])


def test_can_be_terminated_at_once(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A child that is terminated as soon as its start has returned never comes to the end of its code."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, partial(log, "done")))
    kernel.shows("the processes that were started", descendants(os.getpid()), expected=containing(child.pid))
    lesson.terminate(child)
    until_exited(child.pid)
    child.join()
    recorder.shows("who came to the end", [event.pid for event in log.events("done")], expected=[])


def test_outlives_terminate_if_it_ignores_it(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A child that ignores SIGTERM goes on after it was terminated, even twice, and comes to its own end."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(payloads.ignore_sigterm, working.pause, partial(log, "went on"), leave(3)))
    arrival = working.next()
    for _ in range(2):
        lesson.terminate(child)
    arrival.let_go()
    child.join()
    recorder.shows("who went on", [event.pid for event in log.events("went on")], expected=[arrival.pid])
    caller.shows("the exit code", child.exitcode, expected=3)


def test_outlives_terminate_if_it_handles_it(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A child that handles SIGTERM and does not exit goes on after it was terminated, and comes to its own end."""
    working = checkpoint("working")
    task = steps(working.pause, partial(log, "went on"), leave(3))
    child = lesson.start(mp, partial(payloads.handle_sigterm, partial(log, "handled"), task))
    arrival = working.next()
    lesson.terminate(child)
    arrival.let_go()
    child.join()
    recorder.shows("who went on", [event.pid for event in log.events("went on")], expected=[arrival.pid])
    caller.shows("the exit code", child.exitcode, expected=3)


def test_terminate_reaches_no_descendant(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """Terminating a child leaves the child's own children alone: they run on."""
    child, its_own = with_a_child_of_its_own(mp, lesson.start, log, checkpoint)
    lesson.terminate(child)
    child.join()
    runs_on(its_own, log)


def test_terminating_an_exited_child_does_nothing(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint
) -> None:
    """Terminating a child that has exited raises nothing and keeps its exit code; if joined, it sends no signal."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, leave(7)))
    arrival = working.next().let_go()
    until_exited(arrival.pid)
    lesson.terminate(child)
    child.join()
    kernel.shows("the process that was joined", arrival.pid, expected=child.pid)
    sent = signals_sent()
    lesson.terminate(child)
    caller.shows("the signals sent to a pid that is free, and may be another's", sent, expected=[])
    caller.shows("the exit code", child.exitcode, expected=7)
