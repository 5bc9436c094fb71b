"""When a child is alive, and which children are active."""

from __future__ import annotations

import os
import signal
from functools import partial

from impl.contract import Multiprocessing
from spec.claims.lifecycle import payloads
from spec.claims.lifecycle.scenes import runs_on, with_a_child_of_its_own
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint, Start
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, starter_is_parent, where
from spec.harness.process_table import GONE, Exit, descendants, exit_of, state, until_blocked, until_exited
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, containing, gatekeeper, kernel

pytestmark = needs("Process")


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
