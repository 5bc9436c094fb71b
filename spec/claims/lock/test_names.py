"""The names of locks, and the resource tracker, which removes those that a program leaves behind."""

from __future__ import annotations

import os
import signal

from impl.contract import Multiprocessing
from spec.claims.lock import payloads
from spec.engine.fixtures import MakeCheckpoint, Programs
from spec.engine.marks import fresh_memory, needs, source, where
from spec.harness.process_table import ALIVE, GONE, children, settled, state, until_exited
from spec.harness.program import Program
from spec.harness.witness import caller, containing, kernel, recorder

pytestmark = needs("Process", "Lock")


@needs("Queue")
@where(fresh_memory)
@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods")
def test_names_that_are_left_make_a_warning(program: Programs, checkpoint: MakeCheckpoint) -> None:
    """When a program that had locks was killed, the resource tracker, which removes their names, prints a warning."""
    waiting = checkpoint("waiting")
    running = program.main(payloads.make_and_hold, waiting.pause)
    waiting.next()
    running.kill()
    recorder.shows("what is on stderr", running.all_errors(), expected=containing("leaked sem"))


def tracker_of(running: Program) -> int:
    """Return the pid of the resource tracker, which is the only child of a program that runs."""
    found = children(running.pid)
    kernel.shows("the number of resource trackers", len(found), expected=1)
    return found[0]


@where(fresh_memory)
@source("https://github.com/python/cpython/issues/88887", observed=True)
def test_killed_tracker_is_replaced(program: Programs, checkpoint: MakeCheckpoint) -> None:
    """When the resource tracker was killed, the next lock starts another one, and warns of that."""
    making, trackers = checkpoint("making"), []
    running = program.main(payloads.make_and_make_again, making.pause)
    for _ in range(2):
        arrival = making.next()
        tracker = tracker_of(running)
        kernel.shows("the state of the resource tracker", state(tracker), expected=ALIVE)
        trackers.append(tracker)
        os.kill(tracker, signal.SIGKILL)
        until_exited(tracker)
        arrival.let_go()
    kernel.shows("the number of different resource trackers", len({*trackers}), expected=2)
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    recorder.shows("what is on stderr", running.all_errors(), expected=containing("relaunching"))


@where(fresh_memory)
@source("https://github.com/python/cpython/issues/75491")
def test_reaped_tracker_is_replaced(program: Programs, checkpoint: MakeCheckpoint) -> None:
    """When the resource tracker was killed, and reaped by the program, the next lock starts another one."""
    making = checkpoint("making")
    running = program.main(payloads.make_reap_and_make_again, making.pause)
    arrival = making.next()
    tracker = tracker_of(running)
    os.kill(tracker, signal.SIGKILL)
    arrival.let_go()
    arrival = making.next()
    kernel.shows("the number of resource trackers after that", len(children(running.pid)), expected=1)
    kernel.shows("the state of the first resource tracker", state(tracker), expected=GONE)
    arrival.let_go()
    kernel.shows("the program's exit status", running.exit_status(), expected=0)


@where(fresh_memory)
@source("https://github.com/python/cpython/issues/109593")
def test_is_made_though_another_is_dropped_meanwhile(program: Programs, checkpoint: MakeCheckpoint) -> None:
    """A lock can be dropped while another one is made, even while the resource tracker is being replaced."""
    making = checkpoint("making")
    running = program.main(payloads.make_and_drop_meanwhile, making.pause)
    arrival = making.next()
    for tracker in children(running.pid):
        os.kill(tracker, signal.SIGKILL)
        until_exited(tracker)
    arrival.let_go()
    kernel.shows("the program's exit status", running.exit_status(), expected=0)


@where(fresh_memory)
@source("https://github.com/python/cpython/pull/7850")
def test_tracker_minds_no_signal(program: Programs, checkpoint: MakeCheckpoint) -> None:
    """The resource tracker goes on after SIGINT and SIGTERM, which may reach all processes of a program."""
    making, trackers = checkpoint("making"), []
    running = program.main(payloads.make_and_make_again, making.pause)
    for number in signal.SIGINT, signal.SIGTERM:
        arrival = making.next()
        trackers.append(tracker_of(running))
        os.kill(trackers[-1], number)
        kernel.shows(f"the state of the resource tracker after {number.name}", settled(trackers[-1]), expected=ALIVE)
        arrival.let_go()
    kernel.shows("the pids of the resource tracker", trackers, expected=[trackers[0]] * 2)
    kernel.shows("the program's exit status", running.exit_status(), expected=0)


@needs("Queue")
@where(fresh_memory)
@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods")
def test_one_tracker_serves_all(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """A child that makes locks starts no resource tracker: it uses that of its starter."""
    making, lock = checkpoint("making"), mp.Lock()
    child = mp.Process(target=payloads.make_and_hold, args=(mp, making.pause))
    child.start()
    arrival = making.next()
    kernel.shows("the children of the child", children(arrival.pid), expected=[])
    caller.shows("acquire(False) by the starter", lock.acquire(False), expected=True)
    arrival.let_go()
    child.join()
