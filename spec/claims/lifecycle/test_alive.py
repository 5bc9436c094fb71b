"""Which children are alive, and which are active."""

from __future__ import annotations

import os
import signal
from functools import partial
from typing import Any

from impl.contract import Multiprocessing
from spec.claims.lifecycle import payloads
from spec.claims.lifecycle.scenes import grandchild_runs_on, start_with_grandchild
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source, starter_is_parent, where
from spec.harness.process_table import GONE, Exit, descendants, exit_of, state, until_blocked, until_exited
from spec.harness.recorder import Recorder
from spec.harness.stillness import is_stopped
from spec.harness.witness import caller, containing, gatekeeper, kernel, refuses

pytestmark = needs("Process")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.is_alive")
def test_alive_while_it_runs(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child is alive as soon as `start()` returns and for as long as it runs, even while it is blocked."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    caller.shows("whether the child is alive right after the start", child.is_alive(), expected=True)
    arrival = working.next()
    kernel.shows("the pid of the child", arrival.pid, expected=child.pid)
    until_blocked([arrival.pid])
    caller.shows("whether the blocked child is alive", child.is_alive(), expected=True)
    arrival.let_go()
    child.join()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.is_alive")
def test_not_alive_before_start(mp: Multiprocessing) -> None:
    """A `Process` that has not been started is not alive, and the kernel has no process for it."""
    mp.Process(target=leave(0))  # now the API has started all that it starts only once
    before = descendants(os.getpid())
    child = mp.Process(target=leave(0))
    kernel.shows("the descendants of the starter before the start", descendants(os.getpid()), expected=before)
    caller.shows("whether the child is alive", child.is_alive(), expected=False)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.join")
@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods")
def test_not_alive_after_join(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A joined child is neither alive nor in the process table, even if it takes a long time to exit."""
    working = checkpoint("working")
    child = lesson.start(mp, partial(payloads.exit_slowly, working.pause))
    arrival = working.next().let_go()
    child.join()
    kernel.shows("the joined child", state(arrival.pid), expected=GONE)
    caller.shows("whether the child is alive", child.is_alive(), expected=False)
    caller.shows("the pid of the joined child", child.pid, expected=arrival.pid)


@where(starter_is_parent)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.is_alive")
def test_alive_while_it_is_stopped(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that is stopped by a signal is alive, has no exit code, and can continue."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, leave(7)))
    arrival = working.next()
    kernel.shows("the pid of the child", arrival.pid, expected=child.pid)
    os.kill(arrival.pid, signal.SIGSTOP)
    kernel.shows("whether the child is stopped", is_stopped(arrival.pid), expected=True)
    caller.shows("whether the child is alive", child.is_alive(), expected=True)
    caller.shows("the exit code", child.exitcode, expected=None)
    os.kill(arrival.pid, signal.SIGCONT)
    arrival.let_go()
    kernel.shows("how the child ended", exit_of(arrival.pid), expected=Exit(7, None))
    child.join()


@where(starter_is_parent)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.is_alive")
def test_not_alive_though_its_child_is(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A child that was killed is not alive and can be joined, even if a child of its own still runs."""
    child, grandchild = start_with_grandchild(mp, lesson.start, log, checkpoint)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    until_exited(child.pid)
    caller.shows("whether the child is alive", child.is_alive(), expected=False)
    child.join()
    grandchild_runs_on(grandchild, log)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process", observed=True)
def test_only_the_starter_may_ask(
    mp: Multiprocessing, lesson: Lesson, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """Only the process that started a child may call `is_alive()` on it; another process gets `AssertionError`."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next()
    refusal = containing("AssertionError: can only test a child process")
    caller.shows("the exception in another process", forked_call(child.is_alive).failure(), expected=refusal)
    arrival.let_go()
    child.join()


@needs("current_process")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process", observed=True)
def test_main_cannot_be_joined(mp: Any) -> None:
    """The main process, which the API has not started, cannot be joined: `join` raises `AssertionError`."""
    with refuses(AssertionError):
        mp.current_process().join(0)


@needs("active_children")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.active_children")
def test_active_children_are_ones_own(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """`active_children()` returns the very objects that a process has started and that run; a new child has none."""
    working = checkpoint("working")
    counting = partial(payloads.pause_with_count, mp.active_children, working.pause)
    children = [lesson.start(mp, counting) for _ in range(2)]
    arrivals = working.wait_for(2)
    counts = {arrival.pid: arrival.notes for arrival in arrivals}
    none = {child.pid: (0,) for child in children}
    gatekeeper.shows("the number of active children in each child", counts, expected=none)
    active = mp.active_children()
    same = {id(child) for child in active} == {id(child) for child in children}
    caller.shows("whether active_children() returns the objects that were started", same, expected=True)
    caller.shows("the number of active children", len(mp.active_children()), expected=2)
    for arrival in arrivals:
        arrival.let_go()
    for child in active:
        child.join()
    caller.shows("the length of the returned list after the joins", len(active), expected=2)
    caller.shows("the exit codes of the joined children", [child.exitcode for child in children], expected=[0, 0])
    del active
    caller.shows("the number of active children after the joins", len(mp.active_children()), expected=0)
