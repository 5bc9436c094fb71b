"""What happens at the end of a child's code: cleanup, children, output."""

from __future__ import annotations

from functools import partial
from typing import Callable

from impl.contract import Multiprocessing
from spec.claims.lifecycle import payloads
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint, Programs
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source
from spec.harness.process_table import ALIVE, settled, until_exited
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, containing, kernel, other_than, recorder

pytestmark = needs("Process")


@source("https://docs.python.org/3/library/sys.html#sys.exit")
def test_child_that_ends_by_itself_cleans_up(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A child that ends by itself, for example with `sys.exit()`, runs its `finally` blocks."""
    working = checkpoint("working")
    leaving = partial(payloads.exit_with_reply, working.pause)
    child = lesson.start(mp, partial(payloads.run_with_cleanup, leaving, log))
    arrival = working.next().let_go(0)
    child.join()
    recorder.shows("the cleanup that the child ran", log.values("cleaned up"), expected=containing("finally"))
    kernel.shows("the pid of the child", arrival.pid, expected=child.pid)


@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods")
def test_waits_for_its_children(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """At the end of its code, a child waits for the non-daemonic children that it has started."""
    working = checkpoint("working")
    child = lesson.start(mp, partial(payloads.start_child, mp.Process, steps(working.pause, partial(log, "done"))))
    arrival = working.next()
    kernel.shows("the pid of the grandchild", arrival.pid, expected=other_than(child.pid))
    kernel.shows("the child at the end of its code", settled(child.pid), expected=ALIVE)
    arrival.let_go()
    child.join()
    done = [event.pid for event in log.events("done")]
    recorder.shows("the processes that reached the end", done, expected=[arrival.pid])


@source("https://github.com/python/cpython/issues/98552", observed=True)
def test_output_is_written_once(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """Text that a starter and then its child print is written exactly once, even if the child exits or fails."""
    ends: dict[str, Callable[[], object]] = {
        "the child ends": partial(log, "ran"),
        "the child exits": steps(partial(log, "ran"), leave(3)),
        "the child fails": partial(payloads.fail, log, payloads.TaskFailed("out of paper")),
    }
    tasks = [steps(partial(print, line), end) for line, end in ends.items()]
    printing = program.main(payloads.print_and_start, lesson.start, tasks)
    kernel.shows("the starter's exit status", printing.exit_status(), expected=0)
    recorder.shows("the number of children that ran", len(log.events("ran")), expected=3)
    expected = sorted([*ends, "the starter starts"])
    lines = sorted(line for line in printing.output.splitlines() if line in expected)
    kernel.shows("the printed lines", lines, expected=expected)


@source("https://docs.python.org/3/library/sys.html#sys.stderr", observed=True)
def test_unfinished_lines_are_written(program: Programs, lesson: Lesson) -> None:
    """Text without an end of line that a child leaves in the buffers of stdout and stderr is written at its end."""
    tasks = [payloads.write_unfinished, steps(payloads.write_unfinished, leave(3))]
    writing = program.main(payloads.print_and_start, lesson.start, tasks)
    kernel.shows("the starter's exit status", writing.exit_status(), expected=0)
    for name, text in {"stdout": writing.output, "stderr": writing.errors}.items():
        kernel.shows(f"how often the text is on {name}", text.count(f"half of {name}"), expected=2)


@source("https://github.com/python/cpython/pull/4073", observed=True)
def test_needs_no_output(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """In a program that has neither stdout nor stderr, a child ends as usual, with the usual exit code."""
    tasks = [leave(0), leave(7), partial(payloads.fail, log, payloads.TaskFailed())]
    silent = program.main(payloads.start_and_join_without_output, lesson.start, tasks, log)
    kernel.shows("the program's exit status", silent.exit_status(), expected=0)
    codes = log.values("exit code")
    recorder.shows("the exit codes of children that end, exit and fail", codes, expected=[0, 7, 1])
    recorder.shows("the number of children that raised an exception", len(log.events("ran")), expected=1)


@source("https://github.com/python/cpython/issues/83856")
@source("https://docs.python.org/3/library/atexit.html#atexit.register", observed=True)
def test_runs_its_own_exit_handlers(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A child that comes to the end of its code, or fails, runs the exit handlers that it has registered itself."""
    register = partial(payloads.register, log, "handler")
    for task in register, steps(register, partial(payloads.fail, log, payloads.TaskFailed())):
        child = lesson.start(mp, task)
        child.join()
        handlers = [event.pid for event in log.events("handler")]
        recorder.shows("the last process that ran an exit handler", handlers[-1:], expected=[child.pid])


@source("https://github.com/python/cpython/issues/114220")
@source("https://docs.python.org/3/library/atexit.html#atexit.register", observed=True)
def test_exit_handlers_run_before_it_waits(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child runs its exit handlers, which may end its children, before it waits for its children."""
    working = checkpoint("working")
    child = lesson.start(mp, partial(payloads.start_child_and_end_it_at_exit, mp.Process, working.pause))
    until_exited(child.pid)
    child.join()
    caller.shows("the exit code of the child", child.exitcode, expected=0)
