"""Terminating a child: what `terminate()` does, and what a child can do about it."""

from __future__ import annotations

import os
import signal
from functools import partial

from impl.contract import Multiprocessing, Process
from spec.claims.lifecycle import payloads
from spec.claims.lifecycle.scenes import does_nothing_to_an_exited_child, grandchild_runs_on, start_with_grandchild
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source, starter_is_parent, where
from spec.harness.checkpoint import Arrival
from spec.harness.process_table import ALIVE, Exit, descendants, exit_of, state, until_exited
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, containing, kernel, recorder

pytestmark = needs("Process")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.terminate")
def test_terminate_sends_sigterm(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """`terminate()` sends SIGTERM to the child once, and the child can handle it; a sibling gets no signal."""
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
    handlers = [event.pid for event in log.events("signal")]
    recorder.shows("the processes that handled SIGTERM", handlers, expected=[child.pid])


@where(starter_is_parent)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.terminate")
def test_terminated_child_dies_of_sigterm(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A terminated child that does not handle SIGTERM is ended by that signal."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next()
    lesson.terminate(child)
    kernel.shows("how the child ended", exit_of(arrival.pid), expected=Exit(None, signal.SIGTERM))
    child.join()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.terminate", observed=True)
@source("impl.lifecycle.terminate")
def test_terminate_is_a_request(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """`terminate()` does not wait, and starts no thread that waits: a child that handles SIGTERM stays alive."""
    working, handling = checkpoint("working"), checkpoint("handling")
    child = lesson.start(mp, partial(payloads.handle_sigterm, handling.pause, working.pause))
    arrival = working.next().until_blocked()
    threads = os.listdir("/proc/self/task")
    lesson.terminate(child)
    kernel.shows("the threads of the starter after the call", os.listdir("/proc/self/task"), expected=threads)
    handler = handling.next()
    kernel.shows("the child that is handling the signal", state(arrival.pid), expected=ALIVE)
    caller.shows("whether the child is alive", child.is_alive(), expected=True)
    handler.let_go()
    arrival.let_go()
    child.join()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.terminate")
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
    recorder.shows("the processes that began", [event.pid for event in log.events("begun")], expected=[child.pid])
    recorder.shows("the processes that reached the end", [event.pid for event in log.events("done")], expected=[])


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.terminate")
def test_terminated_child_cleans_nothing_up(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A terminated child runs no `finally` block and no exit handler."""
    working = checkpoint("working")
    child = lesson.start(mp, partial(payloads.run_with_cleanup, working.pause, log))
    arrival = working.next()
    lesson.terminate(child)
    until_exited(arrival.pid)
    child.join()
    recorder.shows("the cleanup that the child ran", log.values("cleaned up"), expected=[])


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.terminate")
def test_can_be_terminated_at_once(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A child that is terminated as soon as `start()` returns never reaches the end of its code."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, partial(log, "done")))
    kernel.shows("the processes that were started", descendants(os.getpid()), expected=containing(child.pid))
    lesson.terminate(child)
    until_exited(child.pid)
    child.join()
    recorder.shows("the processes that reached the end", [event.pid for event in log.events("done")], expected=[])


def continues_to_its_end(child: Process, arrival: Arrival, log: Recorder) -> None:
    """Check that a *child* at a checkpoint runs the rest of its code, and that its exit code is its own, 3."""
    arrival.let_go()
    child.join()
    recorder.shows(
        "the processes that continued", [event.pid for event in log.events("done")], expected=[arrival.pid]
    )
    caller.shows("the exit code", child.exitcode, expected=3)


@source("https://man7.org/linux/man-pages/man7/signal.7.html")
def test_outlives_terminate_if_it_ignores_it(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A child that ignores SIGTERM continues after `terminate()`, even after a second one, and ends by itself."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(payloads.ignore_sigterm, working.pause, partial(log, "done"), leave(3)))
    arrival = working.next()
    for _ in range(2):
        lesson.terminate(child)
    continues_to_its_end(child, arrival, log)


@source("https://man7.org/linux/man-pages/man7/signal.7.html")
def test_outlives_terminate_if_it_handles_it(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A child that handles SIGTERM and does not exit continues after `terminate()`, and ends by itself."""
    working = checkpoint("working")
    task = steps(working.pause, partial(log, "done"), leave(3))
    child = lesson.start(mp, partial(payloads.handle_sigterm, partial(log, "handled"), task))
    arrival = working.next()
    lesson.terminate(child)
    continues_to_its_end(child, arrival, log)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.terminate")
def test_terminate_reaches_no_descendant(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """`terminate()` does not affect the child's own children: they continue to run."""
    child, grandchild = start_with_grandchild(mp, lesson.start, log, checkpoint)
    lesson.terminate(child)
    child.join()
    grandchild_runs_on(grandchild, log)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.terminate", observed=True)
def test_terminating_an_exited_child_does_nothing(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint
) -> None:
    """Terminating an exited child raises nothing and keeps its exit code; after the join, it sends no signal."""
    does_nothing_to_an_exited_child(lesson.terminate, mp, lesson.start, checkpoint)
