"""Zombie: exited, and not yet waited for."""

from __future__ import annotations

import os
import signal
from typing import Any

from impl.contract import Multiprocessing
from spec.claims.shared.steps import leave, steps
from spec.claims.zombie import payloads
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall, Programs
from spec.engine.lessons import Lesson
from spec.engine.marks import fork_server_is_parent, needs, source, starter_is_parent, where
from spec.harness.checkpoint import Checkpoint
from spec.harness.process_table import (
    GONE,
    ZOMBIE,
    children,
    cpu_time,
    exit_of,
    memory,
    open_files,
    parent,
    state,
    until_blocked,
    until_exited,
    until_gone,
)
from spec.harness.witness import at_least, caller, containing, kernel, other_than, refuses

pytestmark = needs("Process")


@where(starter_is_parent)
@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods")
def test_lingers_until_joined(mp: Multiprocessing, lesson: Lesson) -> None:
    """A child that has exited stays in the process table as a zombie until it is joined."""
    [child] = lesson.leave_unjoined(mp, leave(0))
    until_exited(child.pid)
    kernel.shows("the state of the unjoined child", state(child.pid), expected=ZOMBIE)
    lesson.reap([child])
    kernel.shows("the state of the joined child", state(child.pid), expected=GONE)


@where(starter_is_parent)
@source("https://man7.org/linux/man-pages/man2/wait.2.html")
def test_holds_no_memory_and_no_files(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A process has memory and open files while it runs, and has neither as a zombie."""
    working = checkpoint("working")
    [child] = lesson.leave_unjoined(mp, working.pause)
    arrival = working.next()
    kernel.shows("the bytes of memory of the running process", memory(arrival.pid), expected=at_least(1))
    kernel.shows("the number of open files of the running process", open_files(arrival.pid), expected=at_least(1))
    arrival.let_go()
    until_exited(child.pid)
    kernel.shows("the bytes of memory of the zombie", memory(arrival.pid), expected=0)
    kernel.shows("the number of open files of the zombie", open_files(arrival.pid), expected=0)


@where(starter_is_parent)
@source("https://man7.org/linux/man-pages/man2/wait.2.html")
def test_keeps_exit_status_and_cpu_time(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A zombie keeps its exit status and the CPU time that it has used."""
    working = checkpoint("working")
    [child] = lesson.leave_unjoined(mp, steps(working.pause, leave(7)))
    arrival = working.next()
    used = cpu_time(arrival.pid)
    arrival.let_go()
    kernel.shows("the exit status of the zombie", exit_of(child.pid).code, expected=7)
    kernel.shows("the CPU time of the zombie in seconds", cpu_time(child.pid), expected=at_least(used))


@where(starter_is_parent)
@source("https://man7.org/linux/man-pages/man2/wait.2.html")
def test_wait_frees_the_pid(mp: Multiprocessing, lesson: Lesson) -> None:
    """Waiting for a zombie fetches its exit status and removes its pid from the process table."""
    [child] = lesson.leave_unjoined(mp, leave(7))
    until_exited(child.pid)
    pid, status = os.waitpid(child.pid, 0)
    kernel.shows("the exit status that waitpid() fetched", os.waitstatus_to_exitcode(status), expected=7)
    kernel.shows("the state of the child after waitpid()", state(pid), expected=GONE)


@where(starter_is_parent)
@source("https://man7.org/linux/man-pages/man2/wait.2.html")
def test_piles_up(mp: Multiprocessing, lesson: Lesson, scale: int, checkpoint: MakeCheckpoint) -> None:
    """A parent that starts children and waits for none of them has one zombie for each, with a pid of its own."""
    working, children = checkpoint("working"), 5 * scale
    unjoined = lesson.leave_unjoined(mp, working.pause, children)
    for arrival in working.wait_for(children):
        arrival.let_go()
    pids = {child.pid for child in unjoined}
    for pid in pids:
        until_exited(pid)
    kernel.shows("the states of the unjoined children", [state(pid) for pid in pids], expected=[ZOMBIE] * children)


@where(starter_is_parent)
@source("impl.zombie.reap")
@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods")
def test_joining_reaps_each(mp: Multiprocessing, lesson: Lesson, scale: int) -> None:
    """Joining every child leaves no zombie."""
    children = 5 * scale
    unjoined = lesson.leave_unjoined(mp, leave(0), children)
    pids = [child.pid for child in unjoined]
    lesson.reap(unjoined)
    kernel.shows("the states of the joined children", [state(pid) for pid in pids], expected=[GONE] * children)


@where(starter_is_parent)
@source("https://man7.org/linux/man-pages/man2/wait.2.html")
def test_end_of_the_parent_hands_them_on(lesson: Lesson, program: Programs, checkpoint: MakeCheckpoint) -> None:
    """When a parent is killed, another process adopts its zombies and can reap them."""
    holding, working = checkpoint("holding"), checkpoint("working")
    parent_program = program.main(payloads.hold, lesson.leave_unjoined, working.pause, 2, holding.pause)
    [pids] = holding.next().notes
    for arrival in working.wait_for(2):  # both have started, as starting the second would reap the first
        arrival.let_go()
    for pid in pids:
        until_exited(pid)
    until_blocked([parent_program.pid])  # it has done everything that it does when a child ends
    kernel.shows("the parent of the zombies", {parent(pid) for pid in pids}, expected={parent_program.pid})
    parent_program.kill()
    kernel.shows("the parent of the zombies after the kill", {parent(pid) for pid in pids}, expected={os.getpid()})
    kernel.shows("the pids that the new parent can reap", [os.waitpid(pid, 0)[0] for pid in pids], expected=pids)


@needs("active_children")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.active_children")
def test_join_drops_the_child(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child is among the active children until it is joined, and not after that."""
    working = checkpoint("working")
    [child] = lesson.leave_unjoined(mp, working.pause)
    arrival = working.next()
    caller.shows(
        "the pids of the active children before the join",
        [c.pid for c in mp.active_children()],
        expected=[arrival.pid],
    )
    arrival.let_go()
    lesson.reap([child])
    caller.shows("the active children after the join", mp.active_children(), expected=[])


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process", observed=True)
def test_only_the_parent_may_join(
    mp: Multiprocessing, lesson: Lesson, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """Joining a child is refused in a process that did not start it."""
    working = checkpoint("working")
    [child] = lesson.leave_unjoined(mp, working.pause)
    other = forked_call(child.join)
    refusal = containing("AssertionError: can only join a child process")
    caller.shows("the error in a process that did not start the child", other.failure(), expected=refusal)
    working.next().let_go()
    lesson.reap([child])


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.join")
def test_nothing_unstarted_may_be_joined(mp: Multiprocessing, lesson: Lesson) -> None:
    """Joining a process that was not started is refused."""
    with refuses(AssertionError):
        lesson.reap([mp.Process(target=leave(0))])


@where(starter_is_parent)
@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods")
def test_is_alive_reaps(mp: Multiprocessing, lesson: Lesson) -> None:
    """Calling `is_alive()` on a zombie reaps it."""
    [child] = lesson.leave_unjoined(mp, leave(7))
    until_exited(child.pid)
    caller.shows("whether the zombie is alive", child.is_alive(), expected=False)
    kernel.shows("the state of the child after is_alive()", state(child.pid), expected=GONE)
    caller.shows("the exit code of the child", child.exitcode, expected=7)


def leave_two_zombies(mp: Multiprocessing, lesson: Lesson, working: Checkpoint) -> list[Any]:
    """Return two children that have exited with 7, and are not joined."""
    unjoined: list[Any] = lesson.leave_unjoined(mp, steps(working.pause, leave(7)), 2)
    for arrival in working.wait_for(2):  # both have started, so no start reaps one of them
        arrival.let_go()
    for child in unjoined:
        until_exited(child.pid)
    return unjoined


@where(starter_is_parent)
@needs("active_children")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.active_children")
def test_active_children_reaps(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Calling `active_children()` reaps all zombies that the API has started, and no other child."""
    other = os.fork()
    if other == 0:
        os._exit(3)
    until_exited(other)
    unjoined = leave_two_zombies(mp, lesson, checkpoint("working"))
    caller.shows("the active children", mp.active_children(), expected=[])
    kernel.shows("the states of the exited children", [state(child.pid) for child in unjoined], expected=[GONE, GONE])
    caller.shows("the exit codes of the exited children", [child.exitcode for child in unjoined], expected=[7, 7])
    kernel.shows("the state of a child that was forked without the API", state(other), expected=ZOMBIE)
    os.waitpid(other, 0)


@where(starter_is_parent)
@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods")
def test_starting_another_reaps(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Starting another process reaps all existing zombies, and their exit codes are kept."""
    unjoined = leave_two_zombies(mp, lesson, checkpoint("working"))
    states = [state(child.pid) for child in unjoined]
    kernel.shows("the states of the children before another was started", states, expected=[ZOMBIE, ZOMBIE])
    [another] = lesson.leave_unjoined(mp, leave(0))
    states = [state(child.pid) for child in unjoined]
    kernel.shows("the states of the children after another was started", states, expected=[GONE, GONE])
    caller.shows("the exit codes of the exited children", [child.exitcode for child in unjoined], expected=[7, 7])
    lesson.reap([another])


@where(starter_is_parent)
@source("https://man7.org/linux/man-pages/man2/wait.2.html")
def test_kill_cannot_remove_it(mp: Multiprocessing, lesson: Lesson) -> None:
    """A zombie stays a zombie when it is sent SIGKILL, because it is already dead."""
    [child] = lesson.leave_unjoined(mp, leave(0))
    until_exited(child.pid)
    os.kill(child.pid, signal.SIGKILL)
    kernel.shows("the state of the zombie after SIGKILL", state(child.pid), expected=ZOMBIE)
    kernel.shows("the exit status of the zombie", exit_of(child.pid).code, expected=0)


@where(starter_is_parent)
@source("https://man7.org/linux/man-pages/man2/wait.2.html")
def test_ignored_sigchld_leaves_none(mp: Multiprocessing, lesson: Lesson) -> None:
    """While SIGCHLD is ignored, a child that exits leaves no zombie, and its exit status is lost."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    [child] = lesson.leave_unjoined(mp, leave(7))
    until_exited(child.pid)
    kernel.shows("the state of the unjoined child", state(child.pid), expected=GONE)
    with refuses(ChildProcessError):
        os.waitpid(child.pid, 0)


@where(fork_server_is_parent)
@source(
    "https://docs.python.org/3/library/multiprocessing.html#multiprocessing-start-method-forkserver", observed=True
)
def test_starter_never_holds_it(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Where a fork server is the parent, it reaps the child, and the starter never has a zombie."""
    working = checkpoint("working")
    [child] = lesson.leave_unjoined(mp, working.pause)
    arrival = working.next()
    kernel.shows("the parent of the child", parent(arrival.pid), expected=other_than(os.getpid()))
    kernel.shows(
        "whether the child is among the starter's children", arrival.pid in children(os.getpid()), expected=False
    )
    arrival.let_go()
    until_gone(arrival.pid)
    lesson.reap([child])


@where(fork_server_is_parent)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.exitcode")
def test_starter_still_gets_the_exit_code(mp: Multiprocessing, lesson: Lesson) -> None:
    """Where a fork server is the parent, the starter gets the exit code of a child that is already gone."""
    [child] = lesson.leave_unjoined(mp, leave(7))
    until_gone(child.pid)
    lesson.reap([child])
    caller.shows("the exit code", child.exitcode, expected=7)


@where(starter_is_parent)
@needs("active_children")
@source("https://github.com/python/cpython/issues/94661")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.is_alive", observed=True)
def test_reaped_by_another_is_not_alive(mp: Multiprocessing, lesson: Lesson) -> None:
    """A child that was reaped without the API can be joined, is not alive, is no active child, and can be closed."""
    [child] = lesson.leave_unjoined(mp, leave(7))
    os.waitpid(child.pid, 0)
    lesson.reap([child])
    caller.shows("whether the child is alive", child.is_alive(), expected=False)
    caller.shows("the active children", mp.active_children(), expected=[])
    child.close()


@where(starter_is_parent)
@needs("active_children")
@source("https://github.com/novnc/websockify/pull/102", observed=True)
def test_reaped_by_another_disturbs_no_other(mp: Multiprocessing, lesson: Lesson) -> None:
    """After a child was reaped without the API, `active_children()` returns, and another child can be started."""
    [child] = lesson.leave_unjoined(mp, leave(7))
    os.waitpid(child.pid, 0)
    mp.active_children()
    [other] = lesson.leave_unjoined(mp, leave(5))
    lesson.reap([child, other])
    caller.shows("the exit code of the other child", other.exitcode, expected=5)
