"""What a child shares with its starter besides memory: files, environment, command line and options."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

from impl.contract import Multiprocessing
from spec.claims.isolation import payloads
from spec.claims.shared import startup
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall, Programs
from spec.engine.lessons import Lesson
from spec.engine.marks import fresh_memory, inherits_memory, needs, source, starter_is_parent, where
from spec.harness.process_table import open_files
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, containing, kernel, other_than, recorder

pytestmark = needs("Process")


@source("https://github.com/python/cpython/issues/83856", observed=True)
def test_child_runs_no_cleanup_of_its_starter(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """A child runs neither the exit handlers nor the `finally` blocks of its starter."""
    running = program.main(startup.clean_up_around_a_child, lesson.run_in_child, partial(log, "ran"), log)
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    ran = log.only("ran")
    recorder.shows("the pid of the process that ran the task", ran.pid, expected=other_than(running.pid))
    cleanups = [(event.value, event.pid) for event in log.events("cleaned up")]
    expected = [("finally", running.pid), ("exit handler", running.pid)]
    recorder.shows("the cleanup code that ran, and the pid of its process", cleanups, expected=expected)


@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods")
def test_child_has_no_input(mp: Multiprocessing, log: Recorder, forked_call: MakeForkedCall) -> None:
    """A child reads nothing from its starter's standard input: it finds the end of the file at once."""

    def start_with_input() -> str:
        reading, writing = os.pipe()
        os.write(writing, b"for the starter")
        os.close(writing)
        os.dup2(reading, 0)
        sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
        child = mp.Process(target=startup.tell_input, args=(log,))
        child.start()
        child.join()
        return sys.stdin.read()

    left = forked_call(start_with_input).result()
    recorder.shows("the text that the child read", log.values("input"), expected=[""])
    caller.shows("the text that is left for the starter", left, expected="for the starter")


@source("https://man7.org/linux/man-pages/man2/chdir.2.html", observed=True)
def test_child_begins_where_its_starter_is(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, forked_call: MakeForkedCall, folder: Path
) -> None:
    """A child begins in the current working directory of its starter, with its starter's umask and niceness."""
    run_in_child = lesson.run_in_child

    def start_in_two_folders() -> list[list[object]]:
        os.umask(0o027)
        niceness, places = os.nice(1), []
        for place in os.getcwd(), str(folder):
            os.chdir(place)
            run_in_child(mp, partial(startup.tell_place, log))
            places.append([place, 0o027, niceness])
        return places

    places = forked_call(start_in_two_folders).result()
    recorder.shows("the working directory, umask and niceness of each child", log.values("place"), expected=places)


@source("https://github.com/spack/spack/pull/31480")
def test_child_can_begin_in_a_removed_folder(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, forked_call: MakeForkedCall, folder: Path
) -> None:
    """A child can be started by a process whose current working directory has been removed."""
    run_in_child, removed = lesson.run_in_child, folder / "removed"

    def start_there() -> None:
        removed.mkdir()
        os.chdir(removed)
        removed.rmdir()
        run_in_child(mp, partial(log, "ran"))

    forked_call(start_there).result()
    recorder.shows("the number of times that the child's task ran", len(log.events("ran")), expected=1)


@where(fresh_memory)
@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods")
def test_child_has_none_of_the_starters_files(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, folder: Path
) -> None:
    """A child does not have its starter's files open, whether they are inheritable or not."""
    with (folder / "secret").open("w") as secret:
        os.set_inheritable(secret.fileno(), True)
        lesson.run_in_child(mp, partial(startup.tell_files, log))
        files = log.only("files").value
        recorder.shows("whether the child has the file open", secret.name in files, expected=False)


@where(fresh_memory)
@source("https://github.com/python/cpython/issues/143706", observed=True)
def test_child_has_the_starters_command_line(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, folder: Path
) -> None:
    """A child begins with its starter's command line and module search path."""
    sys.argv = ["program", "--option"]
    sys.path.append(str(folder))
    lesson.run_in_child(mp, partial(startup.tell_arguments, log))
    recorder.shows("the child's command line", log.values("arguments"), expected=[["program", "--option"]])
    path = log.only("path").value
    missing = [place for place in sys.path if place and place not in path]
    recorder.shows("the starter's module search path entries that the child lacks", missing, expected=[])


@where(fresh_memory)
@source("https://github.com/python/cpython/issues/144503")
def test_command_line_may_be_long(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A child can be started, and has all arguments, even if the command line has 200,000 characters."""
    sys.argv = ["program", *["x" * 100] * 2000]
    lesson.run_in_child(mp, partial(payloads.count_arguments, log))
    recorder.shows("the number of arguments in the child", log.values("arguments"), expected=[2001])


@where(fresh_memory)
@source("https://github.com/python/cpython/issues/76275", observed=True)
def test_child_has_the_starters_options(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """A child's interpreter has the options of its starter's interpreter, for example -O and -W."""
    task, options = partial(startup.tell_options, log), ("-O", "-W", "ignore:so says the spec", "-X", "dev")
    running = program.main(lesson.run_in_child, task, options=options)
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    recorder.shows("the optimize and dev_mode flags in the child", log.only("flags").value, expected=[1, True])
    recorder.shows("the warning options in the child", log.only("warnings").value, expected=containing(options[2]))


@where(starter_is_parent)
@source("https://man7.org/linux/man-pages/man7/environ.7.html")
def test_child_has_the_starters_environment(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A child begins with the environment that its starter has at that moment."""
    for value in "then", "now":
        os.environ["MULTIPROCESSING_SPEC"] = value
        lesson.run_in_child(mp, partial(payloads.tell_environment, log, "MULTIPROCESSING_SPEC"))
    recorder.shows("the environment of each child", log.values("environment"), expected=["then", "now"])


@source("https://man7.org/linux/man-pages/man2/chdir.2.html", observed=True)
def test_surroundings_are_the_childs_own(mp: Multiprocessing, lesson: Lesson, log: Recorder, folder: Path) -> None:
    """A child that changes its working directory, umask, niceness or environment changes no other process's."""
    startup.tell_place(log)
    lesson.run_in_child(mp, partial(payloads.change_surroundings, str(folder)))
    startup.tell_place(log)
    lesson.run_in_child(mp, partial(startup.tell_place, log))
    first, *later = log.values("place")
    recorder.shows("the directory, umask and niceness of starter and sibling", later, expected=[first, first])
    caller.shows("the starter's environment", os.environ.get("MULTIPROCESSING_SPEC"), expected=None)


@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods", observed=True)
def test_child_finds_modules_where_its_starter_does(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, folder: Path
) -> None:
    """A folder that the starter has added to `sys.path` is in the child's `sys.path`."""
    sys.path.append(str(folder))
    lesson.run_in_child(mp, partial(payloads.tell_path, log, str(folder)))
    recorder.shows("whether the child looks for modules in the folder", log.values("path"), expected=[True])


@where(inherits_memory)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing-start-method-fork")
def test_child_has_the_starters_files(mp: Multiprocessing, lesson: Lesson, log: Recorder, folder: Path) -> None:
    """A child has its starter's files open, whether they are inheritable or not."""
    with (folder / "one").open("w") as one, (folder / "another").open("w") as another:
        os.set_inheritable(another.fileno(), True)
        lesson.run_in_child(mp, partial(startup.tell_files, log))
        files = log.only("files").value
        missing = [file.name for file in (one, another) if file.name not in files]
        recorder.shows("the files of the starter that the child does not have open", missing, expected=[])


@source("https://github.com/python/cpython/issues/76275", observed=True)
def test_child_has_all_flags(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """All flags of a child's interpreter, `sys.flags`, are those of its starter's interpreter."""
    running = program.main(startup.tell_flags_here_and_there, lesson.run_in_child, log, options=("-O", "-s", "-q"))
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    recorder.shows("the flags of the program", log.values("all flags")[0][3], expected=1)
    recorder.shows("the flags of the child", log.values("all flags")[1], expected=log.values("all flags")[0])


@where(fresh_memory)
@source("https://github.com/python/cpython/issues/143706", observed=True)
def test_child_has_the_starters_path_in_order(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A child's module search path has the entries of its starter's, in order; an empty one is the current folder."""
    sys.path[:] = ["", *(place for place in sys.path if place)]
    lesson.run_in_child(mp, partial(startup.tell_arguments, log))
    recorder.shows("the path of the child", log.only("path").value, expected=[os.getcwd(), *sys.path[1:]])


@source("https://github.com/python/cpython/issues/132124")
def test_path_to_temporary_files_may_be_long(program: Programs, folder: Path, log: Recorder) -> None:
    """A child can be started even if the path of the folder for temporary files leaves no room for a socket."""
    running = program.main(payloads.start_far_away, str(folder), log)
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    recorder.shows("the number of times that the child's task ran", len(log.events("task")), expected=1)


@where(fresh_memory)
@source("https://github.com/python/cpython/issues/106723")
def test_child_has_the_starters_x_options(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """A child's interpreter has the -X options of its starter's interpreter, for example frozen_modules."""
    options = ("-X", "faulthandler", "-X", "frozen_modules=off", "-X", "utf8=1")
    running = program.main(lesson.run_in_child, partial(startup.tell_x_options, log), options=options)
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    expected = [["faulthandler", True], ["frozen_modules", "off"], ["utf8", "1"]]
    recorder.shows("the -X options of the child", log.only("x options").value, expected=expected)


@where(fresh_memory)
@source("https://github.com/python/cpython/issues/146004")
def test_child_has_unknown_x_options(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """A child's interpreter has all -X options of its starter's interpreter, even one that Python does not know."""
    task, options = partial(startup.tell_x_options, log), ("-X", "of_the_program=7")
    running = program.main(lesson.run_in_child, task, options=options)
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    recorder.shows("the -X options of the child", log.only("x options").value, expected=[["of_the_program", "7"]])


@where(fresh_memory)
@source("https://bugs.python.org/issue26732")
def test_child_has_none_of_its_siblings_files(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """A child has as many files open as its siblings, however many of these were started before and still run."""
    working = checkpoint("working")
    children = [mp.Process(target=working.pause) for _ in range(3)]
    for child in children:
        child.start()
    arrivals = working.wait_for(len(children))
    numbers = [open_files(int(child.pid or 0)) for child in children]
    kernel.shows("the number of files that each child has open", numbers, expected=numbers[:1] * len(children))
    for arrival in arrivals:
        arrival.let_go()
    for child in children:
        child.join()


@source("https://github.com/joblib/loky/pull/429")
def test_child_can_run_programs(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """A program that a child runs can read its standard input, which is empty, and write to a pipe."""
    running = program.main(lesson.run_in_child, partial(payloads.run_a_program, log))
    kernel.shows("the exit status of the starter", running.exit_status(), expected=0)
    recorder.shows(
        "the exit status, and what it has written", log.only("program").value, expected=[0, "end of input"]
    )
