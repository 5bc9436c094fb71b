"""A desk that serves its clients in a fixed order, or whoever is ready first."""

from __future__ import annotations

import os
import signal
from functools import partial
from typing import Any

from impl.contract import Multiprocessing, Wait
from spec.claims.shared.joining import join_all
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source
from spec.harness.checkpoint import Arrival, Checkpoint
from spec.harness.process_table import blocks
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, kernel, recorder

pytestmark = needs("Process", "Pipe")


def clients_that_think(mp: Multiprocessing, lesson: Lesson, thinking: Checkpoint) -> tuple[Any, Any, list[Arrival]]:
    """Open a desk for three clients; return the desk's connections, the children, and their arrivals, in order.

    Each client asks what it is let go with.
    """
    callers, children = lesson.open_desk(mp, 3, thinking.pause)
    arrivals = sorted(thinking.wait_for(3), key=lambda arrival: arrival.notes)
    kernel.shows("the pids of the clients", [arrival.pid for arrival in arrivals], expected=[c.pid for c in children])
    return callers, children, arrivals


@source("impl.wait.serve_as_they_come")
def test_serves_whoever_is_ready(
    mp: Multiprocessing,
    wait: Wait,
    lesson: Lesson,
    log: Recorder,
    checkpoint: MakeCheckpoint,
    forked_call: MakeForkedCall,
) -> None:
    """A desk that waits for all clients at once serves each when it is ready, and ends when all have hung up."""
    callers, children, arrivals = clients_that_think(mp, lesson, checkpoint("thinking"))
    desk = forked_call(lesson.serve_as_they_come, wait, callers, partial(log, "served"))
    order = [2, 0, 1]
    for place, client in enumerate(order):
        desk.until_still()
        kernel.shows("whether the desk is blocked", blocks(desk.pid), expected=True)
        recorder.shows("who was served", log.values("served"), expected=order[:place])
        arrivals[client].let_go(client)
        children[client].join()
    desk.result()
    recorder.shows("who was served in the end", log.values("served"), expected=order)


@source("impl.wait.serve_in_order")
def test_fixed_order_waits_for_the_first(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall
) -> None:
    """A desk that asks its clients in a fixed order is blocked by the first, although all others have asked."""
    callers, children, arrivals = clients_that_think(mp, lesson, checkpoint("thinking"))
    desk = forked_call(lesson.serve_in_order, callers, partial(log, "served"))
    for client in 2, 1:
        arrivals[client].let_go(client)
        children[client].join()
    desk.until_still()
    kernel.shows("whether the desk is blocked", blocks(desk.pid), expected=True)
    recorder.shows("who was served", log.values("served"), expected=[])
    arrivals[0].let_go(0)
    desk.result()
    recorder.shows("who was served in the end", log.values("served"), expected=[0, 1, 2])
    children[0].join()


@source("impl.wait.open_desk")
@source("impl.wait.serve_as_they_come")
def test_client_that_dies_delays_nobody(
    mp: Multiprocessing,
    wait: Wait,
    lesson: Lesson,
    log: Recorder,
    checkpoint: MakeCheckpoint,
    forked_call: MakeForkedCall,
) -> None:
    """A client that is killed before it asks hangs up without a question, and the desk serves the others."""
    callers, children, arrivals = clients_that_think(mp, lesson, checkpoint("thinking"))
    desk = forked_call(lesson.serve_as_they_come, wait, callers, partial(log, "served"))
    os.kill(children[0].pid, signal.SIGKILL)
    for client in 2, 1:
        arrivals[client].let_go(client)
    desk.result()
    recorder.shows("who was served", sorted(log.values("served")), expected=[1, 2])
    join_all(children)


@source("impl.wait.who_has_left")
def test_tells_who_has_left(mp: Multiprocessing, wait: Wait, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """The sentinels of several children tell which of them have exited, in any order, and however they ended."""
    _, children, arrivals = clients_that_think(mp, lesson, checkpoint("thinking"))
    caller.shows("who has left within 0.05 s", lesson.who_has_left(wait, children, 0.05), expected=[])
    arrivals[2].let_go("a question")
    caller.shows("who leaves first", lesson.who_has_left(wait, children), expected=[2])
    os.kill(children[0].pid, signal.SIGKILL)
    caller.shows("who of the first alone leaves", lesson.who_has_left(wait, children[:1]), expected=[0])
    caller.shows("who has left when it was killed", lesson.who_has_left(wait, children), expected=[0, 2])
    arrivals[1].let_go("a question")
    join_all(children)
