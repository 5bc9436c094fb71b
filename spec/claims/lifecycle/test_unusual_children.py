"""Children that do what children rarely do: stop, leave their group, fork, or close the files of the API."""

from __future__ import annotations

import os
import signal
from functools import partial

from impl.contract import Multiprocessing
from spec.claims.lifecycle import payloads
from spec.claims.lifecycle.scenes import ready
from spec.claims.shared import program_ends
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall, Programs
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source
from spec.harness.process_table import ALIVE, settled, state, until_blocked, until_exited
from spec.harness.recorder import Recorder
from spec.harness.stillness import is_stopped
from spec.harness.witness import caller, kernel, recorder

pytestmark = needs("Process")


@source("https://man7.org/linux/man-pages/man7/signal.7.html", observed=True)
def test_join_waits_for_a_stopped_child(
    mp: Multiprocessing, lesson: Lesson, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """A join waits while the child is stopped by a signal, and returns once the child has continued and ended."""
    working = checkpoint("working")
    task = steps(working.pause, payloads.stop_self, leave(7))
    joining = forked_call(payloads.exit_code_of_child, mp, lesson.start, payloads.ignore, task)
    child = working.next().let_go()
    kernel.shows("whether the child is stopped", is_stopped(child.pid), expected=True)
    kernel.shows("the state of the process that joins the stopped child", state(joining.pid), expected=ALIVE)
    os.kill(child.pid, signal.SIGCONT)
    caller.shows("the exit code", joining.result(), expected=7)


@source("https://man7.org/linux/man-pages/man7/signal.7.html")
def test_stopped_child_can_be_ended(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A stopped child can be ended: by `kill()` at once, and by `terminate()` at the latest when it continues."""
    working = checkpoint("working")
    children = [lesson.start(mp, working.pause) for _ in range(2)]
    for arrival in working.wait_for(2):
        os.kill(arrival.pid, signal.SIGSTOP)
        kernel.shows("whether a child is stopped", is_stopped(arrival.pid), expected=True)
    terminated, killed = children
    terminated.terminate()
    killed.kill()
    killed.join()
    caller.shows("the exit code of the child that was killed", killed.exitcode, expected=-signal.SIGKILL)
    os.kill(terminated.pid, signal.SIGCONT)
    terminated.join()
    caller.shows("the exit code of the child that was terminated", terminated.exitcode, expected=-signal.SIGTERM)


@source("https://man7.org/linux/man-pages/man7/signal.7.html", observed=True)
def test_may_stop_its_starter(
    mp: Multiprocessing, lesson: Lesson, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """A starter that its child stops in a join waits on once continued, and misses no end of the child meanwhile."""
    begun, working = checkpoint("begun"), checkpoint("working")
    stopping, task = partial(payloads.stop_after, begun.pause), steps(working.pause, leave(7))
    joining = forked_call(payloads.exit_code_of_child, mp, lesson.start, stopping, task)
    arrival = begun.next()
    until_blocked([joining.pid])
    arrival.let_go()
    child = working.next()
    kernel.shows("whether the starter is stopped", is_stopped(joining.pid), expected=True)
    os.kill(joining.pid, signal.SIGCONT)
    kernel.shows("whether the starter is stopped after SIGCONT", is_stopped(joining.pid), expected=False)
    kernel.shows("the state of the starter, which joins the child", state(joining.pid), expected=ALIVE)
    os.kill(joining.pid, signal.SIGSTOP)
    kernel.shows("whether the starter is stopped again", is_stopped(joining.pid), expected=True)
    until_exited(child.let_go().pid)
    os.kill(joining.pid, signal.SIGCONT)
    caller.shows("the exit code", joining.result(), expected=7)


@source("https://man7.org/linux/man-pages/man2/setsid.2.html", observed=True)
def test_may_leave_its_group(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that leaves the starter's process group or session can be terminated and joined as before."""
    working = checkpoint("working")
    for leaving in partial(os.setpgid, 0, 0), os.setsid:
        for ask, expected in (int, 7), (None, -signal.SIGTERM):
            task = steps(partial(payloads.leave_the_group, leaving, working.pause), leave(7))
            child = lesson.start(mp, task)
            arrival = working.next()
            kernel.shows("the process group of the child", os.getpgid(arrival.pid), expected=child.pid)
            (ask or child.terminate)()
            arrival.let_go()
            child.join()
            caller.shows("the exit code", child.exitcode, expected=expected)


@source("https://github.com/python/cpython/issues/79838")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.sentinel")
def test_sentinel_tells_of_the_end_only(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """The sentinel of a child is not ready while it runs another program, or has closed all its files."""
    running = checkpoint("running")
    for task in partial(payloads.run_another_program, running.pause), steps(payloads.close_all_files, running.pause):
        child = lesson.start(mp, task)
        arrival = running.next()
        kernel.shows("the process that runs", arrival.pid, expected=child.pid)
        kernel.shows("whether the sentinel is ready", ready(child.sentinel), expected=False)
        arrival.let_go()
        child.join()


@source("https://docs.python.org/3/library/os.html#os.fork", observed=True)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.sentinel")
def test_sentinel_is_ready_though_a_copy_runs_on(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint
) -> None:
    """Once a child has ended, it can be joined and its sentinel is ready, though a copy that it forked runs on."""
    running = checkpoint("copy")
    child = lesson.start(mp, partial(payloads.fork_and_leave, running.pause, 7))
    copy, sentinel = running.next(), os.dup(child.sentinel)
    until_exited(child.pid)
    child.join()
    caller.shows("the exit code", child.exitcode, expected=7)
    kernel.shows("the state of the copy", settled(copy.pid), expected=ALIVE)
    kernel.shows("whether the sentinel is ready", ready(sentinel), expected=True)
    copy.let_go()


@source("https://docs.python.org/3/library/threading.html#threading.excepthook")
def test_exit_in_a_thread_ends_the_thread_only(program: Programs, lesson: Lesson, log: Recorder) -> None:
    """A `sys.exit()` in a thread of a child ends that thread only, and leaves exit code 0 and nothing on stderr."""
    task = steps(program_ends.exit_in_a_thread, partial(log, "went on"))
    running = program.main(payloads.start_and_join, lesson.start, task, log)
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    recorder.shows("how often the child went on", len(log.values("went on")), expected=1)
    recorder.shows("the exit code of the child", log.only("exit code").value, expected=0)
    kernel.shows("what was printed on stderr", running.all_errors(), expected="")
