"""Isolation: processes share no memory."""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import warnings
import zlib
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from impl.contract import Multiprocessing
from spec.claims.isolation import payloads, relative, unguarded
from spec.claims.queue import payloads as queue_payloads
from spec.claims.shared import beginnings
from spec.claims.shared.steps import leave
from spec.engine.fixtures import MakeCheckpoint, Programs, Start
from spec.engine.lessons import Lesson, NotProvided
from spec.engine.marks import (
    default_is_fork,
    default_is_forkserver,
    fork_knows_threads,
    fresh_memory,
    helper_is_parent,
    inherits_memory,
    needs,
    runs_main_again,
    runs_main_once,
    starter_is_parent,
    where,
)
from spec.engine.targets import Target
from spec.harness.process_table import GONE, descendants, parent, state, until_exited
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, containing, kernel, other_than, recorder, refuses

pytestmark = needs("Process")


def test_child_is_another_process(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """What a child runs, runs in a process other than the one that started it."""
    lesson.run_in_child(mp, partial(log, "ran"))
    ran = log.only("ran")
    kernel.shows("the pid that the task ran with", ran.pid, expected=other_than(os.getpid()))


def test_rebinding_stays_in_the_child(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A global that a child rebinds keeps its value in the parent."""
    payloads.number = 100
    lesson.run_in_child(mp, partial(payloads.rebind, log, 3))
    recorder.shows("the global in the child", log.values("number"), expected=[3])
    recorder.shows("the global in the parent", payloads.number, expected=100)


def test_change_in_place_stays_in_the_child(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """An object that a child changes in place is unchanged in the parent."""
    payloads.numbers = [100]
    lesson.run_in_child(mp, partial(payloads.change_in_place, log, 3))
    recorder.shows("the list in the child", log.values("numbers"), expected=[[100, 3]])
    recorder.shows("the list in the parent", payloads.numbers, expected=[100])


def test_siblings_share_nothing(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """What one child changes, the next child does not see."""
    lesson.run_in_child(mp, partial(payloads.rebind, log, 3))
    lesson.run_in_child(mp, partial(payloads.change_in_place, log, 3))
    lesson.run_in_child(mp, partial(payloads.look, log))
    recorder.shows("the global in each child", log.values("number"), expected=[3, 100])
    recorder.shows("the list in each child", log.values("numbers"), expected=[[100, 3], [100]])


def test_arguments_are_copies(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """An argument that a child changes is unchanged in the parent."""
    argument = [1, 2]
    lesson.run_in_child(mp, partial(payloads.append, log, argument))
    recorder.shows("the argument in the child", log.values("argument"), expected=[[1, 2, 3]])
    recorder.shows("the argument in the parent", argument, expected=[1, 2])


def test_args_and_kwargs_are_copies(mp: Multiprocessing, log: Recorder) -> None:
    """What a process is given, by position and by name, reaches the child as it is then, and is a copy there."""
    positional, named = [1], [2]
    child = mp.Process(target=payloads.append_to_both, args=(log, positional), kwargs={"named": named})
    child.start()
    child.join()
    recorder.shows("the arguments in the child", log.values("arguments"), expected=[[[1, 3], [2, 3]]])
    recorder.shows("the arguments in the parent", [positional, named], expected=[[1], [2]])
    positional.append(4)
    another = mp.Process(target=payloads.append_to_both, args=(log,), kwargs={"positional": positional})
    another.start()
    another.join()
    recorder.shows("the arguments in another child", log.values("arguments")[1:], expected=[[[1, 4, 3], None]])


def test_arguments_are_copied_at_the_start(mp: Multiprocessing, log: Recorder) -> None:
    """What is changed in an argument between the making of a process and its start reaches the child."""
    argument = [1]
    child = mp.Process(target=payloads.append, args=(log, argument))
    argument.append(2)
    child.start()
    child.join()
    recorder.shows("the argument in the child", log.values("argument"), expected=[[1, 2, 3]])
    recorder.shows("the argument in the parent", argument, expected=[1, 2])


def test_large_arguments_arrive(mp: Multiprocessing, log: Recorder) -> None:
    """An argument that is larger than a pipe's buffer reaches the child as a whole."""
    argument = bytes(range(256)) * (queue_payloads.BIG // 256)
    child = mp.Process(target=beginnings.tell_argument, args=(log, argument))
    child.start()
    child.join()
    expected = [[len(argument), zlib.crc32(argument)]]
    recorder.shows("the length and the checksum of what arrived", log.values("argument"), expected=expected)


def test_child_runs_no_cleanup_of_its_starter(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """A child runs neither the exit handlers nor the finally blocks of its starter."""
    running = program.main(beginnings.clean_up_around_a_child, lesson.run_in_child, partial(log, "ran"), log)
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    ran = log.only("ran")
    recorder.shows("the process that the task ran in", ran.pid, expected=other_than(running.pid))
    cleanups = [(event.value, event.pid) for event in log.events("cleaned up")]
    expected = [("finally", running.pid), ("exit handler", running.pid)]
    recorder.shows("what was cleaned up, and in which process", cleanups, expected=expected)


def test_child_has_no_input(mp: Multiprocessing, log: Recorder, starter: Start) -> None:
    """A child reads nothing of its starter's standard input: for it, that is at its end."""

    def start_with_input() -> str:
        reading, writing = os.pipe()
        os.write(writing, b"for the starter")
        os.close(writing)
        os.dup2(reading, 0)
        sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
        child = mp.Process(target=beginnings.tell_input, args=(log,))
        child.start()
        child.join()
        return sys.stdin.read()

    left = starter(start_with_input).result()
    recorder.shows("what the child has read", log.values("input"), expected=[""])
    caller.shows("what is left for the starter", left, expected="for the starter")


def test_child_begins_where_its_starter_is(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, starter: Start, folder: Path
) -> None:
    """A child begins in the folder that its starter is in by then, with its mask of new files' modes and niceness."""
    run_in_child = lesson.run_in_child

    def start_nicely() -> list[list[object]]:
        os.umask(0o027)
        niceness, places = os.nice(1), []
        for place in os.getcwd(), str(folder):
            os.chdir(place)
            run_in_child(mp, partial(beginnings.tell_place, log))
            places.append([place, 0o027, niceness])
        return places

    places = starter(start_nicely).result()
    recorder.shows("the folder, mask and niceness of each child", log.values("place"), expected=places)


def test_children_have_random_numbers_of_their_own(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """Children that are started one after the other do not draw the same random numbers, nor their starter's."""
    for _ in range(2):
        lesson.run_in_child(mp, partial(beginnings.tell_random_number, log))
    numbers = {*log.values("random"), random.random()}
    recorder.shows("how many different numbers two children and their starter have drawn", len(numbers), expected=3)


def test_child_is_returned_joined(mp: Multiprocessing, lesson: Lesson) -> None:
    """Running a task in a child returns the child, which has ended and was reaped, with its exit code."""
    child = lesson.run_in_child(mp, leave(7))
    kernel.shows("the child", state(child.pid), expected=GONE)
    caller.shows("the exit code", child.exitcode, expected=7)


@where(inherits_memory)
def test_child_begins_with_the_starters_memory(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A child begins with the values that the starter had at that moment, and imports nothing again."""
    payloads.number = 7
    lesson.run_in_child(mp, partial(payloads.look, log))
    recorder.shows("the global in the child", log.values("number"), expected=[7])
    recorder.shows("who imported the module", log.values("imported by"), expected=[payloads.imported_by])


@where(fresh_memory)
def test_child_begins_with_fresh_memory(mp: Any, lesson: Lesson, log: Recorder) -> None:
    """A child, daemonic or not, begins with what importing the modules gives, whatever has been changed since."""
    payloads.number = 7
    lesson.run_in_child(mp, partial(payloads.look, log))
    daemon = mp.Process(target=payloads.look, args=(log,), daemon=True)
    daemon.start()
    until_exited(daemon.pid)
    recorder.shows("the global in each child", log.values("number"), expected=[100, 100])


@where(fresh_memory)
def test_child_runs_the_modules_again(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """The top level of a module runs again in the process of the child."""
    lesson.run_in_child(mp, partial(payloads.look, log))
    look = log.only("imported by")
    recorder.shows("who imported the module", look.value, expected=look.pid)


@where(fresh_memory)
def test_child_has_none_of_the_starters_files(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, folder: Path
) -> None:
    """A child has no file open that its starter has, inheritable or not."""
    with (folder / "secret").open("w") as secret:
        os.set_inheritable(secret.fileno(), True)
        lesson.run_in_child(mp, partial(beginnings.tell_files, log))
        files = log.only("files").value
        recorder.shows("whether the child has the file open", secret.name in files, expected=False)


@where(fresh_memory)
def test_child_has_the_starters_command_line(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, folder: Path
) -> None:
    """A child begins with its starter's command line, and looks for modules where its starter does."""
    sys.argv = ["program", "--option"]
    sys.path.append(str(folder))
    lesson.run_in_child(mp, partial(beginnings.tell_arguments, log))
    recorder.shows("the child's command line", log.values("arguments"), expected=[["program", "--option"]])
    path = log.only("path").value
    missing = [place for place in sys.path if place and place not in path]
    recorder.shows("where it does not look for modules, though its starter does", missing, expected=[])


@where(fresh_memory)
def test_child_has_the_starters_options(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """A child's interpreter has the options of its starter's, such as -O and -W."""
    task, options = partial(beginnings.tell_options, log), ("-O", "-W", "ignore:so says the spec", "-X", "dev")
    running = program.main(lesson.run_in_child, task, options=options)
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    recorder.shows("what -O and -X dev set in the child", log.only("flags").value, expected=[1, True])
    recorder.shows("what -W has said there", log.only("warnings").value, expected=containing(options[2]))


@where(starter_is_parent)
def test_child_has_the_starters_environment(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A child begins with the environment that its starter has at that moment."""
    for value in "then", "now":
        os.environ["MULTIPROCESSING_SPEC"] = value
        lesson.run_in_child(mp, partial(payloads.tell_environment, log, "MULTIPROCESSING_SPEC"))
    recorder.shows("the environment of each child", log.values("environment"), expected=["then", "now"])


@where(inherits_memory)
def test_forked_task_needs_no_pickling(mp: Multiprocessing, log: Recorder) -> None:
    """What a child is given need not be such as can be pickled."""
    child = mp.Process(target=lambda _given: log("ran"), args=(queue_payloads.Unpicklable(),))
    child.start()
    child.join()
    recorder.shows("who ran", [event.pid for event in log.events("ran")], expected=[other_than(os.getpid())])


@where(fresh_memory)
@needs("active_children")
def test_unpicklable_task_is_refused(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A start with what cannot be pickled is refused, leaves neither process nor active child, and can be retried."""
    lesson.run_in_child(mp, partial(log, "ran"))  # whatever the API starts once for all is there now
    before = {*descendants(os.getpid())}
    given = [queue_payloads.Unpicklable()]
    child = mp.Process(target=log, args=("ran", given))
    with refuses(TypeError, "cannot be pickled"):
        child.start()
    kernel.shows("the processes that the start has left", {*descendants(os.getpid())} - before, expected=set())
    caller.shows("the active children", [one.pid for one in mp.active_children()], expected=[])
    caller.shows("its pid", child.pid, expected=None)
    recorder.shows("how many children ran", len(log.events("ran")), expected=1)
    given.clear()
    child.start()
    child.join()
    recorder.shows("how many have run in the end", len(log.events("ran")), expected=2)


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


@where(runs_main_again)
def test_main_of_a_package_is_so_in_the_child(program: Programs, log: Recorder) -> None:
    """A main module that `python -m` runs as part of a package is part of that in a child too."""
    status = program.module(relative, log.path).exit_status()
    package = relative.__name__.rpartition(".")[0]
    packages = log.values("main's"), log.values("the child's")
    recorder.shows("the packages that main and the child are of", packages, expected=([package], [package]))
    kernel.shows("the program's exit status", status, expected=0)


@pytest.fixture
def default(target: Target) -> Any:
    """What the module under test does if no start method is named."""
    if not hasattr(target.module, "get_start_method"):
        raise NotProvided(f"{target.module.__name__} has no get_start_method")
    return target.module


@where(default_is_fork)
def test_default_is_fork(default: Any, checkpoint: MakeCheckpoint) -> None:
    """If no start method is named, it is fork, and the starter is the parent."""
    here = checkpoint("here")
    caller.shows("the start method", default.get_start_method(), expected="fork")
    child = default.Process(target=here.pause)
    child.start()
    kernel.shows("the child's parent", parent(here.next().let_go().pid), expected=os.getpid())
    child.join()


@where(default_is_forkserver)
def test_default_is_forkserver(default: Any, checkpoint: MakeCheckpoint) -> None:
    """If no start method is named, it is forkserver, and a helper is the parent."""
    here = checkpoint("here")
    caller.shows("the start method", default.get_start_method(), expected="forkserver")
    child = default.Process(target=here.pause)
    child.start()
    arrival = here.next()
    kernel.shows("the child's grandparent", parent(parent(arrival.pid) or 0), expected=os.getpid())
    arrival.let_go()
    child.join()


@where(inherits_memory)
@where(fork_knows_threads)
def test_fork_warns_of_threads(mp: Multiprocessing, lesson: Lesson) -> None:
    """A process that has a second thread is warned, as it starts a child, that the child may hang."""
    at_work = threading.Event()
    thread = threading.Thread(target=at_work.wait)
    thread.start()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        lesson.run_in_child(mp, leave(0))
    at_work.set()
    thread.join()
    kinds = [warning.category for warning in caught if "multi-threaded" in str(warning.message)]
    caller.shows("the warnings of threads", kinds, expected=[DeprecationWarning])


@where(helper_is_parent)
def test_helper_keeps_its_environment(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """Where a helper is the parent, a child has the environment that the starter had when the helper was started."""
    for value in "then", "now":
        os.environ["MULTIPROCESSING_SPEC"] = value
        lesson.run_in_child(mp, partial(payloads.tell_environment, log, "MULTIPROCESSING_SPEC"))
    recorder.shows("the environment of each child", log.values("environment"), expected=["then", "then"])


@where(helper_is_parent)
def test_killed_helper_is_replaced(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """When the helper that is the parent of all children was killed, the next start has another one."""
    here, helpers = checkpoint("here"), []
    for _ in range(2):
        child = mp.Process(target=here.pause)
        child.start()
        arrival = here.next()
        helpers.append(parent(arrival.pid) or 0)
        arrival.let_go()
        child.join()
        caller.shows("the exit code of a child", child.exitcode, expected=0)
        kernel.shows("the helper", helpers[-1], expected=other_than(os.getpid()))
        os.kill(helpers[-1], signal.SIGKILL)
        until_exited(helpers[-1])
    kernel.shows("how many helpers there were", len({*helpers}), expected=2)


@where(helper_is_parent)
@needs("set_forkserver_preload")
def test_helper_preloads_modules(mp: Any, lesson: Lesson, log: Recorder) -> None:
    """A child begins with the modules that the helper was told to preload before it was started, imported already."""
    mp.set_forkserver_preload(["colorsys"])
    lesson.run_in_child(mp, partial(payloads.tell_module, log, "colorsys"))
    recorder.shows("whether the child has the module", log.values("module"), expected=[True])
