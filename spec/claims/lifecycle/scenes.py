"""What several claims about the lifecycle begin with, and checks that they share."""

from __future__ import annotations

import select
from functools import partial
from typing import Callable

from impl.contract import Multiprocessing, Process
from spec.claims.lifecycle import payloads
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint
from spec.harness.checkpoint import Arrival
from spec.harness.process_table import ALIVE, settled, until_exited
from spec.harness.recorder import Recorder
from spec.harness.signal_state import signals_sent
from spec.harness.witness import caller, kernel, other_than, recorder


def ready(sentinel: int) -> bool:
    """Return whether *sentinel* is ready now."""
    return bool(select.select([sentinel], [], [], 0)[0])


def until_ready(sentinel: int) -> None:
    """Wait until *sentinel* is ready."""
    select.select([sentinel], [], [])


def join_briefly(child: Process) -> None:
    """Join *child* with two timeouts that are soon over if it still runs."""
    for seconds in 0, 0.01:
        child.join(seconds)


def start_with_grandchild(
    mp: Multiprocessing, start: Callable[..., Process], log: Recorder, checkpoint: MakeCheckpoint
) -> tuple[Process, Arrival]:
    """Start a child that has started a child of its own; both wait.

    Returns:
        the child, and the arrival of the grandchild, which records ``done`` when it is let go.
    """
    having, working = checkpoint("having a child"), checkpoint("working")
    work = steps(working.pause, partial(log, "done"))
    child = start(mp, steps(partial(payloads.start_child, mp.Process, work), having.pause))
    parent, grandchild = having.next(), working.next()
    kernel.shows("the pid of the child", parent.pid, expected=child.pid)
    kernel.shows("the pid of the grandchild", grandchild.pid, expected=other_than(child.pid))
    return child, grandchild


def does_nothing_to_an_exited_child(
    end: Callable[[Process], object], mp: Multiprocessing, start: Callable[..., Process], checkpoint: MakeCheckpoint
) -> None:
    """State that *end* keeps the exit code of an exited child, and sends no signal once the child is joined."""
    working = checkpoint("working")
    child = start(mp, steps(working.pause, leave(7)))
    arrival = working.next().let_go()
    until_exited(arrival.pid)
    end(child)
    child.join()
    kernel.shows("the pid of the child", arrival.pid, expected=child.pid)
    sent = signals_sent()
    end(child)
    caller.shows("the signals sent after the join, when another process may have the pid", sent, expected=[])
    caller.shows("the exit code", child.exitcode, expected=7)


def grandchild_runs_on(grandchild: Arrival, log: Recorder) -> None:
    """State that the grandchild of `start_with_grandchild` still runs, and reaches the end of its code."""
    kernel.shows("the grandchild", settled(grandchild.pid), expected=ALIVE)
    grandchild.let_go()
    until_exited(grandchild.pid)
    done = [event.pid for event in log.events("done")]
    recorder.shows("the processes that reached the end", done, expected=[grandchild.pid])
