"""Signals that children and their starters get or handle."""

from __future__ import annotations

import os
import signal
from functools import partial

from impl.contract import Multiprocessing
from spec.claims.lifecycle import payloads
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint, Programs
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source
from spec.harness.recorder import Recorder
from spec.harness.signal_state import blocked_signals, signals_sent
from spec.harness.stillness import until_still
from spec.harness.witness import caller, kernel, recorder, refuses

pytestmark = needs("Process")


@source("https://docs.python.org/3/library/signal.html#signal.SIGINT")
def test_can_be_interrupted(mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint) -> None:
    """SIGINT, which Ctrl-C sends, raises `KeyboardInterrupt` in a child."""
    working = checkpoint("working")
    child = lesson.start(mp, partial(payloads.record_interrupt, log, working.pause))
    arrival = working.next().until_blocked()
    os.kill(arrival.pid, signal.SIGINT)
    child.join()
    interrupted = [event.pid for event in log.events("interrupted")]
    recorder.shows("the interrupted processes", interrupted, expected=[child.pid])


@source("https://github.com/python/cpython/issues/75489", observed=True)
def test_goes_on_after_an_interrupt_of_all(
    program: Programs, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """After Ctrl-C, which all its processes get, a program can join a child that ignores it, and start another."""
    working, waiting, interrupted = checkpoint("working"), checkpoint("waiting"), checkpoint("interrupted")
    tasks = steps(payloads.ignore_sigint, working.pause, leave(7)), leave(3)
    places = waiting.pause, interrupted.pause
    running = program.main(payloads.start_and_join_after_interrupt, lesson.start, tasks, places, log)
    child, main = working.next(), waiting.next().until_blocked()
    os.killpg(main.pid, signal.SIGINT)
    at_interrupt = interrupted.next()
    until_still()  # now the processes that do not handle SIGINT have ended
    child.let_go()
    at_interrupt.let_go()
    status = running.exit_status()
    recorder.shows("the exit codes of the first and the later child", log.values("exit code"), expected=[7, 3])
    kernel.shows("the program's exit status", status, expected=0)


@source("https://github.com/python/cpython/issues/127586", observed=True)
def test_leaves_signal_handlers_alone(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Starting and joining a child changes neither the signal handlers nor the blocked signals of the starter."""

    def handle(_number: int, _frame: object) -> None:
        """Do nothing."""

    working, numbers = checkpoint("working"), [signal.SIGCHLD, signal.SIGALRM, signal.SIGTERM, signal.SIGINT]
    for number in numbers:
        signal.signal(number, handle)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
    child = lesson.start(mp, working.pause)
    arrival = working.next()
    kernel.shows("the pid of the child", arrival.pid, expected=child.pid)
    child.join(0.05)
    arrival.let_go()
    child.join()
    caller.shows("the signal handlers", {signal.getsignal(n) for n in numbers}, expected={handle})
    kernel.shows("the blocked signals", blocked_signals(), expected={signal.SIGUSR2})


@needs("Process.interrupt")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.interrupt")
def test_interrupt_sends_sigint(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """`interrupt()` raises `KeyboardInterrupt` in a child, and a child that does not handle it has exit code 1."""
    working = checkpoint("working")
    for task, exit_code in (partial(payloads.record_interrupt, log, working.pause), 0), (working.pause, 1):
        child = lesson.start(mp, task)
        working.next().until_blocked()
        child.interrupt()
        child.join()
        caller.shows("the exit code", child.exitcode, expected=exit_code)
    recorder.shows("how often a child was interrupted and handled it", len(log.values("interrupted")), expected=1)


@needs("Process.interrupt")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.interrupt", observed=True)
def test_interrupting_an_exited_child_does_nothing(mp: Multiprocessing, lesson: Lesson) -> None:
    """`interrupt()` of a joined child sends no signal and keeps the exit code; of a closed one, it is refused."""
    child = lesson.start(mp, leave(7))
    child.join()
    sent = signals_sent()
    child.interrupt()
    caller.shows("the signals sent after the join, when another process may have the pid", sent, expected=[])
    caller.shows("the exit code", child.exitcode, expected=7)
    child.close()
    with refuses(ValueError):
        child.interrupt()
