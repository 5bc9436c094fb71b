"""Whether a child runs the main module again."""

from __future__ import annotations

from pathlib import Path

from spec.claims.isolation import exchanging, nesting, relative, telling, unguarded
from spec.claims.isolation.packaged import __main__ as packaged
from spec.engine.fixtures import Programs
from spec.engine.marks import needs, runs_main_again, runs_main_once, source, where
from spec.harness.recorder import Recorder
from spec.harness.witness import containing, kernel, recorder

pytestmark = needs("Process")

BOTH_NAMES = [("__main__", True), ("__mp_main__", False)]
"""The names of a main module that a program runs, and runs again for a child."""


@where(runs_main_once)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing-safe-main-import")
def test_unguarded_main_works(program: Programs, log: Recorder) -> None:
    """A main module can start a child without a guard, because the child does not run that module again."""
    status = program.module(unguarded, log.path).exit_status()
    recorder.shows("the number of times that the main module ran", len(log.events("main")), expected=1)
    recorder.shows("the number of times that the child's task ran", len(log.events("task")), expected=1)
    kernel.shows("the program's exit status", status, expected=0)


@where(runs_main_again)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing-safe-main-import")
def test_unguarded_main_breaks(program: Programs, log: Recorder) -> None:
    """Without a guard in the main module, a child runs that module again, and cannot start a child of its own."""
    failed = program.module(unguarded, log.path)
    failed.exit_status()
    recorder.shows("the number of times that the main module ran", len(log.events("main")), expected=2)
    recorder.shows("the number of times that the child's task ran", len(log.events("task")), expected=0)
    recorder.shows("the program's output", failed.output + failed.errors, expected=containing("RuntimeError"))


@where(runs_main_again)
@source("https://docs.python.org/3/whatsnew/3.4.html#multiprocessing")
def test_main_of_a_package_is_so_in_the_child(program: Programs, log: Recorder) -> None:
    """A main module that `python -m` runs as part of a package is part of that package in a child too."""
    status = program.module(relative, log.path).exit_status()
    package = relative.__name__.rpartition(".")[0]
    packages = log.values("main's"), log.values("the child's")
    recorder.shows(
        "the packages of the main module in main and in the child", packages, expected=([package], [package])
    )
    kernel.shows("the program's exit status", status, expected=0)


@where(runs_main_again)
@needs("current_process")
@source("https://github.com/python/cpython/issues/143706")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing-safe-main-import", observed=True)
def test_command_line_is_there_while_main_runs_again(program: Programs, log: Recorder) -> None:
    """The starter's command line is there already while the main module runs again for a child."""
    status = program.module(telling, log.path).exit_status()
    command_lines = [value[0] for value in log.values("__main__") + log.values("__mp_main__")]
    recorder.shows("the number of times that the main module ran", len(command_lines), expected=2)
    recorder.shows("the command line the second time", command_lines[1], expected=command_lines[0])
    kernel.shows("the program's exit status", status, expected=0)


@needs("Queue")
@source("https://github.com/microsoft/ptvsd/issues/2108")
@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods", observed=True)
def test_classes_of_main_are_known_on_both_sides(program: Programs, log: Recorder) -> None:
    """An instance of a class that main defines is one in a child too, and so is one that the child sends back."""
    status = program.module(exchanging, log.path).exit_status()
    recorder.shows("whether the child and main know what they get", log.values("known"), expected=[[True, True]])
    kernel.shows("the program's exit status", status, expected=0)


@source("https://github.com/Nuitka/Nuitka/pull/4011")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing-safe-main-import", observed=True)
def test_functions_of_main_run_in_a_childs_child(program: Programs, log: Recorder) -> None:
    """A function that main defines can be the target of a child, and of its child, in a file or in a module."""
    for as_file in False, True:
        status = program.module(nesting, log.path, as_file=as_file).exit_status()
        kernel.shows("the program's exit status", status, expected=0)
    calls = log.values("generations to come")
    recorder.shows("the calls, each with how many generations are to come", calls, expected=[2, 1, 0] * 2)


@where(runs_main_again)
@needs("current_process")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing-safe-main-import", observed=True)
def test_main_that_is_a_file_runs_again(program: Programs, log: Recorder) -> None:
    """A main module that `python FILE` runs is run again from that file for a child, under another name."""
    running = program.module(telling, log.path, as_file=True)
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    names = [(event.name, event.pid == running.pid) for event in log.events("__main__") + log.events("__mp_main__")]
    recorder.shows("the names of the main module, and whether the program ran it", names, expected=BOTH_NAMES)
    program.module(exchanging, log.path, as_file=True).exit_status()
    recorder.shows("whether the child and main know what they get", log.values("known"), expected=[[True, True]])
    recorder.shows("the number of times that the child's task ran", len(log.events("task")), expected=1)


@where(runs_main_again)
@source("https://docs.python.org/3/library/sys.html#sys.modules", observed=True)
def test_main_finds_itself_while_it_runs_again(program: Programs, log: Recorder) -> None:
    """While a child runs the main module again, the module is in `sys.modules` under its name there."""
    for as_file in False, True:
        program.module(telling, log.path, as_file=as_file).exit_status()
    seen = log.values("found")
    recorder.shows("whether the main module finds itself, each time that it runs", seen, expected=[True] * 4)


@where(runs_main_again)
@source("https://docs.python.org/3/library/__main__.html#main-py-in-python-packages", observed=True)
def test_main_of_a_package_runs_once(program: Programs, log: Recorder, folder: Path) -> None:
    """The module `__main__` of a package that `python -m` runs is not run again for a child."""
    status = program.module(packaged, log.path, str(folder / "made")).exit_status()
    recorder.shows("the number of times that the main module ran", len(log.events("main")), expected=1)
    kernel.shows("whether the child has made its folder", (folder / "made").is_dir(), expected=True)
    kernel.shows("the program's exit status", status, expected=0)


@where(runs_main_again)
@source("https://docs.python.org/3/using/cmdline.html#interface-options", observed=True)
def test_main_of_a_folder_or_an_archive_runs_once(program: Programs, log: Recorder, folder: Path) -> None:
    """The module `__main__` of a folder, or of a zip archive, that Python runs is not run again for a child."""
    for name in "folder", "archive.zip":
        status = program.packed(packaged, name, log.path, str(folder / name)).exit_status()
        kernel.shows(f"whether the child of {name} has made its folder", (folder / name).is_dir(), expected=True)
        kernel.shows("the program's exit status", status, expected=0)
    recorder.shows("the number of times that a main module ran", len(log.events("main")), expected=2)
