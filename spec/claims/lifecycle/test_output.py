"""What a child prints to files that replace its standard output, or that are closed."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from impl.contract import Multiprocessing, Task
from spec.claims.lifecycle import payloads
from spec.claims.shared.steps import leave
from spec.engine.fixtures import Programs
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source
from spec.harness.recorder import Recorder
from spec.harness.witness import containing, kernel, recorder

pytestmark = needs("Process")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.exitcode", observed=True)
def test_replaced_output_is_written(mp: Multiprocessing, lesson: Lesson, log: Recorder, folder: Path) -> None:
    """What a child prints to a file that replaces `sys.stderr` is in it at the end, also the reason of a failure."""
    tasks: dict[str, Task] = {
        "nothing": leave(0),
        "out of paper": partial(sys.exit, "out of paper"),
        "TaskFailed: out of ink": partial(payloads.fail, log, payloads.TaskFailed("out of ink")),
    }
    for number, (reason, task) in enumerate(tasks.items()):
        file = folder / str(number)
        lesson.start(mp, partial(payloads.write_to_a_file_of_its_own, str(file), task)).join()
        lines = file.read_text(encoding="utf-8").splitlines()
        kernel.shows("the first two lines of the file", lines[:2], expected=["to stdout", "to stderr"])
        kernel.shows("the last line of the file", ["nothing", *lines[2:]][-1], expected=containing(reason))


@source("https://github.com/python/cpython/pull/4073", observed=True)
def test_needs_no_open_output(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """In a program whose stdout and stderr are closed, a child ends as usual, with the usual exit code."""
    closed = program.main(payloads.start_and_join_with_closed_output, lesson.start, [leave(0), leave(7)], log)
    kernel.shows("the program's exit status", closed.exit_status(), expected=0)
    recorder.shows("the exit codes of children that end and exit", log.values("exit code"), expected=[0, 7])
