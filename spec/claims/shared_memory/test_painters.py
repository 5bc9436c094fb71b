"""Painters at one wall: the lesson."""

from __future__ import annotations

import os
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from impl.contract import Multiprocessing
from spec.claims.shared.joining import join_all
from spec.claims.shared_memory import payloads
from spec.claims.shared_memory.payloads import PaintIsOut
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source
from spec.harness.dev_shm import path_of, used_by
from spec.harness.memory_maker import SharedMemories, exists, inode_of
from spec.harness.witness import caller, gatekeeper, kernel, refuses
from spec.harness.worker import CallFailed

pytestmark = needs("Process", "SharedMemory")

COLOURS = b"abcde"


@source("impl.shared_memory.paint_together")
def test_painters_work_at_one_wall(
    mp: Multiprocessing, lesson: Lesson, memory: SharedMemories, checkpoint: MakeCheckpoint
) -> None:
    """Painters that know the name of a block are all at work at the same time, and each paints its strip of it."""
    painting, wall = checkpoint("painting"), memory.create(103)
    painters = lesson.paint_together(mp, wall, COLOURS, painting.pause)
    arrivals = painting.wait_for(len(COLOURS))
    uses = [inode_of(wall.name) in used_by(arrival.pid) for arrival in arrivals]
    kernel.shows("whether each painter uses the block", uses, expected=[True] * len(COLOURS))
    kernel.shows("the processes", {one.pid for one in arrivals}, expected={child.pid for child in painters})
    kernel.shows("the block before", set(path_of(wall.name).read_bytes()), expected={0})
    painting.open()
    join_all(painters)
    edges = [wall.size * number // 5 for number in range(6)]
    expected = b"".join(bytes([colour]) * (edges[n + 1] - edges[n]) for n, colour in enumerate(COLOURS))
    kernel.shows("the block after", path_of(wall.name).read_bytes(), expected=expected)


@source("impl.shared_memory.paint_copies")
def test_copies_leave_the_wall_as_it_is(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """What children write to a bytearray that they were given is not in that of the starter."""
    painting, wall = checkpoint("painting"), bytearray(b"." * 100)
    painters = lesson.paint_copies(mp, wall, COLOURS, painting.pause)
    starts = sorted(arrival.notes for arrival in painting.wait_for(len(COLOURS)))
    gatekeeper.shows("where each painter begins", starts, expected=[(20 * number,) for number in range(5)])
    painting.open()
    join_all(painters)
    caller.shows("the exit codes", [child.exitcode for child in painters], expected=[0] * len(COLOURS))
    caller.shows("the wall", bytes(wall), expected=b"." * 100)


@source("impl.shared_memory.strips")
def test_each_place_belongs_to_one_painter(lesson: Lesson) -> None:
    """However many painters share a wall of whatever size, each place is one's, and all have about as many."""

    @given(size=st.integers(0, 2000), painters=st.integers(1, 50))
    def share(size: int, painters: int) -> None:
        strips = lesson.strips(size, painters)
        places = [place for strip in strips for place in strip]
        lengths = [len(strip) for strip in strips]
        caller.shows("the places of all painters", places, expected=[*range(size)])
        caller.shows("the number of strips", len(strips), expected=painters)
        caller.shows("whether two differ by two places", max(lengths) - min(lengths) > 1, expected=False)

    share()


@source("impl.shared_memory.paint_wall")
def test_painter_that_fails_closes_the_wall(lesson: Lesson, memory: SharedMemories, worker: MakeWorker) -> None:
    """A painter whose pause raises has painted nothing, and has closed the block, which the others can use."""
    paint = partial(lesson.paint_wall, memory.SharedMemory)
    painter, wall = worker(paint=paint), memory.create(100)
    with refuses(CallFailed, PaintIsOut.__name__):
        painter.call("paint", wall.name, range(10, 20), 7, payloads.run_out)
    kernel.shows("whether the painter uses the block", inode_of(wall.name) in used_by(painter.pid), expected=False)
    kernel.shows("the block", set(path_of(wall.name).read_bytes()), expected={0})
    painter.call("paint", wall.name, range(10, 20), 7, abs)
    kernel.shows("the block after that", path_of(wall.name).read_bytes()[9:21], expected=b"\0" + b"\7" * 10 + b"\0")


@source("impl.shared_memory.built")
def test_wall_is_gone_at_the_end(lesson: Lesson, memory: SharedMemories) -> None:
    """At the end of the `with` statement the block is gone, even if an exception is raised there."""
    with lesson.built(memory.SharedMemory, 100) as wall:
        first = wall.name
        kernel.shows("whether the block has its name", exists(first), expected=True)
        inode = inode_of(first)
    seen = exists(first), inode in used_by(os.getpid())
    kernel.shows("whether name and memory are there after it", seen, expected=(False, False))
    with refuses(PaintIsOut), lesson.built(memory.SharedMemory, 100) as wall:
        second = wall.name
        payloads.run_out(0)
    kernel.shows("whether the name is there after an exception", exists(second), expected=False)
