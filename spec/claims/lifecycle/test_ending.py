"""The end of a child's code."""

from __future__ import annotations

from functools import partial
from typing import Callable

from impl.contract import Multiprocessing
from spec.claims.lifecycle import payloads
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint, Programs
from spec.engine.lessons import Lesson
from spec.engine.marks import needs
from spec.harness.process_table import ALIVE, settled
from spec.harness.recorder import Recorder
from spec.harness.witness import containing, kernel, other_than, recorder

pytestmark = needs("Process")


def test_child_that_ends_by_itself_cleans_up(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A child that ends by itself, such as by `sys.exit`, runs its finally blocks."""
    working = checkpoint("working")
    leaving = partial(payloads.leave_as_told, working.pause)
    child = lesson.start(mp, partial(payloads.clean_up_after, leaving, log))
    arrival = working.next().let_go(0)
    child.join()
    recorder.shows("what it ran at the end", log.values("cleaned up"), expected=containing("finally"))
    kernel.shows("the process that ended", arrival.pid, expected=child.pid)


def test_waits_for_its_children(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A child whose code has come to its end waits for the ordinary children that it has started."""
    working = checkpoint("working")
    child = lesson.start(mp, partial(payloads.start_one, mp.Process, steps(working.pause, partial(log, "done"))))
    arrival = working.next()
    kernel.shows("the process that works", arrival.pid, expected=other_than(child.pid))
    kernel.shows("the child, at the end of its code", settled(child.pid), expected=ALIVE)
    arrival.let_go()
    child.join()
    recorder.shows("who came to the end", [event.pid for event in log.events("done")], expected=[arrival.pid])


def test_output_is_written_once(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """What a child has printed, even if it exits or fails then, and its starter before, is written out, once."""
    ends: dict[str, Callable[[], object]] = {
        "it comes to its end": partial(log, "ran"),
        "it exits": steps(partial(log, "ran"), leave(3)),
        "it fails": partial(payloads.fail, log, payloads.Failure("out of paper")),
    }
    tasks = [steps(partial(print, line), end) for line, end in ends.items()]
    printing = program.main(payloads.print_and_start, lesson.start, tasks)
    kernel.shows("the starter's exit status", printing.exit_status(), expected=0)
    recorder.shows("how many children ran", len(log.events("ran")), expected=3)
    expected = sorted([*ends, "the starter's"])
    lines = sorted(line for line in printing.output.splitlines() if line in expected)
    kernel.shows("what was printed", lines, expected=expected)


def test_needs_no_output(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """A child ends as ever, with the same exit code, in a program that has neither stdout nor stderr."""
    tasks = [leave(0), leave(7), partial(payloads.fail, log, payloads.Failure())]
    silent = program.main(payloads.join_without_output, lesson.start, tasks, log)
    kernel.shows("the program's exit status", silent.exit_status(), expected=0)
    codes = log.values("exit code")
    recorder.shows("the exit codes of one that ends, exits, and fails", codes, expected=[0, 7, 1])
    recorder.shows("how many came to fail", len(log.events("ran")), expected=1)
