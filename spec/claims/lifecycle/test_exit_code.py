"""The exit codes."""

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
from spec.engine.marks import fresh_memory, needs, where
from spec.harness.process_table import until_exited
from spec.harness.recorder import Recorder
from spec.harness.witness import Matcher, caller, containing, kernel, recorder

pytestmark = needs("Process")


WITHOUT_SHRINKING = [Phase.explicit, Phase.generate]
"""For examples that each are the start of a process: the first that fails has to do."""


def test_exit_code_of_a_normal_end(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that comes to the end of its code has exit code 0."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next().let_go()
    child.join()
    kernel.shows("the process that ended", arrival.pid, expected=child.pid)
    caller.shows("the exit code", child.exitcode, expected=0)


def test_exit_code_is_what_it_left_with(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that calls `sys.exit` with a number has that exit code, or if it is not from 0 to 255, its low byte."""
    working = checkpoint("working")

    @example(status=False)
    @example(status=128 + signal.SIGTERM)
    @example(status=255)
    @example(status=263)
    @example(status=-1)
    @settings(max_examples=4, phases=WITHOUT_SHRINKING)
    @given(status=st.integers(0, 255))
    def leaves(status: int) -> None:
        child = lesson.start(mp, partial(payloads.leave_as_told, working.pause))
        arrival = working.next().let_go(status)
        child.join()
        kernel.shows("the process that left", arrival.pid, expected=child.pid)
        caller.shows("the exit code", child.exitcode, expected=status & 255)

    leaves()


def test_exit_code_of_a_bare_exit(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A child that calls `sys.exit` with nothing has exit code 0."""
    child = lesson.start(mp, steps(partial(log, "ran"), sys.exit))
    child.join()
    recorder.shows("who ran", [event.pid for event in log.events("ran")], expected=[child.pid])
    caller.shows("the exit code", child.exitcode, expected=0)


def test_exit_code_of_an_exit_with_text(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """A child that calls `sys.exit` with a text, or with anything but a number, has exit code 1, and prints that."""
    told: list[Any] = ["out of paper", ("out of", "paper")]
    for what in told:
        leaving = steps(partial(log, "ran"), partial(sys.exit, what))
        starting = program.main(payloads.join_one, lesson.start, leaving, log)
        kernel.shows("the starter's exit status", starting.exit_status(), expected=0)
        kernel.shows("stderr", starting.errors, expected=containing(f"{what}\n"))
    recorder.shows("how often a child ran", len(log.events("ran")), expected=2)
    recorder.shows("the exit codes", log.values("exit code"), expected=[1, 1])


def test_exit_code_of_an_abrupt_exit(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A child that leaves by `os._exit` has the exit code that it passed, without any cooperation of its own."""
    child = lesson.start(mp, steps(partial(log, "ran"), partial(os._exit, 7)))
    child.join()
    recorder.shows("who ran", [event.pid for event in log.events("ran")], expected=[child.pid])
    caller.shows("the exit code", child.exitcode, expected=7)


def test_exit_code_of_an_exception(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """A child that an exception ends has exit code 1 and prints the traceback on stderr; the starter goes on."""
    failing = partial(payloads.fail, log, payloads.Failure("out of paper"))
    starting = program.main(payloads.join_one, lesson.start, failing, log)
    kernel.shows("the starter's exit status", starting.exit_status(), expected=0)
    recorder.shows("how often the child ran", len(log.events("ran")), expected=1)
    recorder.shows("the exit code", log.values("exit code"), expected=[1])
    kernel.shows("stderr", starting.errors, expected=containing("Traceback (most recent call last)"))
    kernel.shows("stderr", starting.errors, expected=containing("Failure: out of paper"))


def test_exit_code_of_an_interrupt(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """A child that KeyboardInterrupt ends has exit code 1 and a traceback on stderr, as with any other exception."""
    interrupted = partial(payloads.fail, log, KeyboardInterrupt("enough"))
    starting = program.main(payloads.join_one, lesson.start, interrupted, log)
    kernel.shows("the starter's exit status", starting.exit_status(), expected=0)
    recorder.shows("how often the child ran", len(log.events("ran")), expected=1)
    recorder.shows("the exit code", log.values("exit code"), expected=[1])
    kernel.shows("stderr", starting.errors, expected=containing("KeyboardInterrupt: enough"))


@where(fresh_memory)
def test_exit_code_of_a_child_that_cannot_begin(mp: Multiprocessing, log: Recorder) -> None:
    """A child that cannot unpickle what it is given does not run, and has an exit code other than 0."""
    child = mp.Process(target=log, args=("ran", queue_payloads.Unreadable()))
    child.start()
    child.join()
    recorder.shows("who ran", [event.pid for event in log.events("ran")], expected=[])
    failure = Matcher("a number other than 0", lambda code: code is not None and code != 0)
    caller.shows("the exit code", child.exitcode, expected=failure)


def test_exit_code_of_a_killed_child(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that a signal has ended, whoever sent it, has minus that signal's number as its exit code."""
    working = checkpoint("working")

    @example(number=signal.SIGKILL)
    @example(number=signal.SIGRTMIN + 1)  # which has no name
    @settings(max_examples=2, phases=WITHOUT_SHRINKING)
    @given(number=st.sampled_from([signal.SIGUSR1, signal.SIGUSR2]))
    def dies(number: int) -> None:
        child = lesson.start(mp, working.pause)
        arrival = working.next()
        kernel.shows("the process that is killed", arrival.pid, expected=child.pid)
        os.kill(arrival.pid, number)
        child.join()
        until_exited(arrival.pid)
        caller.shows("the exit code", child.exitcode, expected=-number)

    dies()


def test_exit_code_of_a_terminated_child(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A terminated child that does not handle SIGTERM has minus that signal's number as its exit code."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next()
    lesson.terminate(child)
    child.join()
    kernel.shows("the process that was terminated", arrival.pid, expected=child.pid)
    caller.shows("the exit code", child.exitcode, expected=-signal.SIGTERM)


def test_exit_code_needs_no_join(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Once a child has exited, its exit code is there, though nobody has joined it."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, leave(7)))
    arrival = working.next().let_go()
    until_ready(child.sentinel)
    until_exited(arrival.pid)
    caller.shows("the exit code", child.exitcode, expected=7)
    child.join()


def test_child_gets_the_exit_codes_of_its_own(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A child gets the exit codes of its own children, as main does: of an exit, an exception and a signal."""
    failing = partial(payloads.fail, log, payloads.Failure("out of paper"))
    tasks = leave(7), failing, partial(signal.raise_signal, signal.SIGUSR1)
    child = lesson.start(mp, partial(payloads.join_each, mp.Process, tasks, log))
    child.join()
    recorder.shows("the exit codes", log.values("exit code"), expected=[7, 1, -signal.SIGUSR1])
    recorder.shows("who got them", {event.pid for event in log.events("exit code")}, expected={child.pid})


def test_starter_has_an_exit_status_of_its_own(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """A program that has had children ends with the exit status that its own code gives, not with one of theirs."""
    starting = program.main(payloads.join_and_leave, lesson.start, partial(log, "ran"), 3)
    kernel.shows("the starter's exit status", starting.exit_status(), expected=3)
    recorder.shows("how often the child ran", len(log.events("ran")), expected=1)
