"""Isolation: processes share no memory."""

from __future__ import annotations

import os
from functools import partial

from impl.contract import Multiprocessing
from spec.claims import fresh_memory, inherits_memory, needs, runs_main_again, runs_main_once, where
from spec.fixtures import Programs
from spec.harness.process_table import GONE, state
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, containing, kernel, other_than, recorder
from spec.lessons import Lesson
from spec.payloads import memory, unguarded
from spec.payloads.steps import leave

pytestmark = needs("Process")


def test_child_is_another_process(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """What a child runs, runs in a process other than the one that started it."""
    lesson.run_in_child(mp, partial(log, "ran"))
    [ran] = log.events("ran")
    kernel.shows("the pid that the task ran with", ran.pid, expected=other_than(os.getpid()))


def test_rebinding_stays_in_the_child(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A global that a child rebinds keeps its value in the parent."""
    memory.number = 100
    lesson.run_in_child(mp, partial(memory.rebind, log, 3))
    recorder.shows("the global in the child", log.values("number"), expected=[3])
    recorder.shows("the global in the parent", memory.number, expected=100)


def test_change_in_place_stays_in_the_child(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """An object that a child changes in place is unchanged in the parent."""
    memory.numbers = [100]
    lesson.run_in_child(mp, partial(memory.change_in_place, log, 3))
    recorder.shows("the list in the child", log.values("numbers"), expected=[[100, 3]])
    recorder.shows("the list in the parent", memory.numbers, expected=[100])


def test_siblings_share_nothing(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """What one child changes, the next child does not see."""
    lesson.run_in_child(mp, partial(memory.rebind, log, 3))
    lesson.run_in_child(mp, partial(memory.change_in_place, log, 3))
    lesson.run_in_child(mp, partial(memory.look, log))
    recorder.shows("the global in each child", log.values("number"), expected=[3, 100])
    recorder.shows("the list in each child", log.values("numbers"), expected=[[100, 3], [100]])


def test_arguments_are_copies(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """An argument that a child changes is unchanged in the parent."""
    argument = [1, 2]
    lesson.run_in_child(mp, partial(memory.append, log, argument))
    recorder.shows("the argument in the child", log.values("argument"), expected=[[1, 2, 3]])
    recorder.shows("the argument in the parent", argument, expected=[1, 2])


def test_args_and_kwargs_are_copies(mp: Multiprocessing, log: Recorder) -> None:
    """What a process is given, by position and by name, reaches the child as it is then, and is a copy there."""
    positional, named = [1], [2]
    child = mp.Process(target=memory.append_to_both, args=(log, positional), kwargs={"named": named})
    child.start()
    child.join()
    recorder.shows("the arguments in the child", log.values("arguments"), expected=[[[1, 3], [2, 3]]])
    recorder.shows("the arguments in the parent", [positional, named], expected=[[1], [2]])
    positional.append(4)
    another = mp.Process(target=memory.append_to_both, args=(log,), kwargs={"positional": positional})
    another.start()
    another.join()
    recorder.shows("the arguments in another child", log.values("arguments")[1:], expected=[[[1, 4, 3], None]])


def test_child_is_returned_joined(mp: Multiprocessing, lesson: Lesson) -> None:
    """Running a task in a child returns the child, which has ended and was reaped, with its exit code."""
    child = lesson.run_in_child(mp, leave(7))
    kernel.shows("the child", state(child.pid), expected=GONE)
    caller.shows("the exit code", child.exitcode, expected=7)


@where(inherits_memory)
def test_child_begins_with_the_starters_memory(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A child begins with the values that the starter had at that moment, and imports nothing again."""
    memory.number = 7
    lesson.run_in_child(mp, partial(memory.look, log))
    recorder.shows("the global in the child", log.values("number"), expected=[7])
    recorder.shows("who imported the module", log.values("imported by"), expected=[memory.imported_by])


@where(fresh_memory)
def test_child_begins_with_fresh_memory(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A child, daemonic or not, begins with what importing the modules gives, whatever has been changed since."""
    memory.number = 7
    lesson.run_in_child(mp, partial(memory.look, log))
    daemon = mp.Process(target=memory.look, args=(log,), daemon=True)
    daemon.start()
    daemon.join()
    recorder.shows("the global in each child", log.values("number"), expected=[100, 100])


@where(fresh_memory)
def test_child_runs_the_modules_again(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """The top level of a module runs again in the process of the child."""
    lesson.run_in_child(mp, partial(memory.look, log))
    [look] = log.events("imported by")
    recorder.shows("who imported the module", look.value, expected=look.pid)


@where(runs_main_once)
def test_unguarded_main_works(program: Programs, log: Recorder) -> None:
    """A main module may start a child without a guard, for the child does not run it again."""
    status = program.module(unguarded, log.path).exit_status()
    recorder.shows("how often the main module ran", len(log.events("main")), expected=1)
    recorder.shows("how often the child's task ran", len(log.events("task")), expected=1)
    kernel.shows("the program's exit status", status, expected=0)


@where(runs_main_again)
def test_unguarded_main_breaks(program: Programs, log: Recorder) -> None:
    """Without a guard in the main module, the child runs it again, and is refused a child of its own."""
    failed = program.module(unguarded, log.path)
    failed.exit_status()
    recorder.shows("how often the main module ran", len(log.events("main")), expected=2)
    recorder.shows("how often the child's task ran", len(log.events("task")), expected=0)
    recorder.shows("what it printed", failed.output + failed.errors, expected=containing("RuntimeError"))
