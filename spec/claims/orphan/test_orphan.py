"""Orphan: the parent exits first."""

from __future__ import annotations

import os
import signal
from functools import partial
from typing import Callable, NamedTuple

import pytest

from impl.contract import Multiprocessing
from spec.claims.orphan import payloads
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall, Programs
from spec.engine.lessons import Lesson
from spec.engine.marks import fork_server_is_parent, needs, source, starter_is_parent, where
from spec.engine.targets import Target
from spec.harness.checkpoint import Arrival
from spec.harness.process_table import ALIVE, GONE, ZOMBIE, exit_of, parent, state, until_exited
from spec.harness.program import Program
from spec.harness.recorder import Recorder
from spec.harness.stillness import until_still
from spec.harness.witness import gatekeeper, kernel, one_of, other_than, recorder

pytestmark = needs("Process")


class ParentAndChild(NamedTuple):
    """The lesson's program, while it and its child each wait at a checkpoint."""

    program: Program
    main: Arrival
    child: Arrival


BeginParent = Callable[..., ParentAndChild]


@pytest.fixture
def begin(mp: Multiprocessing, lesson: Lesson, program: Programs, checkpoint: MakeCheckpoint) -> BeginParent:  # noqa: ARG001
    """Run a program until it and its child wait; then the child goes on with *parts*, and the program leaves."""

    def run(*parts: Callable[[], object]) -> ParentAndChild:
        staying, working = checkpoint("main"), checkpoint("child")
        running = program.main(lesson.main, steps(working.pause, *parts), staying.pause)
        return ParentAndChild(running, staying.next(), working.next())

    return run


def leave_first(scene: ParentAndChild) -> None:
    """Let the program go on, and check that it leaves."""
    scene.main.let_go()
    until_still()
    kernel.shows("the state of the parent after it left", state(scene.program.pid), expected=ZOMBIE)
    kernel.shows("the parent's exit status", scene.program.exit_status(), expected=0)


@source("https://man7.org/linux/man-pages/man3/exit.3.html")
def test_goes_on_running(begin: BeginParent, log: Recorder) -> None:
    """A child whose parent leaves first goes on running and does its work."""
    scene = begin(partial(log, "done"))
    leave_first(scene)
    kernel.shows("the state of the child", state(scene.child.pid), expected=ALIVE)
    until_exited(scene.child.let_go().pid)
    recorder.shows("who did the work", [e.pid for e in log.events("done")], expected=[scene.child.pid])


@source("https://man7.org/linux/man-pages/man3/exit.3.html")
def test_goes_on_running_when_the_parent_is_killed(begin: BeginParent, log: Recorder) -> None:
    """A child whose parent is killed goes on running and does its work."""
    scene = begin(partial(log, "done"))
    scene.program.kill()
    until_still()
    kernel.shows("the state of the child", state(scene.child.pid), expected=ALIVE)
    until_exited(scene.child.let_go().pid)
    recorder.shows("who did the work", [e.pid for e in log.events("done")], expected=[scene.child.pid])


@where(starter_is_parent)
@source("https://man7.org/linux/man-pages/man2/PR_SET_CHILD_SUBREAPER.2const.html")
def test_is_adopted(begin: BeginParent) -> None:
    """When its parent leaves, a child becomes the child of a subreaper among its ancestors, not of pid 1."""
    scene = begin()
    kernel.shows("the child's parent before its parent leaves", parent(scene.child.pid), expected=scene.program.pid)
    leave_first(scene)
    kernel.shows("the child's parent after its parent left", parent(scene.child.pid), expected=os.getpid())
    until_exited(scene.child.let_go().pid)


@where(starter_is_parent)
@source("https://man7.org/linux/man-pages/man2/PR_SET_CHILD_SUBREAPER.2const.html")
def test_sees_its_new_parent(begin: BeginParent, log: Recorder, checkpoint: MakeCheckpoint) -> None:
    """Once its parent has left, a child sees another parent pid, that of the process that adopted it."""
    alone = checkpoint("alone")
    scene = begin(partial(log, "before"), alone.pause, partial(log, "after"))
    scene.child.let_go()
    arrival = alone.next()
    leave_first(scene)
    until_exited(arrival.let_go().pid)
    seen = [event.ppid for event in log.events("before") + log.events("after")]
    recorder.shows(
        "the parent pids that the child sees before and after", seen, expected=[scene.program.pid, os.getpid()]
    )


@where(starter_is_parent)
@source("https://man7.org/linux/man-pages/man2/PR_SET_CHILD_SUBREAPER.2const.html")
def test_is_adopted_by_the_nearest_subreaper(
    lesson: Lesson, program: Programs, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """The nearest subreaper among its ancestors adopts an orphan, and when that subreaper dies, the next one does."""
    at_main, working, staying = checkpoint("main"), checkpoint("child"), checkpoint("nearest subreaper")
    run = partial(program.main, lesson.main, working.pause, at_main.pause)
    nearest = forked_call(payloads.be_an_ancestor, True, run, staying.pause)
    main, child = at_main.next(), working.next()
    kernel.shows("the child's first parent", parent(child.pid), expected=main.pid)
    until_exited(main.let_go().pid)
    kernel.shows("the child's second parent", parent(child.pid), expected=nearest.pid)
    os.kill(nearest.pid, signal.SIGKILL)
    until_exited(nearest.pid)
    kernel.shows("the child's third parent", parent(child.pid), expected=os.getpid())
    until_exited(child.let_go().pid)


@where(starter_is_parent)
@source("https://man7.org/linux/man-pages/man2/PR_SET_CHILD_SUBREAPER.2const.html")
def test_is_not_adopted_by_other_ancestors(
    lesson: Lesson, program: Programs, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """An ancestor that is not a subreaper adopts no orphan, however near it is, and the next subreaper does."""
    at_main, working, staying = checkpoint("main"), checkpoint("child"), checkpoint("grandparent")
    run = partial(program.main, lesson.main, working.pause, at_main.pause)
    grandparent = forked_call(payloads.be_an_ancestor, False, run, staying.pause)
    main, child = at_main.next(), working.next()
    kernel.shows("the child's first parent", parent(child.pid), expected=main.pid)
    kernel.shows("the parent of the child's first parent", parent(main.pid), expected=grandparent.pid)
    until_exited(main.let_go().pid)
    kernel.shows("the child's second parent", parent(child.pid), expected=os.getpid())
    until_exited(child.let_go().pid)
    staying.next().let_go()
    grandparent.result()


@where(starter_is_parent)
@source("https://man7.org/linux/man-pages/man2/PR_SET_CHILD_SUBREAPER.2const.html")
def test_is_reaped_by_its_adopter(begin: BeginParent) -> None:
    """The process that adopted an orphan fetches its exit status when it exits, and no zombie is left."""
    scene = begin(leave(7))
    leave_first(scene)
    scene.child.let_go()
    until_exited(scene.child.pid)
    kernel.shows("the state of the orphan after it exited", state(scene.child.pid), expected=ZOMBIE)
    kernel.shows("the exit status that the adopter fetches", exit_of(scene.child.pid).code, expected=7)
    os.waitpid(scene.child.pid, 0)
    kernel.shows("the state of the orphan after it was reaped", state(scene.child.pid), expected=GONE)


@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods")
@pytest.mark.usefixtures("mp")
def test_is_not_made_by_a_normal_end(program: Programs, log: Recorder, checkpoint: MakeCheckpoint) -> None:
    """A parent that ends normally waits for its ordinary child first, so it leaves no orphan."""
    at_main, working = checkpoint("main"), checkpoint("child")
    task = steps(working.pause, partial(log, "done"))
    running = program.main(payloads.end_normally, task, at_main.pause)
    child = working.next()
    kernel.shows("the pid of the child's process", child.pid, expected=other_than(running.pid))
    at_main.next().let_go()
    until_still()
    kernel.shows("the state of the parent whose code has ended", state(running.pid), expected=ALIVE)
    kernel.shows("the state of the child", state(child.pid), expected=ALIVE)
    child.let_go()
    kernel.shows("the parent's exit status", running.exit_status(), expected=0)
    recorder.shows("who did the work", [e.pid for e in log.events("done")], expected=[child.pid])


@where(fork_server_is_parent)
@source(
    "https://docs.python.org/3/library/multiprocessing.html#multiprocessing-start-method-forkserver", observed=True
)
def test_keeps_the_helper_as_its_parent(begin: BeginParent) -> None:
    """When the starter leaves, a child of a fork server keeps its parent, and the fork server is adopted."""
    scene = begin()
    fork_server = parent(scene.child.pid) or 0
    kernel.shows("the pid of the fork server", fork_server, expected=other_than(scene.program.pid))
    kernel.shows("the fork server's parent before the starter left", parent(fork_server), expected=scene.program.pid)
    leave_first(scene)
    kernel.shows("the child's parent after the starter left", parent(scene.child.pid), expected=fork_server)
    kernel.shows("the fork server's parent after the starter left", parent(fork_server), expected=os.getpid())
    until_exited(scene.child.let_go().pid)


@where(fork_server_is_parent)
@source(
    "https://docs.python.org/3/library/multiprocessing.html#multiprocessing-start-method-forkserver", observed=True
)
def test_helper_ends_after_it(begin: BeginParent) -> None:
    """A fork server whose starter has left runs on as long as a child does, and ends after the last child."""
    scene = begin()
    fork_server = parent(scene.child.pid) or 0
    leave_first(scene)
    kernel.shows("the state of the fork server while the orphan runs", state(fork_server), expected=ALIVE)
    gatekeeper.shows("whether the orphan is still at work", scene.child.waiting, expected=True)
    until_exited(scene.child.let_go().pid)
    until_exited(fork_server)
    kernel.shows(
        "the state of the orphan after the fork server ended", state(scene.child.pid), expected=one_of(ZOMBIE, GONE)
    )


@needs("Lock")
@source("https://github.com/python/cpython/issues/146313")
@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods", observed=True)
@pytest.mark.usefixtures("mp")
def test_keeps_no_program_from_ending(program: Programs, checkpoint: MakeCheckpoint) -> None:
    """A program ends, though an orphan that one of its children has left runs on."""
    at_main, at_child, working = checkpoint("main"), checkpoint("child"), checkpoint("orphan")
    running = program.main(payloads.have_a_grandchild, working.pause, at_child.pause, at_main.pause)
    orphan, child, main = working.next(), at_child.next(), at_main.next()
    os.kill(child.pid, signal.SIGKILL)
    until_exited(child.pid)
    main.let_go()
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    kernel.shows("the state of the orphan", state(orphan.pid), expected=ALIVE)
    until_exited(orphan.let_go().pid)


@needs("parent_process")
@source("https://man7.org/linux/man-pages/man3/exit.3.html", observed=True)
def test_may_kill_its_starter(begin: BeginParent, target: Target, log: Recorder, checkpoint: MakeCheckpoint) -> None:
    """A child that kills the process that has started it goes on running and does its work."""
    alone = checkpoint("alone")
    scene = begin(partial(payloads.kill_starter, target.name), alone.pause, partial(log, "done"))
    scene.child.let_go()
    arrival = alone.next()
    kernel.shows("how the starter ended", scene.program.exit_status(), expected=-signal.SIGKILL)
    until_still()
    kernel.shows("the state of the child", state(arrival.pid), expected=ALIVE)
    until_exited(arrival.let_go().pid)
    recorder.shows("who did the work", [e.pid for e in log.events("done")], expected=[scene.child.pid])
