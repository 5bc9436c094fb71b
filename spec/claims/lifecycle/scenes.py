"""Scenes that claims of several modules set."""

from __future__ import annotations

import select
from functools import partial
from typing import Callable

from impl.contract import Multiprocessing, Process
from spec.claims.lifecycle import payloads
from spec.claims.shared.steps import steps
from spec.engine.fixtures import MakeCheckpoint
from spec.harness.checkpoint import Arrival
from spec.harness.process_table import ALIVE, settled, until_exited
from spec.harness.recorder import Recorder
from spec.harness.witness import kernel, other_than, recorder


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
