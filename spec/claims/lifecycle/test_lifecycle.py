"""Lifecycle: alive, and three ways to end."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Callable, Optional

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from impl.contract import Multiprocessing, Process
from spec.claims.lifecycle import payloads, subclasses
from spec.claims.queue import payloads as queue_payloads
from spec.claims.shared import beginnings, handlers, threads
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint, Programs, Start
from spec.engine.lessons import Lesson, NotProvided
from spec.engine.marks import fresh_memory, needs, starter_is_parent, where
from spec.engine.targets import Target
from spec.harness.checkpoint import Arrival
from spec.harness.holdings import holdings
from spec.harness.process_table import (
    ALIVE,
    GONE,
    ZOMBIE,
    Exit,
    descendants,
    exit_of,
    open_files,
    settled,
    state,
    until_blocked,
    until_exited,
    until_thread_gone,
)
from spec.harness.recorder import Recorder
from spec.harness.signal_state import blocked_signals, signals_sent
from spec.harness.stillness import until_still
from spec.harness.witness import (
    Matcher,
    at_least,
    caller,
    containing,
    gatekeeper,
    kernel,
    other_than,
    recorder,
    refuses,
)

pytestmark = needs("Process")

WITHOUT_SHRINKING = [Phase.explicit, Phase.generate]
"""For examples that each are the start of a process: the first that fails has to do."""


def ready(sentinel: int) -> bool:
    """Return whether *sentinel* is ready now."""
    return bool(select.select([sentinel], [], [], 0)[0])


def until_ready(sentinel: int) -> None:
    """Wait until *sentinel* is ready."""
    select.select([sentinel], [], [])


def join_in_time(child: Process) -> None:
    """Join *child* with limits that are over soon if it runs, and do not matter if it has exited."""
    for seconds in 0, 0.01:
        child.join(seconds)


def test_alive_while_it_runs(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child is alive from the moment that its start returns, for as long as it runs, also while it waits."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    caller.shows("whether it is alive straight after the start", child.is_alive(), expected=True)
    arrival = working.next()
    kernel.shows("the process that runs", arrival.pid, expected=child.pid)
    until_blocked([arrival.pid])
    caller.shows("whether it is alive at work", child.is_alive(), expected=True)
    arrival.let_go()
    child.join()


def test_not_alive_before_start(mp: Multiprocessing) -> None:
    """A process that was made and not started is not alive, and is no process of the kernel's."""
    mp.Process(target=leave(0))  # whatever the API starts once for all is there now
    before = descendants(os.getpid())
    child = mp.Process(target=leave(0))
    kernel.shows("the processes that there are", descendants(os.getpid()), expected=before)
    caller.shows("whether it is alive", child.is_alive(), expected=False)


def test_not_alive_after_join(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that was joined is gone, also one that takes long to exit, and not alive."""
    working = checkpoint("working")
    child = lesson.start(mp, partial(payloads.take_long_to_exit, working.pause))
    arrival = working.next().let_go()
    child.join()
    kernel.shows("the joined child", state(arrival.pid), expected=GONE)
    caller.shows("whether it is alive", child.is_alive(), expected=False)
    caller.shows("its pid", child.pid, expected=arrival.pid)


def test_only_the_starter_may_ask(
    mp: Multiprocessing, lesson: Lesson, starter: Start, checkpoint: MakeCheckpoint
) -> None:
    """Asking whether a child is alive is refused to all but the process that started it."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next()
    refusal = containing("AssertionError: can only test a child process")
    caller.shows("what a stranger got", starter(child.is_alive).failure(), expected=refusal)
    arrival.let_go()
    child.join()


@where(starter_is_parent)
def test_alive_while_it_is_stopped(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that a signal has stopped is alive, and can go on."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, leave(7)))
    arrival = working.next()
    kernel.shows("the process that is stopped", arrival.pid, expected=child.pid)
    os.kill(arrival.pid, signal.SIGSTOP)
    os.waitid(os.P_PID, arrival.pid, os.WSTOPPED | os.WNOWAIT)
    caller.shows("whether it is alive", child.is_alive(), expected=True)
    caller.shows("its exit code", child.exitcode, expected=None)
    os.kill(arrival.pid, signal.SIGCONT)
    arrival.let_go()
    kernel.shows("how it ended", exit_of(arrival.pid), expected=Exit(7, None))
    child.join()


def test_terminate_sends_sigterm(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A child that is terminated gets the signal SIGTERM, once, and can handle it; its sibling gets none."""
    working = checkpoint("working")
    task = partial(payloads.handle_sigterm, partial(log, "signal"), working.pause)
    child, sibling = lesson.start(mp, task), lesson.start(mp, task)
    arrivals = working.wait_for(2)
    lesson.terminate(child)
    for arrival in arrivals:
        arrival.let_go()
    child.join()
    sibling.join()
    recorder.shows("the signals that were handled", log.values("signal"), expected=[signal.SIGTERM])
    recorder.shows("who got them", [event.pid for event in log.events("signal")], expected=[child.pid])


@where(starter_is_parent)
def test_terminated_child_dies_of_sigterm(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A terminated child that does not handle SIGTERM is ended by that signal."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next()
    lesson.terminate(child)
    kernel.shows("how it ended", exit_of(arrival.pid), expected=Exit(None, signal.SIGTERM))
    child.join()


def test_terminate_is_a_request(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Terminating a child neither waits for its end nor leaves a thread to: one that handles the signal lives on."""
    working, handling = checkpoint("working"), checkpoint("handling")
    child = lesson.start(mp, partial(payloads.handle_sigterm, handling.pause, working.pause))
    arrival = working.next().until_blocked()
    threads = os.listdir("/proc/self/task")
    lesson.terminate(child)
    kernel.shows("who is at work in the starter after the call", os.listdir("/proc/self/task"), expected=threads)
    handler = handling.next()
    kernel.shows("the child that handles the signal", state(arrival.pid), expected=ALIVE)
    caller.shows("whether it is alive", child.is_alive(), expected=True)
    handler.let_go()
    arrival.let_go()
    child.join()


def test_terminated_child_runs_no_further(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A terminated child ends where it is, and does not run the rest of its code."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(partial(log, "begun"), working.pause, partial(log, "done")))
    arrival = working.next()
    lesson.terminate(child)
    until_exited(arrival.pid)
    child.join()
    recorder.shows("who began", [event.pid for event in log.events("begun")], expected=[child.pid])
    recorder.shows("who came to the end", [event.pid for event in log.events("done")], expected=[])


def test_terminated_child_cleans_nothing_up(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A terminated child runs no finally block and no exit handler."""
    working = checkpoint("working")
    child = lesson.start(mp, partial(payloads.clean_up_after, working.pause, log))
    arrival = working.next()
    lesson.terminate(child)
    until_exited(arrival.pid)
    child.join()
    recorder.shows("what it ran at the end", log.values("cleaned up"), expected=[])


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


def test_terminate_reaches_no_descendant(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """Terminating a child leaves the child's own children alone: they run on."""
    child, its_own = with_a_child_of_its_own(mp, lesson.start, log, checkpoint)
    lesson.terminate(child)
    child.join()
    runs_on(its_own, log)


def test_kill_reaches_no_descendant(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """Killing a child leaves the child's own children alone: they run on."""
    child, its_own = with_a_child_of_its_own(mp, lesson.start, log, checkpoint)
    child.kill()
    child.join()
    runs_on(its_own, log)


@where(starter_is_parent)
def test_not_alive_though_its_child_is(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A child that was killed is not alive, and can be joined, though a child of its own runs on."""
    child, its_own = with_a_child_of_its_own(mp, lesson.start, log, checkpoint)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    until_exited(child.pid)
    caller.shows("whether it is alive", child.is_alive(), expected=False)
    child.join()
    runs_on(its_own, log)


def with_a_child_of_its_own(
    mp: Multiprocessing, start: Callable[..., Process], log: Recorder, checkpoint: MakeCheckpoint
) -> tuple[Process, Arrival]:
    """Start a child that has a child of its own, and return it and that one, which waits, and then is done."""
    having, working = checkpoint("having a child"), checkpoint("working")
    work = steps(working.pause, partial(log, "done"))
    child = start(mp, steps(partial(payloads.start_one, mp.Process, work), having.pause))
    parents, its_own = having.next(), working.next()
    kernel.shows("the process that has a child", parents.pid, expected=child.pid)
    kernel.shows("the process that works", its_own.pid, expected=other_than(child.pid))
    return child, its_own


def runs_on(its_own: Arrival, log: Recorder) -> None:
    """State that the child of the child that was ended runs, and comes to its own end."""
    kernel.shows("the child of the child that was ended", settled(its_own.pid), expected=ALIVE)
    its_own.let_go()
    until_exited(its_own.pid)
    recorder.shows("who came to the end", [event.pid for event in log.events("done")], expected=[its_own.pid])


def test_can_be_terminated_at_once(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A child that is terminated as soon as its start has returned never comes to the end of its code."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, partial(log, "done")))
    kernel.shows("the processes that were started", descendants(os.getpid()), expected=containing(child.pid))
    lesson.terminate(child)
    until_exited(child.pid)
    child.join()
    recorder.shows("who came to the end", [event.pid for event in log.events("done")], expected=[])


def test_outlives_terminate_if_it_ignores_it(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A child that ignores SIGTERM goes on after it was terminated, even twice, and comes to its own end."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(payloads.ignore_sigterm, working.pause, partial(log, "went on"), leave(3)))
    arrival = working.next()
    for _ in range(2):
        lesson.terminate(child)
    arrival.let_go()
    child.join()
    recorder.shows("who went on", [event.pid for event in log.events("went on")], expected=[arrival.pid])
    caller.shows("the exit code", child.exitcode, expected=3)


def test_outlives_terminate_if_it_handles_it(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A child that handles SIGTERM and does not exit goes on after it was terminated, and comes to its own end."""
    working = checkpoint("working")
    task = steps(working.pause, partial(log, "went on"), leave(3))
    child = lesson.start(mp, partial(payloads.handle_sigterm, partial(log, "handled"), task))
    arrival = working.next()
    lesson.terminate(child)
    arrival.let_go()
    child.join()
    recorder.shows("who went on", [event.pid for event in log.events("went on")], expected=[arrival.pid])
    caller.shows("the exit code", child.exitcode, expected=3)


def test_kill_ends_what_ignores_sigterm(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A child that ignores SIGTERM is ended by a kill, in the middle of its code."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(payloads.ignore_sigterm, working.pause, partial(log, "went on")))
    arrival = working.next()
    child.kill()
    until_exited(arrival.pid)
    child.join()
    recorder.shows("who went on", [event.pid for event in log.events("went on")], expected=[])
    caller.shows("the exit code", child.exitcode, expected=-signal.SIGKILL)


def test_kill_ends_what_handles_sigterm(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that was terminated and is still handling that is ended by a kill."""
    working, handling = checkpoint("working"), checkpoint("handling")
    child = lesson.start(mp, partial(payloads.handle_sigterm, handling.pause, working.pause))
    arrival = working.next().until_blocked()
    lesson.terminate(child)
    handling.next()
    kernel.shows("the terminated child", state(arrival.pid), expected=ALIVE)
    child.kill()
    until_exited(arrival.pid)
    child.join()
    caller.shows("the exit code", child.exitcode, expected=-signal.SIGKILL)


def test_end_asks_first(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, starter: Start, checkpoint: MakeCheckpoint
) -> None:
    """Ending a child with patience lets it handle SIGTERM and exit as it sees fit, and joins it."""

    def let_it_go(waiting: int) -> None:
        arrival = handling.next()
        until_blocked([waiting])
        arrival.let_go(3)

    working, handling = checkpoint("working"), checkpoint("handling")
    child = lesson.start(mp, partial(payloads.leave_on_sigterm, log, handling.pause, working.pause))
    arrival = working.next().until_blocked()
    friend = starter(let_it_go, os.getpid())
    lesson.end(child, 600.0)
    friend.result()
    kernel.shows("the child", state(arrival.pid), expected=GONE)
    recorder.shows("the signals that it got", log.values("signal"), expected=[signal.SIGTERM])
    caller.shows("the exit code", child.exitcode, expected=3)


def test_end_insists(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Ending a child that ignores SIGTERM kills it once the patience is over, and joins it."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(payloads.ignore_sigterm, working.pause))
    arrival = working.next()
    lesson.end(child, 0.0)
    kernel.shows("the child", state(arrival.pid), expected=GONE)
    caller.shows("the exit code", child.exitcode, expected=-signal.SIGKILL)


def test_terminating_an_exited_child_does_nothing(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint
) -> None:
    """Terminating a child that has exited raises nothing and keeps its exit code; if joined, it sends no signal."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, leave(7)))
    arrival = working.next().let_go()
    until_exited(arrival.pid)
    lesson.terminate(child)
    child.join()
    kernel.shows("the process that was joined", arrival.pid, expected=child.pid)
    sent = signals_sent()
    lesson.terminate(child)
    caller.shows("the signals sent to a pid that is free, and may be another's", sent, expected=[])
    caller.shows("the exit code", child.exitcode, expected=7)


def test_killing_an_exited_child_does_nothing(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint
) -> None:
    """Killing a child that has exited raises nothing and keeps its exit code; if joined, it sends no signal."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, leave(7)))
    arrival = working.next().let_go()
    until_exited(arrival.pid)
    child.kill()
    child.join()
    kernel.shows("the process that was joined", arrival.pid, expected=child.pid)
    sent = signals_sent()
    child.kill()
    caller.shows("the signals sent to a pid that is free, and may be another's", sent, expected=[])
    caller.shows("the exit code", child.exitcode, expected=7)


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


def test_exit_code_needs_no_join(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Once a child has exited, its exit code is there, though nobody has joined it."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, leave(7)))
    arrival = working.next().let_go()
    until_ready(child.sentinel)
    until_exited(arrival.pid)
    caller.shows("the exit code", child.exitcode, expected=7)
    child.join()


def test_exit_code_of_a_terminated_child(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A terminated child that does not handle SIGTERM has minus that signal's number as its exit code."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next()
    lesson.terminate(child)
    child.join()
    kernel.shows("the process that was terminated", arrival.pid, expected=child.pid)
    caller.shows("the exit code", child.exitcode, expected=-signal.SIGTERM)


def test_child_gets_the_exit_codes_of_its_own(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A child gets the exit codes of its own children, as main does: of an exit, an exception and a signal."""
    failing = partial(payloads.fail, log, payloads.Failure("out of paper"))
    tasks = leave(7), failing, partial(signal.raise_signal, signal.SIGUSR1)
    child = lesson.start(mp, partial(payloads.join_each, mp.Process, tasks, log))
    child.join()
    recorder.shows("the exit codes", log.values("exit code"), expected=[7, 1, -signal.SIGUSR1])
    recorder.shows("who got them", {event.pid for event in log.events("exit code")}, expected={child.pid})


@needs("active_children")
def test_timed_join_ends_nothing(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A timed join of a child that runs on, whatever its time, returns when that is over, and leaves the child be."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, leave(7)))
    arrival = working.next()
    begun = time.monotonic()
    returned: list[object] = [child.join(0.05)]
    kernel.shows("the seconds that the join took", time.monotonic() - begun, expected=at_least(0.05))
    returned += [child.join(timeout=seconds) for seconds in (0.05, 0, -1)]
    caller.shows("what each join returns", returned, expected=[None] * 4)
    kernel.shows("the child", state(arrival.pid), expected=ALIVE)
    caller.shows("the active children", [one.pid for one in mp.active_children()], expected=[child.pid])
    caller.shows("whether it is alive", child.is_alive(), expected=True)
    arrival.let_go()
    child.join()
    caller.shows("the exit code", child.exitcode, expected=7)


def test_timed_join_is_over_with_the_child(
    mp: Multiprocessing, lesson: Lesson, starter: Start, checkpoint: MakeCheckpoint
) -> None:
    """A join returns once the child has exited, however much of its time is left, and has reaped it then."""
    start, working = lesson.start, checkpoint("working")

    def start_and_join(limit: Optional[float]) -> list[object]:
        child = start(mp, partial(payloads.take_long_to_exit, steps(working.pause, leave(7))))
        child.join(limit)
        assert child.pid is not None
        return [child.pid, state(child.pid), child.exitcode]

    for limit in 600.0, None:
        main = starter(start_and_join, limit)
        arrival = working.next()
        main.until_still()  # it waits for the child
        arrival.let_go()
        joined = [arrival.pid, GONE, 7]
        caller.shows("which process it has joined, its state, and the exit code", main.result(), expected=joined)


def test_join_goes_on_after_a_signal(
    mp: Multiprocessing, lesson: Lesson, starter: Start, checkpoint: MakeCheckpoint
) -> None:
    """Who waits in join, timed or not, handles a signal meanwhile, and waits on, unless the handler raises."""
    start = lesson.start
    working, started, handling = checkpoint("working"), checkpoint("started"), checkpoint("handling")

    def join_it() -> list[object]:
        child = start(mp, steps(working.pause, leave(7)))
        started.pause()
        ends = [handlers.handling_them(handling.pause, partial(child.join, limit)) for limit in (None, 3600, None)]
        return [*ends, child.exitcode]

    main = starter(join_it)
    child = working.next()
    started.next().let_go()  # only now does it wait for nothing but the child
    for how in "without a limit", "with one":
        kernel.shows(f"the starter, which joins {how}", settled(main.pid), expected=ALIVE)
        os.kill(main.pid, signal.SIGUSR1)
        handling.next().let_go()
        kernel.shows("the starter, once it has handled a signal", settled(main.pid), expected=ALIVE)
        os.kill(main.pid, signal.SIGUSR2)
    kernel.shows("the starter, which was interrupted and joins again", settled(main.pid), expected=ALIVE)
    child.let_go()
    expected = ["interrupted", "interrupted", "returned", 7]
    caller.shows("how each join ended, and the exit code", main.result(), expected=expected)


def test_timed_join_ends_amid_signals(
    mp: Multiprocessing, lesson: Lesson, starter: Start, checkpoint: MakeCheckpoint
) -> None:
    """A timed join returns when its time is over, though signals keep coming meanwhile."""
    working = checkpoint("working")
    start = lesson.start

    def start_and_join() -> str:
        return handlers.amid_signals(start(mp, working.pause), "join", 0.05)

    caller.shows("how the join came to its end", starter(start_and_join).result(), expected="ended")
    working.next().let_go()


def test_threads_join_their_own(
    mp: Multiprocessing, lesson: Lesson, starter: Start, checkpoint: MakeCheckpoint
) -> None:
    """While one thread waits in join, another one can start, terminate and join children of its own."""
    start, terminate = lesson.start, lesson.terminate
    working, waiting = checkpoint("working"), checkpoint("waiting")

    def start_and_join() -> list[object]:
        short, long = start(mp, leave(7)), start(mp, working.pause)
        short.join()
        terminate(long)
        long.join()
        waiting.pause()
        return [short.exitcode, long.is_alive()]

    def join_beside() -> list[object]:
        warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside a thread
        child = start(mp, steps(working.pause, leave(3)))
        ended = threads.beside(child.join, waiting.pause, start_and_join)
        return [*ended, child.exitcode]

    main = starter(join_beside)
    child = working.next()
    meanwhile = waiting.next()
    until_blocked([main.pid])
    meanwhile.let_go()
    done = waiting.next()
    kernel.shows("the child that the first thread joins", state(child.pid), expected=ALIVE)
    child.let_go()
    done.let_go()
    got, expected = main.result(), [True, [7, False], None, 3]
    caller.shows("whether one waited, what is known of the other's, and its own exit code", got, expected=expected)


def test_threads_may_join_the_same(
    mp: Multiprocessing, lesson: Lesson, starter: Start, checkpoint: MakeCheckpoint
) -> None:
    """Two threads may join one child at once: both wait until it is gone, and its exit code is known then."""
    start, working = lesson.start, checkpoint("working")

    def join_in_two() -> list[object]:
        child = start(mp, steps(working.pause, leave(7)))

        def join() -> str:
            child.join()
            assert child.pid is not None
            return state(child.pid)

        with ThreadPoolExecutor(2) as pool:
            joins = [pool.submit(join) for _ in range(2)]
            return [*(joined.result() for joined in joins), child.exitcode]

    main = starter(join_in_two)
    child = working.next()
    until_blocked([main.pid])
    child.let_go()
    caller.shows("the child, to either thread, and its exit code", main.result(), expected=[GONE, GONE, 7])


@where(fresh_memory)
@needs("Lock")
def test_threads_start_at_once(
    mp: Multiprocessing, lesson: Lesson, starter: Start, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """Two threads may each start a child at once, though one takes long to pickle what its child is given."""
    start, lock = lesson.start, mp.Lock()
    pickling, turn, working = checkpoint("pickling"), checkpoint("turn"), checkpoint("working")

    def start_two() -> None:
        slow = mp.Process(target=queue_payloads.tell_first, args=(log, queue_payloads.HeldUp(pickling.pause), lock))
        with ThreadPoolExecutor(1) as pool:
            slow_start = pool.submit(slow.start)
            turn.pause()
            other = start(mp, working.pause)
            slow_start.result()
        for child in slow, other:
            child.join()

    main = starter(start_two)
    held = pickling.next()
    turn.next().let_go()
    main.until_still(lambda: working.reached)  # or it waits for its turn
    held.let_go("pickled")
    working.next().let_go()
    main.result()
    recorder.shows("what the slow one's child was given", log.only("given").value, expected="pickled")


@needs("active_children")
def test_outlives_the_thread_that_started_it(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child goes on, and is an active child, when the thread that has started it comes to its end."""
    start, working, started = lesson.start, checkpoint("working"), []
    has_started, may_end = threading.Event(), threading.Event()

    def start_and_end() -> None:
        try:
            started.append(start(mp, steps(working.pause, leave(7))))
        finally:
            has_started.set()
        may_end.wait()

    thread = threading.Thread(target=start_and_end)
    thread.start()
    has_started.wait()
    caller.shows("how many children the thread has started", len(started), expected=1)
    [child] = started
    arrival = working.next()
    may_end.set()
    until_thread_gone(thread)
    kernel.shows("the child", settled(arrival.pid), expected=ALIVE)
    caller.shows("the active children", [child.pid for child in mp.active_children()], expected=[arrival.pid])
    arrival.let_go()
    child.join()
    caller.shows("the exit code", child.exitcode, expected=7)


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


def test_can_be_joined_again(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that was joined can be joined again, at once and in vain."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, leave(7)))
    arrival = working.next().let_go()
    child.join()
    kernel.shows("the process that was joined", arrival.pid, expected=child.pid)
    child.join()
    caller.shows("the exit code", child.exitcode, expected=7)


def test_starts_once(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A process that was started cannot be started again, neither while it runs nor after it was joined."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next()
    running = descendants(os.getpid())
    with refuses(AssertionError):
        child.start()
    kernel.shows("the processes after another start", descendants(os.getpid()), expected=running)
    arrival.let_go()
    child.join()
    with refuses(AssertionError):
        child.start()
    left = [pid for pid in running if pid != arrival.pid]
    kernel.shows("the processes after a start of what was joined", descendants(os.getpid()), expected=left)


@needs("active_children")
def test_failed_start_changes_nothing(mp: Multiprocessing, lesson: Lesson, target: Target) -> None:
    """A start that fails leaves no process, and the object as it was: not started, and no active child."""
    lesson.start(mp, leave(0)).join()  # whatever the API starts or opens once for all is there now
    before = {*descendants(os.getpid())}
    child = mp.Process(target=leave(7))
    failed = beginnings.fails_to_start(child)
    if failed:
        kernel.shows("the signals that are blocked", blocked_signals(), expected=set())
        left = {*descendants(os.getpid())} - before
        kernel.shows("the processes that the failed start has left", left, expected=set())
        caller.shows("the active children", [one.pid for one in mp.active_children()], expected=[])
        caller.shows("whether it is alive", child.is_alive(), expected=False)
        caller.shows("its pid and exit code", [child.pid, child.exitcode], expected=[None, None])
        with refuses(AssertionError):
            child.join()
        child.start()
    child.join()
    caller.shows("the exit code", child.exitcode, expected=7)
    if not failed:
        raise NotProvided(f"{target.name} opens no file for a child, so that no start of it fails")


def test_only_its_maker_may_start_it(mp: Multiprocessing, log: Recorder, starter: Start) -> None:
    """Starting a process is refused to all but the process that made it."""
    child = mp.Process(target=log, args=("ran",))
    refusal = containing("AssertionError: can only start a process object created by current process")
    caller.shows("what a stranger got", starter(child.start).failure(), expected=refusal)
    child.start()
    child.join()
    recorder.shows("who ran", [event.pid for event in log.events("ran")], expected=[child.pid])


def test_running_child_cannot_be_closed(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Closing a child that runs is refused, and leaves it as it is."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, leave(7)))
    arrival = working.next()
    with refuses(ValueError):
        child.close()
    kernel.shows("the child", state(arrival.pid), expected=ALIVE)
    caller.shows("whether it is alive", child.is_alive(), expected=True)
    arrival.let_go()
    child.join()
    caller.shows("the exit code", child.exitcode, expected=7)


def test_closed_child_answers_nothing(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that was closed can be asked for nothing any more, nor joined or started: each raises a ValueError."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next().let_go()
    child.join()
    kernel.shows("the process that was joined", arrival.pid, expected=child.pid)
    child.close()
    for attribute in "pid", "ident", "exitcode", "sentinel":
        with refuses(ValueError):
            getattr(child, attribute)
    for call in child.is_alive, child.join, child.start:
        with refuses(ValueError):
            call()


def test_closed_child_gets_no_signal(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that was closed can be neither terminated nor killed any more: both raise a ValueError."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next().let_go()
    child.join()
    kernel.shows("the process that was joined", arrival.pid, expected=child.pid)
    child.close()
    for call in child.terminate, child.kill:
        with refuses(ValueError):
            call()


@needs("active_children")
def test_exited_child_can_be_closed(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that has exited can be closed, joined or not, and twice; so can one that was never started."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next().let_go()
    until_ready(child.sentinel)
    until_exited(arrival.pid)
    child.close()
    child.close()
    kernel.shows("the child that was closed", state(arrival.pid), expected=GONE)
    caller.shows("the active children", list(mp.active_children()), expected=[])
    mp.Process(target=leave(0)).close()


def test_use_leaves_nothing_behind(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that was joined, with a limit or without, and that nobody refers to, has left no file and no thread."""
    working = checkpoint("working")

    def start_and_join() -> None:
        child = lesson.start(mp, working.pause)
        arrival = working.next()
        join_in_time(child)
        arrival.let_go()
        child.join()
        join_in_time(child)
        kernel.shows("the process that was joined", arrival.pid, expected=child.pid)

    start_and_join()  # whatever the API opens once for all children is open now
    before = holdings()
    start_and_join()
    kernel.shows("how many files and threads there are", holdings(), expected=before)


@needs("active_children")
def test_active_children_are_ones_own(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """The active children are the very ones that a process has started and that run; its own child has none yet."""
    working = checkpoint("working")
    children = [lesson.start(mp, partial(payloads.count, mp.active_children, working.pause)) for _ in range(2)]
    arrivals = working.wait_for(2)
    counts = {arrival.pid: arrival.notes for arrival in arrivals}
    gatekeeper.shows("how many each child has", counts, expected={child.pid: (0,) for child in children})
    active = mp.active_children()
    same = {id(child) for child in active} == {id(child) for child in children}
    caller.shows("whether they are the very ones that were started", same, expected=True)
    caller.shows("how many there are", len(mp.active_children()), expected=2)
    for arrival in arrivals:
        arrival.let_go()
    for child in active:
        child.join()
    caller.shows("whether to join each leaves the list as it was", len(active), expected=2)
    caller.shows("whether each was joined", [child.exitcode for child in children], expected=[0, 0])
    del active
    caller.shows("how many there are once they were joined", len(mp.active_children()), expected=0)


def test_subclass_runs_its_own_code(mp: Multiprocessing, target: Target, log: Recorder) -> None:
    """A process of a subclass that overrides run() runs that, and has the attributes that it was given before."""
    if not isinstance(mp.Process, type):
        raise NotProvided(f"the Process of {target.name} is not a class")
    child = subclasses.of(target.name)()
    child.log, child.number = log, 7
    child.start()
    child.join()
    kernel.shows("the process that ran", child.pid, expected=other_than(os.getpid()))
    recorder.shows("which process ran", [(e.pid, e.value) for e in log.events("ran")], expected=[(child.pid, 7)])
    caller.shows("the exit code", child.exitcode, expected=7)


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


def test_starter_has_an_exit_status_of_its_own(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """A program that has had children ends with the exit status that its own code gives, not with one of theirs."""
    starting = program.main(payloads.join_and_leave, lesson.start, partial(log, "ran"), 3)
    kernel.shows("the starter's exit status", starting.exit_status(), expected=3)
    recorder.shows("how often the child ran", len(log.events("ran")), expected=1)


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


def test_waits_for_its_threads(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A child whose code has come to its end waits for its threads; before that, its sentinel is not ready."""
    working, leaving = checkpoint("working"), checkpoint("leaving")
    task = steps(working.pause, partial(log, "done"))
    child = lesson.start(mp, partial(threads.task_in_a_thread, task, leaving.pause))
    arrival = working.next()
    leaving.next().let_go()
    kernel.shows("the child, at the end of its code", settled(arrival.pid), expected=ALIVE)
    kernel.shows("whether its sentinel is ready", ready(child.sentinel), expected=False)
    arrival.let_go()
    child.join()
    recorder.shows("whose thread came to its end", [event.pid for event in log.events("done")], expected=[child.pid])


def test_does_not_wait_for_daemon_threads(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A child whose code has come to its end exits, with exit code 0, though a daemon thread of its has not."""
    working, leaving = checkpoint("working"), checkpoint("leaving")
    task = steps(working.pause, partial(log, "done"))
    child = lesson.start(mp, partial(threads.task_in_a_thread, task, leaving.pause, daemon=True))
    arrival = working.next()
    leaving.next().let_go()
    child.join()
    kernel.shows("the process that was joined", arrival.pid, expected=child.pid)
    caller.shows("the exit code", child.exitcode, expected=0)
    recorder.shows("whose thread came to its end", [event.pid for event in log.events("done")], expected=[])


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


def test_close_leaves_no_file_open(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Closing a child that was joined, with a limit or without, closes all files that the starter had for it."""
    working = checkpoint("working")

    def start_and_join() -> Process:
        child: Process = lesson.start(mp, working.pause)
        arrival = working.next()
        join_in_time(child)
        arrival.let_go()
        child.join()
        join_in_time(child)
        kernel.shows("the process that was joined", arrival.pid, expected=child.pid)
        return child

    start_and_join().close()  # whatever the API opens once for all children is open now
    before = open_files(os.getpid())
    child = start_and_join()
    child.close()
    kernel.shows("how many files the starter has open", open_files(os.getpid()), expected=before)


def test_sentinel_is_ready_at_the_end(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """The sentinel of a child is not ready while the child runs, and is from its exit on."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next()
    kernel.shows("the process that runs", arrival.pid, expected=child.pid)
    kernel.shows("whether its sentinel is ready", ready(child.sentinel), expected=False)
    sentinel = child.sentinel
    caller.shows("the sentinel, asked for again", child.sentinel, expected=sentinel)
    arrival.let_go()
    until_ready(sentinel)
    until_exited(arrival.pid)
    child.join()
    caller.shows("the sentinel after the join", child.sentinel, expected=sentinel)
    until_ready(sentinel)


@where(starter_is_parent)
def test_sentinel_reaps_nothing(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Waiting for the sentinel of a child leaves the child a zombie, with its exit code."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, leave(7)))
    arrival = working.next().let_go()
    until_ready(child.sentinel)
    kernel.shows("how it ended", exit_of(arrival.pid), expected=Exit(7, None))
    kernel.shows("the child that was waited for", state(arrival.pid), expected=ZOMBIE)
    child.join()
    caller.shows("the exit code", child.exitcode, expected=7)


def test_sentinel_is_the_childs_own(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """The sentinel of a child that was killed is ready while its siblings, older and younger, run on."""
    working = checkpoint("working")
    children = [lesson.start(mp, working.pause) for _ in range(3)]
    arrivals = {arrival.pid: arrival for arrival in working.wait_for(3)}
    older, killed, younger = children
    os.kill(killed.pid, signal.SIGKILL)
    until_ready(killed.sentinel)
    kernel.shows("its siblings", [state(older.pid), state(younger.pid)], expected=[ALIVE, ALIVE])
    kernel.shows("their sentinels", [ready(older.sentinel), ready(younger.sentinel)], expected=[False, False])
    for child in children:
        arrivals[child.pid].let_go()
        child.join()


def test_no_sentinel_before_start(mp: Multiprocessing) -> None:
    """A process that was made and not started has no sentinel: asking for it is refused."""
    child = mp.Process(target=leave(0))
    with refuses(ValueError):
        _ = child.sentinel
