"""Signals."""

from __future__ import annotations

import os
import signal
from functools import partial

from impl.contract import Multiprocessing
from spec.claims.lifecycle import payloads
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint, Programs
from spec.engine.lessons import Lesson
from spec.engine.marks import needs
from spec.harness.recorder import Recorder
from spec.harness.signal_state import blocked_signals
from spec.harness.stillness import until_still
from spec.harness.witness import caller, kernel, recorder

pytestmark = needs("Process")


def test_can_be_interrupted(mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint) -> None:
    """SIGINT, which Ctrl-C sends, raises KeyboardInterrupt in a child."""
    working = checkpoint("working")
    child = lesson.start(mp, partial(payloads.note_an_interrupt, log, working.pause))
    arrival = working.next().until_blocked()
    os.kill(arrival.pid, signal.SIGINT)
    child.join()
    recorder.shows("who was interrupted", [event.pid for event in log.events("interrupted")], expected=[child.pid])


def test_goes_on_after_an_interrupt_of_all(
    program: Programs, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """After Ctrl-C, which all its processes get, a program can join a child that handles it, and start another."""
    working, waiting, interrupted = checkpoint("working"), checkpoint("waiting"), checkpoint("interrupted")
    tasks = steps(payloads.ignore_sigint, working.pause, leave(7)), leave(3)
    places = waiting.pause, interrupted.pause
    going_on = program.main(payloads.go_on_after_an_interrupt, lesson.start, tasks, places, log)
    child, main = working.next(), waiting.next().until_blocked()
    os.killpg(main.pid, signal.SIGINT)
    at_interrupt = interrupted.next()
    until_still()  # whoever does not handle it has ended
    child.let_go()
    at_interrupt.let_go()
    status = going_on.exit_status()
    recorder.shows("the exit codes of a child and of one started later", log.values("exit code"), expected=[7, 3])
    kernel.shows("the program's exit status", status, expected=0)


def test_leaves_signal_handlers_alone(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """What its user has a process do on a signal, or block, stays so when it has started and joined a child."""

    def handle(_number: int, _frame: object) -> None:
        """Do nothing."""

    working, numbers = checkpoint("working"), [signal.SIGCHLD, signal.SIGALRM, signal.SIGTERM, signal.SIGINT]
    for number in numbers:
        signal.signal(number, handle)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
    child = lesson.start(mp, working.pause)
    arrival = working.next()
    kernel.shows("the process that was started", arrival.pid, expected=child.pid)
    child.join(0.05)
    arrival.let_go()
    child.join()
    caller.shows("whether each is handled as before", {signal.getsignal(n) for n in numbers}, expected={handle})
    kernel.shows("the signals that are blocked", blocked_signals(), expected={signal.SIGUSR2})
