"""Starting a child: once, in the process that created it, also with a subclass; and a start that fails."""

from __future__ import annotations

import os

from impl.contract import Multiprocessing
from spec.claims.lifecycle import payloads, subclasses
from spec.claims.shared import startup
from spec.claims.shared.steps import leave
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall
from spec.engine.lessons import Lesson, NotProvided
from spec.engine.marks import needs, source
from spec.engine.targets import Target
from spec.harness.process_table import descendants
from spec.harness.recorder import Recorder
from spec.harness.signal_state import blocked_signals
from spec.harness.witness import Matcher, caller, containing, kernel, other_than, recorder, refuses

pytestmark = needs("Process")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.start")
def test_starts_once(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A second start of a `Process` raises `AssertionError`, both while it runs and after it was joined."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next()
    running = descendants(os.getpid())
    with refuses(AssertionError):
        child.start()
    kernel.shows("the processes after a second start", descendants(os.getpid()), expected=running)
    arrival.let_go()
    child.join()
    with refuses(AssertionError):
        child.start()
    left = [pid for pid in running if pid != arrival.pid]
    kernel.shows("the processes after the joined child was started again", descendants(os.getpid()), expected=left)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process", observed=True)
def test_only_its_maker_may_start_it(mp: Multiprocessing, log: Recorder, forked_call: MakeForkedCall) -> None:
    """Only the process that created a `Process` may start it; another process gets `AssertionError`."""
    child = mp.Process(target=log, args=("ran",))
    refusal = containing("AssertionError: can only start a process object created by current process")
    caller.shows("the exception in another process", forked_call(child.start).failure(), expected=refusal)
    child.start()
    child.join()
    ran = [event.pid for event in log.events("ran")]
    recorder.shows("the processes that ran the code", ran, expected=[child.pid])


@needs("active_children")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.start", observed=True)
def test_failed_start_changes_nothing(mp: Multiprocessing, lesson: Lesson, target: Target) -> None:
    """A start that fails leaves no process, and the object as it was: not started, and not an active child."""
    lesson.start(mp, leave(0)).join()  # now the API has started and opened all that it needs only once
    before = {*descendants(os.getpid())}
    child = mp.Process(target=leave(7))
    failed = startup.fails_to_start(child)
    if failed:
        kernel.shows("the blocked signals", blocked_signals(), expected=set())
        left = {*descendants(os.getpid())} - before
        kernel.shows("the processes that the failed start left", left, expected=set())
        caller.shows("the active children", [one.pid for one in mp.active_children()], expected=[])
        caller.shows("whether the child is alive", child.is_alive(), expected=False)
        caller.shows("the pid and the exit code", [child.pid, child.exitcode], expected=[None, None])
        with refuses(AssertionError):
            child.join()
        child.start()
    child.join()
    caller.shows("the exit code", child.exitcode, expected=7)
    if not failed:
        raise NotProvided(f"{target.name} opens no file for a child, so its start does not fail")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.run")
def test_subclass_runs_its_own_code(mp: Multiprocessing, target: Target, log: Recorder) -> None:
    """A `Process` subclass that overrides `run()` runs it in the child, with the attributes set before the start."""
    if not isinstance(mp.Process, type):
        raise NotProvided(f"the Process of {target.name} is not a class")
    child = subclasses.of(target.name)()
    child.log, child.number = log, 7
    child.start()
    child.join()
    kernel.shows("the pid of the child", child.pid, expected=other_than(os.getpid()))
    ran = [(event.pid, event.value) for event in log.events("ran")]
    recorder.shows("the process that called run(), and the attribute that it found", ran, expected=[(child.pid, 7)])
    caller.shows("the exit code", child.exitcode, expected=7)


@source("https://github.com/python/cpython/issues/118981")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.start", observed=True)
def test_start_ends_though_the_child_does_meanwhile(mp: Multiprocessing, forked_call: MakeForkedCall) -> None:
    """A start returns, or raises an exception, even if the child ends before it has received its arguments."""
    failure = forked_call(payloads.give_and_join, mp, payloads.Deadly(), payloads.LARGE_ARGUMENT).failure()
    expected = Matcher("no exception, or BrokenPipeError", lambda seen: not seen or "BrokenPipeError" in seen)
    caller.shows("what the starter got", failure, expected=expected)
