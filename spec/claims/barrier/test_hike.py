"""Hikers who meet at every hut, and hikers who do not."""

from __future__ import annotations

from functools import partial
from typing import Any

from spec.claims.barrier import payloads
from spec.claims.shared.joining import join_all
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.lessons import Lesson
from spec.engine.marks import managed_too, needs, source
from spec.harness.process_table import until_blocked
from spec.harness.recorder import Recorder
from spec.harness.stillness import until_still
from spec.harness.witness import gatekeeper, kernel, recorder

pytestmark = [needs("Process", "Barrier"), managed_too]

HIKERS, HIKE_STAGES = 3, 3


@source("impl.barrier.set_out")
@source("impl.barrier.hike")
def test_nobody_runs_ahead(mp: Any, lesson: Lesson, checkpoint: MakeCheckpoint, log: Recorder, scale: int) -> None:
    """With the barrier, no hiker begins a stage before all have ended the one before; hikers who are early wait."""
    way, hikers = checkpoint("way"), HIKERS * scale
    barrier = mp.Barrier(hikers)
    walking = lesson.set_out(mp, hikers, HIKE_STAGES, way.pause, partial(payloads.tell, log), barrier.wait)
    for stage in range(HIKE_STAGES):
        arrivals = way.wait_for(hikers)
        begun = sorted(arrival.notes for arrival in arrivals)
        gatekeeper.shows("the hikers on the way", begun, expected=[(hiker, stage) for hiker in range(hikers)])
        *fast, slow = arrivals
        for arrival in fast:
            arrival.let_go()
        until_still()
        until_blocked(arrival.pid for arrival in fast)
        gatekeeper.shows("how many are on the way, while one walks", len(way.waiting), expected=1)
        slow.let_go()
    join_all(walking)
    told = [event.value for event in log.events("arrived")]
    everybody = [(hiker, stage) for hiker in range(hikers) for stage in range(HIKE_STAGES)]
    recorder.shows("who arrived where", sorted(told), expected=everybody)
    recorder.shows("the stages, in the order of arrivals", [s for _, s in told], expected=sorted(s for _, s in told))


@source("impl.barrier.set_out")
@source("impl.barrier.hike")
def test_fastest_runs_ahead_without(mp: Any, lesson: Lesson, checkpoint: MakeCheckpoint, log: Recorder) -> None:
    """Without the barrier, one hiker ends all stages while the others are still on the first one."""
    way = checkpoint("way")
    walking = lesson.set_out(mp, HIKERS, HIKE_STAGES, way.pause, partial(payloads.tell, log), payloads.go_on)
    fast, *others = way.wait_for(HIKERS)
    runner, _ = fast.notes
    for stage in range(HIKE_STAGES):
        gatekeeper.shows("where the fast hiker is", fast.notes, expected=(runner, stage))
        fast.let_go()
        if stage < HIKE_STAGES - 1:
            fast = way.next()
    walking[runner].join()
    recorder.shows("the arrivals", log.values("arrived"), expected=[(runner, stage) for stage in range(HIKE_STAGES)])
    kernel.shows("the processes that are on the way", len({arrival.pid for arrival in others}), expected=HIKERS - 1)
    way.open()
    for arrival in others:
        arrival.let_go()
    join_all(walking)


@source("impl.barrier.hike")
def test_hiker_tells_before_it_waits(lesson: Lesson, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """A hiker walks, tells where it is, and then waits for the others; it walks no stage after a broken barrier."""
    hut = checkpoint("hut")
    hiker = worker(stages_of=partial(payloads.stages_of, lesson.hike))
    hiker.begin("stages_of", 2, hut.pause)
    for _ in range(2):
        hut.next().let_go()
    walked = [("walked", 0), ("told", 0), ("walked", 1), ("told", 1)]
    recorder.shows("what the hiker did", hiker.result(), expected=walked)
    ended = hiker.call("stages_of", 2, payloads.fail_to_meet)
    recorder.shows("what the hiker did before it found the barrier broken", ended[:-1], expected=walked[:2])
