"""Lifecycle: alive, and three ways to end."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from functools import partial

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from impl.contract import Multiprocessing, Process
from spec.claims import needs, starter_is_parent, where
from spec.fixtures import MakeCheckpoint, Programs, Start
from spec.harness.process_table import (
    ALIVE,
    GONE,
    ZOMBIE,
    Exit,
    descendants,
    exit_of,
    open_files,
    state,
    until_blocked,
    until_exited,
)
from spec.harness.recorder import Recorder
from spec.harness.witness import at_least, caller, containing, kernel, recorder, refuses
from spec.lessons import Lesson
from spec.payloads import endings
from spec.payloads.steps import leave, steps

pytestmark = needs("Process")

WITHOUT_SHRINKING = [Phase.explicit, Phase.generate]
"""For examples that each are the start of a process: the first that fails has to do."""


def ready(sentinel: int) -> bool:
    """Return whether *sentinel* is ready now."""
    return bool(select.select([sentinel], [], [], 0)[0])


def until_ready(sentinel: int) -> None:
    """Wait until *sentinel* is ready."""
    select.select([sentinel], [], [])


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
    before = descendants(os.getpid())
    child = mp.Process(target=leave(0))
    kernel.shows("the processes that there are", descendants(os.getpid()), expected=before)
    caller.shows("whether it is alive", child.is_alive(), expected=False)


def test_not_alive_after_join(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that was joined is gone, also one that takes long to exit, and not alive."""
    working = checkpoint("working")
    child = lesson.start(mp, partial(endings.hold_memory, working.pause))
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
    task = partial(endings.handle_sigterm, partial(log, "signal"), working.pause)
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
    child = lesson.start(mp, partial(endings.handle_sigterm, handling.pause, working.pause))
    arrival = working.next()
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
    child = lesson.start(mp, partial(endings.clean_up_after, working.pause, log))
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
    leaving = partial(endings.leave_as_told, working.pause)
    child = lesson.start(mp, partial(endings.clean_up_after, leaving, log))
    arrival = working.next().let_go(0)
    child.join()
    recorder.shows("what it ran at the end", log.values("cleaned up"), expected=containing("finally"))
    kernel.shows("the process that ended", arrival.pid, expected=child.pid)


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
    """A child that ignores SIGTERM goes on after it was terminated, and comes to its own end."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(endings.ignore_sigterm, working.pause, partial(log, "went on"), leave(3)))
    arrival = working.next()
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
    child = lesson.start(mp, partial(endings.handle_sigterm, partial(log, "handled"), task))
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
    child = lesson.start(mp, steps(endings.ignore_sigterm, working.pause, partial(log, "went on")))
    arrival = working.next()
    child.kill()
    until_exited(arrival.pid)
    child.join()
    recorder.shows("who went on", [event.pid for event in log.events("went on")], expected=[])
    caller.shows("the exit code", child.exitcode, expected=-signal.SIGKILL)


def test_kill_ends_what_handles_sigterm(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that was terminated and is still handling that is ended by a kill."""
    working, handling = checkpoint("working"), checkpoint("handling")
    child = lesson.start(mp, partial(endings.handle_sigterm, handling.pause, working.pause))
    arrival = working.next()
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

    def continue_it(pid: int, waiting: int) -> None:
        until_blocked([waiting])
        os.kill(pid, signal.SIGCONT)

    working = checkpoint("working")
    child = lesson.start(mp, partial(endings.leave_on_sigterm, log, 3, working.pause))
    arrival = working.next()
    os.kill(arrival.pid, signal.SIGSTOP)  # it can be killed, and cannot handle SIGTERM until it is waited for
    friend = starter(continue_it, arrival.pid, os.getpid())
    lesson.end(child, 600.0)
    friend.result()
    kernel.shows("the child", state(arrival.pid), expected=GONE)
    recorder.shows("the signals that it got", log.values("signal"), expected=[signal.SIGTERM])
    caller.shows("the exit code", child.exitcode, expected=3)


def test_end_insists(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Ending a child that ignores SIGTERM kills it once the patience is over, and joins it."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(endings.ignore_sigterm, working.pause))
    arrival = working.next()
    lesson.end(child, 0.0)
    kernel.shows("the child", state(arrival.pid), expected=GONE)
    caller.shows("the exit code", child.exitcode, expected=-signal.SIGKILL)


def test_terminating_a_joined_child_does_nothing(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint
) -> None:
    """Terminating a child that was joined raises nothing, and leaves the exit code as it was."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, leave(7)))
    arrival = working.next().let_go()
    child.join()
    kernel.shows("the process that was joined", arrival.pid, expected=child.pid)
    lesson.terminate(child)
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
    """A child that calls `sys.exit` with a number from 0 to 255 has that exit code."""
    working = checkpoint("working")

    @example(status=0)
    @example(status=128 + signal.SIGTERM)
    @example(status=255)
    @settings(max_examples=4, phases=WITHOUT_SHRINKING)
    @given(status=st.integers(0, 255))
    def leaves(status: int) -> None:
        child = lesson.start(mp, partial(endings.leave_as_told, working.pause))
        arrival = working.next().let_go(status)
        child.join()
        kernel.shows("the process that left", arrival.pid, expected=child.pid)
        caller.shows("the exit code", child.exitcode, expected=status)

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
    failing = partial(endings.fail, log, endings.Failure("out of paper"))
    starting = program.main(endings.join_one, lesson.start, failing, log)
    kernel.shows("the starter's exit status", starting.exit_status(), expected=0)
    recorder.shows("how often the child ran", len(log.events("ran")), expected=1)
    recorder.shows("the exit code", log.values("exit code"), expected=[1])
    kernel.shows("stderr", starting.errors, expected=containing("Traceback (most recent call last)"))
    kernel.shows("stderr", starting.errors, expected=containing("Failure: out of paper"))


def test_exit_code_of_an_interrupt(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """A child that KeyboardInterrupt ends has exit code 1 and a traceback on stderr, as with any other exception."""
    interrupted = partial(endings.fail, log, KeyboardInterrupt("enough"))
    starting = program.main(endings.join_one, lesson.start, interrupted, log)
    kernel.shows("the starter's exit status", starting.exit_status(), expected=0)
    recorder.shows("how often the child ran", len(log.events("ran")), expected=1)
    recorder.shows("the exit code", log.values("exit code"), expected=[1])
    kernel.shows("stderr", starting.errors, expected=containing("KeyboardInterrupt: enough"))


def test_exit_code_of_an_exit_with_text(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """A child that calls `sys.exit` with a text has exit code 1, and prints the text to stderr."""
    leaving = steps(partial(log, "ran"), partial(sys.exit, "out of paper"))
    starting = program.main(endings.join_one, lesson.start, leaving, log)
    kernel.shows("the starter's exit status", starting.exit_status(), expected=0)
    recorder.shows("how often the child ran", len(log.events("ran")), expected=1)
    recorder.shows("the exit code", log.values("exit code"), expected=[1])
    kernel.shows("stderr", starting.errors, expected=containing("out of paper\n"))


def test_exit_code_of_a_killed_child(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that a signal has ended, whoever sent it, has minus that signal's number as its exit code."""
    working = checkpoint("working")

    @example(number=signal.SIGKILL)
    @settings(max_examples=2, phases=WITHOUT_SHRINKING)
    @given(number=st.sampled_from([signal.SIGUSR1, signal.SIGUSR2]))
    def dies(number: signal.Signals) -> None:
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


def test_child_gets_the_exit_codes_of_its_own(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A child gets the exit codes of its own children, as main does: of an exit, an exception and a signal."""
    failing = partial(endings.fail, log, endings.Failure("out of paper"))
    tasks = leave(7), failing, partial(signal.raise_signal, signal.SIGUSR1)
    child = lesson.start(mp, partial(endings.join_each, mp.Process, tasks, log))
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
    child.join(0.05)
    kernel.shows("the seconds that the join took", time.monotonic() - begun, expected=at_least(0.05))
    child.join(timeout=0.05)
    child.join(0)
    kernel.shows("the child", state(arrival.pid), expected=ALIVE)
    caller.shows("the active children", [one.pid for one in mp.active_children()], expected=[child.pid])
    caller.shows("whether it is alive", child.is_alive(), expected=True)
    arrival.let_go()
    child.join()
    caller.shows("the exit code", child.exitcode, expected=7)


def test_timed_join_is_over_with_the_child(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A timed join returns once the child has exited, however much of its time is left."""
    working = checkpoint("working")
    child = lesson.start(mp, steps(working.pause, leave(7)))
    arrival = working.next().let_go()
    child.join(600.0)
    kernel.shows("the process that was joined", arrival.pid, expected=child.pid)
    caller.shows("the exit code", child.exitcode, expected=7)


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
    with refuses(AssertionError, "cannot start a process twice"):
        child.start()
    kernel.shows("the processes after another start", descendants(os.getpid()), expected=running)
    arrival.let_go()
    child.join()
    with refuses(AssertionError, "cannot start a process twice"):
        child.start()
    left = [pid for pid in running if pid != arrival.pid]
    kernel.shows("the processes after a start of what was joined", descendants(os.getpid()), expected=left)


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
    with refuses(ValueError, "Cannot close a process while it is still running"):
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
        with refuses(ValueError, "process object is closed"):
            getattr(child, attribute)
    for call in child.is_alive, child.join, child.start:
        with refuses(ValueError, "process object is closed"):
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
        with refuses(ValueError, "process object is closed"):
            call()


def test_close_leaves_no_file_open(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Closing a child that was joined closes every file descriptor that the starter had for it."""
    working = checkpoint("working")

    def start_and_join() -> Process:
        child: Process = lesson.start(mp, working.pause)
        arrival = working.next().let_go()
        child.join()
        kernel.shows("the process that was joined", arrival.pid, expected=child.pid)
        return child

    start_and_join().close()  # whatever the API opens once for all children is open now
    before = open_files(os.getpid())
    child = start_and_join()
    child.close()
    kernel.shows("how many files the starter has open", open_files(os.getpid()), expected=before)


def test_sentinel_is_ready_at_the_end(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """The sentinel of a child is not ready while the child runs, and is once it has exited."""
    working = checkpoint("working")
    child = lesson.start(mp, working.pause)
    arrival = working.next()
    kernel.shows("the process that runs", arrival.pid, expected=child.pid)
    kernel.shows("whether its sentinel is ready", ready(child.sentinel), expected=False)
    arrival.let_go()
    until_ready(child.sentinel)
    until_exited(arrival.pid)
    child.join()


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
    with refuses(ValueError, "process not started"):
        _ = child.sentinel
