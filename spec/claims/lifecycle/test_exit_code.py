"""The exit code of a child, by the way in which it ended."""

from __future__ import annotations

import os
import signal
import sys
from functools import partial
from typing import Any

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from impl.contract import Multiprocessing
from spec.claims.lifecycle import payloads
from spec.claims.lifecycle.scenes import until_ready
from spec.claims.queue import payloads as queue_payloads
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint, Programs
from spec.engine.lessons import Lesson
from spec.engine.marks import fresh_memory, needs, source, where
from spec.harness.process_table import until_exited
from spec.harness.recorder import Recorder
from spec.harness.witness import Matcher, caller, containing, kernel, recorder

pytestmark = needs("Process")

WITHOUT_SHRINKING = [Phase.explicit, Phase.generate]
"""For examples that each start a process: the first one that fails is reported."""


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.exitcode")
def test_exit_code_of_a_normal_end(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that reaches the end of its code has exit code 0."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next().let_go()
    child.join()
    kernel.shows("the pid of the child", arrival.pid, expected=child.pid)
    caller.shows("the exit code", child.exitcode, expected=0)


@source("https://man7.org/linux/man-pages/man2/_exit.2.html")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.exitcode")
def test_exit_code_is_what_it_left_with(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that calls `sys.exit(n)` has exit code `n`, or the low byte of `n` if `n` is not from 0 to 255."""
    working = checkpoint("working")

    @example(status=False)
    @example(status=128 + signal.SIGTERM)
    @example(status=255)
    @example(status=263)
    @example(status=-1)
    @settings(max_examples=4, phases=WITHOUT_SHRINKING)
    @given(status=st.integers(0, 255))
    def exits(status: int) -> None:
        child = lesson.start(mp, partial(payloads.exit_with_reply, working.pause))
        arrival = working.next().let_go(status)
        child.join()
        kernel.shows("the pid of the child", arrival.pid, expected=child.pid)
        caller.shows("the exit code", child.exitcode, expected=status & 255)

    exits()


@source("https://docs.python.org/3/library/sys.html#sys.exit")
def test_exit_code_of_a_bare_exit(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A child that calls `sys.exit()` without an argument has exit code 0."""
    child = lesson.start(mp, steps(partial(log, "ran"), sys.exit))
    child.join()
    ran = [event.pid for event in log.events("ran")]
    recorder.shows("the processes that ran the code", ran, expected=[child.pid])
    caller.shows("the exit code", child.exitcode, expected=0)


@source("https://docs.python.org/3/library/sys.html#sys.exit")
def test_exit_code_of_an_exit_with_text(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """A child that calls `sys.exit()` with a string or a tuple has exit code 1, and prints that object to stderr."""
    values: list[Any] = ["out of paper", ("out of", "paper")]
    for value in values:
        leaving = steps(partial(log, "ran"), partial(sys.exit, value))
        starting = program.main(payloads.start_and_join, lesson.start, leaving, log)
        kernel.shows("the starter's exit status", starting.exit_status(), expected=0)
        kernel.shows("stderr", starting.errors, expected=containing(f"{value}\n"))
    recorder.shows("how often a child's code ran", len(log.events("ran")), expected=2)
    recorder.shows("the exit codes", log.values("exit code"), expected=[1, 1])


@source("https://docs.python.org/3/library/os.html#os._exit")
def test_exit_code_of_an_abrupt_exit(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A child that calls `os._exit(n)` has exit code `n`, although it runs no more code that could report it."""
    child = lesson.start(mp, steps(partial(log, "ran"), partial(os._exit, 7)))
    child.join()
    ran = [event.pid for event in log.events("ran")]
    recorder.shows("the processes that ran the code", ran, expected=[child.pid])
    caller.shows("the exit code", child.exitcode, expected=7)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.exitcode", observed=True)
def test_exit_code_of_an_exception(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """A child that ends with an exception has exit code 1 and prints a traceback to stderr; its starter continues."""
    failing = partial(payloads.fail, log, payloads.TaskFailed("out of paper"))
    starting = program.main(payloads.start_and_join, lesson.start, failing, log)
    kernel.shows("the starter's exit status", starting.exit_status(), expected=0)
    recorder.shows("how often the child's code ran", len(log.events("ran")), expected=1)
    recorder.shows("the exit code", log.values("exit code"), expected=[1])
    kernel.shows("stderr", starting.errors, expected=containing("Traceback (most recent call last)"))
    kernel.shows("stderr", starting.errors, expected=containing("TaskFailed: out of paper"))


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.interrupt", observed=True)
def test_exit_code_of_an_interrupt(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """A child that ends with `KeyboardInterrupt` has exit code 1 and prints it to stderr, like other exceptions."""
    interrupted = partial(payloads.fail, log, KeyboardInterrupt("enough"))
    starting = program.main(payloads.start_and_join, lesson.start, interrupted, log)
    kernel.shows("the starter's exit status", starting.exit_status(), expected=0)
    recorder.shows("how often the child's code ran", len(log.events("ran")), expected=1)
    recorder.shows("the exit code", log.values("exit code"), expected=[1])
    kernel.shows("stderr", starting.errors, expected=containing("KeyboardInterrupt: enough"))


@where(fresh_memory)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.exitcode", observed=True)
def test_exit_code_of_a_child_that_cannot_begin(mp: Multiprocessing, log: Recorder) -> None:
    """A child that cannot unpickle its arguments does not run its target, and has a nonzero exit code."""
    child = mp.Process(target=log, args=("ran", queue_payloads.Unreadable()))
    child.start()
    child.join()
    recorder.shows("the processes that ran the code", [event.pid for event in log.events("ran")], expected=[])
    failure = Matcher("a number other than 0", lambda code: code is not None and code != 0)
    caller.shows("the exit code", child.exitcode, expected=failure)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.exitcode")
def test_exit_code_of_a_killed_child(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that is ended by a signal, whoever sends it, has the negative signal number as its exit code."""
    working = checkpoint("working")

    @example(number=signal.SIGKILL)
    @example(number=signal.SIGRTMIN + 1)  # a signal without a name
    @settings(max_examples=2, phases=WITHOUT_SHRINKING)
    @given(number=st.sampled_from([signal.SIGUSR1, signal.SIGUSR2]))
    def dies(number: int) -> None:
        child = lesson.start(mp, working.pause)
        arrival = working.next()
        kernel.shows("the pid of the child", arrival.pid, expected=child.pid)
        os.kill(arrival.pid, number)
        child.join()
        until_exited(arrival.pid)
        caller.shows("the exit code", child.exitcode, expected=-number)

    dies()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.exitcode")
def test_exit_code_of_a_terminated_child(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A terminated child that does not handle SIGTERM has the negative number of SIGTERM as its exit code."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next()
    lesson.terminate(child)
    child.join()
    kernel.shows("the pid of the child", arrival.pid, expected=child.pid)
    caller.shows("the exit code", child.exitcode, expected=-signal.SIGTERM)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.exitcode")
def test_exit_code_needs_no_join(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """The exit code of a child is available once the child has exited, even if nobody has joined it."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, leave(7)))
    arrival = working.next().let_go()
    until_ready(child.sentinel)
    until_exited(arrival.pid)
    caller.shows("the exit code", child.exitcode, expected=7)
    child.join()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.exitcode")
def test_child_gets_the_exit_codes_of_its_own(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A child gets the exit codes of its own children as main does: after an exit, an exception and a signal."""
    failing = partial(payloads.fail, log, payloads.TaskFailed("out of paper"))
    tasks = leave(7), failing, partial(signal.raise_signal, signal.SIGUSR1)
    child = lesson.start(mp, partial(payloads.start_and_join_each, mp.Process, tasks, log))
    child.join()
    recorder.shows("the exit codes", log.values("exit code"), expected=[7, 1, -signal.SIGUSR1])
    pids = {event.pid for event in log.events("exit code")}
    recorder.shows("the processes that got them", pids, expected={child.pid})


@source("https://docs.python.org/3/library/sys.html#sys.exit")
def test_starter_has_an_exit_status_of_its_own(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """A program that has had children ends with the exit status of its own code, not with one of theirs."""
    starting = program.main(payloads.start_join_and_exit, lesson.start, partial(log, "ran"), 3)
    kernel.shows("the starter's exit status", starting.exit_status(), expected=3)
    recorder.shows("how often the child's code ran", len(log.events("ran")), expected=1)
