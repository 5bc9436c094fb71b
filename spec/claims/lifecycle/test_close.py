"""Closing a child, and what it leaves behind."""

from __future__ import annotations

import gc
import os
import weakref
from typing import cast

from impl.contract import Multiprocessing, Process
from spec.claims.lifecycle.scenes import join_briefly, until_ready
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source
from spec.harness.checkpoint import Checkpoint
from spec.harness.holdings import holdings, leaves_nothing_behind
from spec.harness.process_table import ALIVE, GONE, open_files, state, until_exited
from spec.harness.witness import caller, kernel, refuses

pytestmark = needs("Process")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.close")
def test_running_child_cannot_be_closed(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Closing a running child raises `ValueError` and does not affect the child."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, leave(7)))
    arrival = working.next()
    with refuses(ValueError):
        child.close()
    kernel.shows("the child", state(arrival.pid), expected=ALIVE)
    caller.shows("whether the child is alive", child.is_alive(), expected=True)
    arrival.let_go()
    child.join()
    caller.shows("the exit code", child.exitcode, expected=7)


@needs("active_children")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.close", observed=True)
def test_exited_child_can_be_closed(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that has exited can be closed without a join, even twice; so can a `Process` that was never started."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next().let_go()
    until_ready(child.sentinel)
    until_exited(arrival.pid)
    child.close()
    child.close()
    kernel.shows("the closed child", state(arrival.pid), expected=GONE)
    caller.shows("the active children", list(mp.active_children()), expected=[])
    mp.Process(target=leave(0)).close()


def close_a_child(mp: Multiprocessing, lesson: Lesson, working: Checkpoint) -> Process:
    """Start a child that pauses at *working*, join it, and return it closed."""
    child: Process = lesson.start(mp, working.pause)
    arrival = working.next().let_go()
    child.join()
    kernel.shows("the pid of the child", arrival.pid, expected=child.pid)
    child.close()
    return child


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.close")
def test_closed_child_answers_nothing(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """`pid`, `ident`, `exitcode`, `sentinel`, `is_alive`, `join` and `start` of a closed child raise `ValueError`."""
    child = close_a_child(mp, lesson, checkpoint("working"))
    for attribute in "pid", "ident", "exitcode", "sentinel":
        with refuses(ValueError):
            getattr(child, attribute)
    for call in child.is_alive, child.join, child.start:
        with refuses(ValueError):
            call()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.close")
def test_closed_child_gets_no_signal(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """`terminate()` and `kill()` of a closed child raise `ValueError`."""
    child = close_a_child(mp, lesson, checkpoint("working"))
    for call in child.terminate, child.kill:
        with refuses(ValueError):
            call()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.close", observed=True)
def test_closed_child_is_not_kept(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Nothing refers to the object of a closed child any more once the caller has dropped it."""
    child = close_a_child(mp, lesson, checkpoint("working"))
    reference = weakref.ref(child)
    del child
    gc.collect()
    caller.shows("whether the object is still there", reference() is not None, expected=False)


def ask_a_child_that_has_exited(mp: Multiprocessing, lesson: Lesson) -> Process:
    """Start a child, ask whether it is alive when it has exited, and return its object."""
    child: Process = lesson.start(mp, leave(0))
    until_ready(child.sentinel)
    until_exited(child.pid or 0)
    caller.shows("whether the child is alive", child.is_alive(), expected=False)
    return child


@source("https://github.com/python/cpython/pull/2875")
def test_child_that_was_asked_is_not_kept(mp: Multiprocessing, lesson: Lesson) -> None:
    """Once `is_alive` was false, nothing refers to the object of a child any more but the caller."""
    reference = weakref.ref(ask_a_child_that_has_exited(mp, lesson))
    gc.collect()
    caller.shows("whether the object is still there", reference() is not None, expected=False)


def join_in_all_ways(mp: Multiprocessing, lesson: Lesson, working: Checkpoint) -> Process:
    """Start a child that pauses at *working*, join it with timeouts and without one, and return it."""
    child: Process = lesson.start(mp, working.pause)
    arrival = working.next()
    join_briefly(child)
    arrival.let_go()
    child.join()
    join_briefly(child)
    kernel.shows("the pid of the child", arrival.pid, expected=child.pid)
    return child


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.close")
def test_close_leaves_no_file_open(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Closing a child that was joined, timed or not, closes all files that the starter had open for it."""
    working = checkpoint("working")
    join_in_all_ways(mp, lesson, working).close()  # now the API has opened all that it opens only once
    before = open_files(os.getpid())
    child = join_in_all_ways(mp, lesson, working)
    child.close()
    kernel.shows("the number of files that the starter has open", open_files(os.getpid()), expected=before)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.close", observed=True)
def test_use_leaves_nothing_behind(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that was joined, timed or not, and is no longer referenced leaves no open file and no thread."""
    working = checkpoint("working")
    join_in_all_ways(mp, lesson, working)  # now the API has opened all that it opens only once
    before = holdings()
    join_in_all_ways(mp, lesson, working)
    kernel.shows("the numbers of files and threads", holdings(), expected=before)


@source("https://github.com/celery/billiard/issues/293", observed=True)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.close", observed=True)
def test_many_leave_nothing_behind(mp: Multiprocessing, lesson: Lesson, scale: int) -> None:
    """However many children were started and joined, they leave no file, thread, zombie and shared memory."""

    def use() -> Process:
        child = lesson.start(mp, leave(0))
        child.join()
        return cast(Process, child)

    leaves_nothing_behind(use, 10 * scale)
