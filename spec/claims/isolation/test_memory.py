"""The memory of a child: what it begins with, and where changes stay."""

from __future__ import annotations

import os
import random
from functools import partial
from typing import Any

from impl.contract import Multiprocessing
from spec.claims.isolation import payloads
from spec.claims.shared import startup
from spec.claims.shared.steps import leave
from spec.engine.lessons import Lesson
from spec.engine.marks import fresh_memory, inherits_memory, needs, source, where
from spec.harness.process_table import GONE, state, until_exited
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, kernel, other_than, recorder

pytestmark = needs("Process")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.start")
def test_child_is_another_process(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """The task of a child runs in a process other than the one that started the child."""
    lesson.run_in_child(mp, partial(log, "ran"))
    ran = log.only("ran")
    kernel.shows("the pid of the process that ran the task", ran.pid, expected=other_than(os.getpid()))


@source("impl.isolation.run_in_child")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.join")
def test_child_is_returned_joined(mp: Multiprocessing, lesson: Lesson) -> None:
    """Running a task in a child returns the child, which has ended and been reaped, with its exit code."""
    child = lesson.run_in_child(mp, leave(7))
    kernel.shows("the state of the child", state(child.pid), expected=GONE)
    caller.shows("the exit code", child.exitcode, expected=7)


@source("https://man7.org/linux/man-pages/man2/fork.2.html")
def test_rebinding_stays_in_the_child(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A global that a child rebinds keeps its value in the parent."""
    payloads.number = 100
    lesson.run_in_child(mp, partial(payloads.rebind, log, 3))
    recorder.shows("the global in the child", log.values("number"), expected=[3])
    recorder.shows("the global in the parent", payloads.number, expected=100)


@source("https://man7.org/linux/man-pages/man2/fork.2.html")
def test_change_in_place_stays_in_the_child(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """An object that a child changes in place stays unchanged in the parent."""
    payloads.numbers = [100]
    lesson.run_in_child(mp, partial(payloads.change_in_place, log, 3))
    recorder.shows("the list in the child", log.values("numbers"), expected=[[100, 3]])
    recorder.shows("the list in the parent", payloads.numbers, expected=[100])


@source("https://man7.org/linux/man-pages/man2/fork.2.html")
def test_siblings_share_nothing(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A change that one child makes to its memory is not visible in the next child."""
    lesson.run_in_child(mp, partial(payloads.rebind, log, 3))
    lesson.run_in_child(mp, partial(payloads.change_in_place, log, 3))
    lesson.run_in_child(mp, partial(payloads.look, log))
    recorder.shows("the global in each child", log.values("number"), expected=[3, 100])
    recorder.shows("the list in each child", log.values("numbers"), expected=[[100, 3], [100]])


@source("https://github.com/python/cpython/pull/1715", observed=True)
def test_children_have_random_numbers_of_their_own(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """Two children, started one after the other, and their starter draw different random numbers."""
    for _ in range(2):
        lesson.run_in_child(mp, partial(startup.tell_random_number, log))
    numbers = {*log.values("random"), random.random()}
    recorder.shows(
        "the number of different values that two children and their starter drew", len(numbers), expected=3
    )


@where(inherits_memory)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing-start-method-fork")
def test_child_begins_with_the_starters_memory(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A child begins with the values that the starter has at that moment, and does not import modules again."""
    payloads.number = 7
    lesson.run_in_child(mp, partial(payloads.look, log))
    recorder.shows("the global in the child", log.values("number"), expected=[7])
    recorder.shows(
        "the pid of the process that imported the module", log.values("imported by"), expected=[payloads.imported_by]
    )


@where(fresh_memory)
@source("https://docs.python.org/3/library/multiprocessing.html#the-spawn-and-forkserver-start-methods")
def test_child_begins_with_fresh_memory(mp: Any, lesson: Lesson, log: Recorder) -> None:
    """A child, daemonic or not, begins with the values that importing its modules gives, without later changes."""
    payloads.number = 7
    lesson.run_in_child(mp, partial(payloads.look, log))
    daemon = mp.Process(target=payloads.look, args=(log,), daemon=True)
    daemon.start()
    until_exited(daemon.pid)
    recorder.shows("the global in each child", log.values("number"), expected=[100, 100])


@where(fresh_memory)
@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods", observed=True)
def test_child_runs_the_modules_again(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """The top-level code of a module runs again in the child's process."""
    lesson.run_in_child(mp, partial(payloads.look, log))
    look = log.only("imported by")
    recorder.shows("the pid of the process that imported the module", look.value, expected=look.pid)
