"""Closing."""

from __future__ import annotations

import os

from impl.contract import Multiprocessing, Process
from spec.claims.lifecycle.scenes import join_in_time, until_ready
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint
from spec.engine.lessons import Lesson
from spec.engine.marks import needs
from spec.harness.holdings import holdings
from spec.harness.process_table import ALIVE, GONE, open_files, state, until_exited
from spec.harness.witness import caller, kernel, refuses

pytestmark = needs("Process")


def test_running_child_cannot_be_closed(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Closing a child that runs is refused, and leaves it as it is."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, leave(7)))
    arrival = working.next()
    with refuses(ValueError):
        child.close()
    kernel.shows("the child", state(arrival.pid), expected=ALIVE)
    caller.shows("whether it is alive", child.is_alive(), expected=True)
    arrival.let_go()
    child.join()
    caller.shows("the exit code", child.exitcode, expected=7)


@needs("active_children")
def test_exited_child_can_be_closed(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that has exited can be closed, joined or not, and twice; so can one that was never started."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next().let_go()
    until_ready(child.sentinel)
    until_exited(arrival.pid)
    child.close()
    child.close()
    kernel.shows("the child that was closed", state(arrival.pid), expected=GONE)
    caller.shows("the active children", list(mp.active_children()), expected=[])
    mp.Process(target=leave(0)).close()


def test_closed_child_answers_nothing(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that was closed can be asked for nothing any more, nor joined or started: each raises a ValueError."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next().let_go()
    child.join()
    kernel.shows("the process that was joined", arrival.pid, expected=child.pid)
    child.close()
    for attribute in "pid", "ident", "exitcode", "sentinel":
        with refuses(ValueError):
            getattr(child, attribute)
    for call in child.is_alive, child.join, child.start:
        with refuses(ValueError):
            call()


def test_closed_child_gets_no_signal(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that was closed can be neither terminated nor killed any more: both raise a ValueError."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next().let_go()
    child.join()
    kernel.shows("the process that was joined", arrival.pid, expected=child.pid)
    child.close()
    for call in child.terminate, child.kill:
        with refuses(ValueError):
            call()


def test_close_leaves_no_file_open(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Closing a child that was joined, with a limit or without, closes all files that the starter had for it."""
    working = checkpoint("working")

    def start_and_join() -> Process:
        child: Process = lesson.start(mp, working.pause)
        arrival = working.next()
        join_in_time(child)
        arrival.let_go()
        child.join()
        join_in_time(child)
        kernel.shows("the process that was joined", arrival.pid, expected=child.pid)
        return child

    start_and_join().close()  # whatever the API opens once for all children is open now
    before = open_files(os.getpid())
    child = start_and_join()
    child.close()
    kernel.shows("how many files the starter has open", open_files(os.getpid()), expected=before)


def test_use_leaves_nothing_behind(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that was joined, with a limit or without, and that nobody refers to, has left no file and no thread."""
    working = checkpoint("working")

    def start_and_join() -> None:
        child = lesson.start(mp, working.pause)
        arrival = working.next()
        join_in_time(child)
        arrival.let_go()
        child.join()
        join_in_time(child)
        kernel.shows("the process that was joined", arrival.pid, expected=child.pid)

    start_and_join()  # whatever the API opens once for all children is open now
    before = holdings()
    start_and_join()
    kernel.shows("how many files and threads there are", holdings(), expected=before)
