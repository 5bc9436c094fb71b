"""Packers who pack parcels: the lesson itself."""

from __future__ import annotations

import os
import signal
from functools import partial

from impl.contract import Multiprocessing, Pool
from spec.claims.pool import payloads
from spec.claims.pool.scenes import BRIEF, LONG
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source
from spec.harness.process_table import ALIVE, blocks, state, until_exited
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, kernel, other_than, recorder, refuses

pytestmark = needs("Process", "Pool")


@source("impl.pool.pack_in_order")
def test_packs_in_order(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall
) -> None:
    """All that is packed is returned in the order of the parcels, whoever packs it, and whichever is ready first."""
    packing = checkpoint("packing")
    depot = forked_call(lesson.pack_in_order, mp, 3, packing.pause, [2, 0, 1])
    arrivals = {arrival.notes[0]: arrival for arrival in packing.wait_for(3)}
    kernel.shows("the number of workers that pack", len({arrival.pid for arrival in arrivals.values()}), expected=3)
    for parcel in 0, 1, 2:
        depot.until_still()
        kernel.shows("whether the depot is blocked", blocks(depot.pid), expected=True)
        arrivals[parcel].let_go(f"packed {parcel}")
    caller.shows("what is packed", depot.result(), expected=["packed 2", "packed 0", "packed 1"])


@source("impl.pool.pack_in_order")
def test_packs_the_others_all_the_same(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """If packing a parcel fails, that is raised after all others were packed, and no worker is left then."""
    with refuses(payloads.Torn, "2"):
        lesson.pack_in_order(mp, 2, partial(payloads.pack_unless_torn, log, 2), range(6))
    recorder.shows("what was packed", sorted(log.values("packed")), expected=[0, 1, 3, 4, 5])
    left = {event.pid for event in log.events("packed") if state(event.pid) == ALIVE}
    kernel.shows("the workers that are left", left, expected=set())


@source("impl.pool.pack_as_ready")
def test_tells_as_ready(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall
) -> None:
    """Each parcel is passed on when it is packed, even if earlier parcels are not packed yet."""
    packing = checkpoint("packing")
    depot = forked_call(lesson.pack_as_ready, mp, 3, packing.pause, range(3), partial(log, "ready"))
    arrivals = sorted(packing.wait_for(3), key=lambda arrival: arrival.notes)
    order = [2, 0, 1]
    for place, parcel in enumerate(order):
        depot.until_still(lambda told=place: len(log.values("ready")) >= told)  # type: ignore[misc]
        recorder.shows("what is ready", log.values("ready"), expected=order[:place])
        arrivals[parcel].let_go(parcel)
    depot.result()
    recorder.shows("what is ready in the end", log.values("ready"), expected=order)


@source("impl.pool.hand_in")
@source("impl.pool.finish")
def test_finishes_what_was_handed_in(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall
) -> None:
    """Handing in does not wait; finishing waits until each parcel is packed and reported, and leaves no worker."""
    packing, hand_in, finish = checkpoint("packing"), lesson.hand_in, lesson.finish

    def serve() -> None:
        pool = mp.Pool(2)
        hand_in(pool, packing.pause, range(3), partial(log, "ready"))
        log("handed in")
        finish(pool)

    depot = forked_call(serve)
    first, second = packing.wait_for(2)
    for packed, arrival in enumerate((first, second)):
        depot.until_still(lambda told=packed: len(log.values("ready")) >= told)  # type: ignore[misc]
        recorder.shows("how often all was handed in", len(log.events("handed in")), expected=1)
        kernel.shows("whether the depot is blocked", blocks(depot.pid), expected=True)
        arrival.let_go("packed")
    third = packing.next()
    depot.until_still()
    kernel.shows("whether the depot is blocked by the last parcel", blocks(depot.pid), expected=True)
    third.let_go("packed")
    depot.result()
    recorder.shows("what is ready", log.values("ready"), expected=["packed"] * 3)
    left = [arrival.pid for arrival in (first, second) if state(arrival.pid) == ALIVE]
    kernel.shows("the workers that are left", left, expected=[])


@source("impl.pool.abandon")
def test_abandons_what_is_not_packed(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A pool that is abandoned packs nothing more, and when that returns no worker is left."""
    packing = checkpoint("packing")
    pool = mp.Pool(2)
    lesson.hand_in(pool, packing.pause, range(5), partial(log, "ready"))
    arrivals = packing.wait_for(2)
    lesson.abandon(pool)
    kernel.shows("the workers", [state(arrival.pid) for arrival in arrivals], expected=[other_than(ALIVE)] * 2)
    kernel.shows("whether another parcel is being packed", packing.reached, expected=False)
    recorder.shows("what is ready", log.values("ready"), expected=[])


@source("impl.pool.pack_in_time")
def test_killed_packer_delays_nobody_who_sets_a_limit(lesson: Lesson, checkpoint: MakeCheckpoint, pool: Pool) -> None:
    """A parcel that takes too long is not waited for; if its packer is killed, others pack the next parcels."""
    packing = checkpoint("packing")
    caller.shows("what is packed in time", lesson.pack_in_time(pool, packing.pause, 0, BRIEF), expected=None)
    victim = packing.next().pid
    os.kill(victim, signal.SIGKILL)
    until_exited(victim)
    for parcel in 1, 2, 3:
        packed = lesson.pack_in_time(pool, payloads.pack_here, parcel, LONG)
        caller.shows("the parcel that is packed, and by whom", packed, expected=(parcel, other_than(victim)))
