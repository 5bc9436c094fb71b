"""Starting a child: once, by the process that made it, or in vain."""

from __future__ import annotations

import os

from impl.contract import Multiprocessing
from spec.claims.lifecycle import subclasses
from spec.claims.shared import beginnings
from spec.claims.shared.steps import leave
from spec.engine.fixtures import MakeCheckpoint, Start
from spec.engine.lessons import Lesson, NotProvided
from spec.engine.marks import needs
from spec.engine.targets import Target
from spec.harness.process_table import descendants
from spec.harness.recorder import Recorder
from spec.harness.signal_state import blocked_signals
from spec.harness.witness import caller, containing, kernel, other_than, recorder, refuses

pytestmark = needs("Process")


def test_starts_once(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A process that was started cannot be started again, neither while it runs nor after it was joined."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next()
    running = descendants(os.getpid())
    with refuses(AssertionError):
        child.start()
    kernel.shows("the processes after another start", descendants(os.getpid()), expected=running)
    arrival.let_go()
    child.join()
    with refuses(AssertionError):
        child.start()
    left = [pid for pid in running if pid != arrival.pid]
    kernel.shows("the processes after a start of what was joined", descendants(os.getpid()), expected=left)


def test_only_its_maker_may_start_it(mp: Multiprocessing, log: Recorder, starter: Start) -> None:
    """Starting a process is refused to all but the process that made it."""
    child = mp.Process(target=log, args=("ran",))
    refusal = containing("AssertionError: can only start a process object created by current process")
    caller.shows("what a stranger got", starter(child.start).failure(), expected=refusal)
    child.start()
    child.join()
    recorder.shows("who ran", [event.pid for event in log.events("ran")], expected=[child.pid])


@needs("active_children")
def test_failed_start_changes_nothing(mp: Multiprocessing, lesson: Lesson, target: Target) -> None:
    """A start that fails leaves no process, and the object as it was: not started, and no active child."""
    lesson.start(mp, leave(0)).join()  # whatever the API starts or opens once for all is there now
    before = {*descendants(os.getpid())}
    child = mp.Process(target=leave(7))
    failed = beginnings.fails_to_start(child)
    if failed:
        kernel.shows("the signals that are blocked", blocked_signals(), expected=set())
        left = {*descendants(os.getpid())} - before
        kernel.shows("the processes that the failed start has left", left, expected=set())
        caller.shows("the active children", [one.pid for one in mp.active_children()], expected=[])
        caller.shows("whether it is alive", child.is_alive(), expected=False)
        caller.shows("its pid and exit code", [child.pid, child.exitcode], expected=[None, None])
        with refuses(AssertionError):
            child.join()
        child.start()
    child.join()
    caller.shows("the exit code", child.exitcode, expected=7)
    if not failed:
        raise NotProvided(f"{target.name} opens no file for a child, so that no start of it fails")


def test_subclass_runs_its_own_code(mp: Multiprocessing, target: Target, log: Recorder) -> None:
    """A process of a subclass that overrides run() runs that, and has the attributes that it was given before."""
    if not isinstance(mp.Process, type):
        raise NotProvided(f"the Process of {target.name} is not a class")
    child = subclasses.of(target.name)()
    child.log, child.number = log, 7
    child.start()
    child.join()
    kernel.shows("the process that ran", child.pid, expected=other_than(os.getpid()))
    recorder.shows("which process ran", [(e.pid, e.value) for e in log.events("ran")], expected=[(child.pid, 7)])
    caller.shows("the exit code", child.exitcode, expected=7)
