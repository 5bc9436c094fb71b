"""Hikers who meet at a barrier, in every order in which they can take their steps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from impl.contract import Multiprocessing
from spec.claims.barrier import payloads
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source
from spec.harness.witness import gatekeeper
from spec.models.schedules import Explorer, Wording

pytestmark = needs("Process", "Barrier")

HIKER_WORDING = Wording("hiker", stops="is at hut {1}", ends="has arrived")


@source("impl.barrier.hike")
@source("https://docs.python.org/3/library/threading.html#threading.Barrier.wait")
def test_in_every_schedule_all_go_on_together(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """In every schedule, hikers leave a hut when the last one of them is ready to go on, and all of them do."""
    for hikers, stages, expected in ((2, 3, 24), (3, 1, 90)):
        barrier, hut = mp.Barrier(hikers), checkpoint(f"hut-of-{hikers}")
        hike = partial(lesson.hike, stages=stages, walk=payloads.walk, tell=hut.pause, meet=barrier.wait)
        staff = [worker(hike=partial(hike, number)) for number in range(1, hikers + 1)]
        explorer, schedules = Explorer(staff, hut, ("hike",), HIKER_WORDING), 0
        for run in explorer.explore(prepare=payloads.go_on):
            schedules += 1
            stops, end = stops_by_step(run.schedule, hikers, stages)
            seen, left = [], [where for _, where in run.stops]
            for step in stops:
                seen.append(sorted(left[: len(step)]))
                left = left[len(step) :]
            gatekeeper.shows("who comes to which hut in each step", run.seen([*seen, left]), expected=[*stops, []])
            gatekeeper.shows("the steps in which hikes end", run.seen({*run.ended.values()}), expected={end})
        gatekeeper.shows("the number of schedules", schedules, expected=expected)


def stops_by_step(schedule: Sequence[int], hikers: int, stages: int) -> tuple[list[list[tuple[int, int]]], int]:
    """Return what a barrier lets hikers do, computed without any process.

    Args:
        schedule: the numbers of the hikers that are let advance, from 1.
        hikers: how many there are.
        stages: how many stages there are.

    Returns:
        for each step, the hikers that come to a hut in it, with the number of the hut, and the step in which all end.
    """
    begun: set[int] = set()
    ready: set[int] = set()
    stage, steps = 0, []
    for number in schedule:
        comes: list[tuple[int, int]] = []
        if number not in begun:
            begun.add(number)
            comes = [(number, 0)]
        else:
            ready.add(number)
            if len(ready) == hikers:
                stage += 1
                comes = [(one, stage) for one in sorted(ready) if stage < stages]
                ready.clear()
        steps.append(comes)
    return steps, len(schedule)
