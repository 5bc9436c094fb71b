"""A counter in a manager, in every order in which a few workers can read and write it."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from typing import Any

from impl.contract import Multiprocessing
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source
from spec.harness.witness import caller, gatekeeper
from spec.models.lost_updates import left_after
from spec.models.schedules import Explorer, Wording

pytestmark = needs("Process", "Manager")

COUNTER = Wording("worker", stops="reads {}", ends="writes")


@source("impl.sharing.take_one")
def test_every_schedule_without_the_lock_counts_as_predicted(
    lesson: Lesson, manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """Without the lock, in every schedule of three workers, the last one to write decides the final count."""
    working, counter = checkpoint("working"), manager.dict(num=0)
    staff = [worker(take=partial(lesson.take_one, counter, nullcontext(), working.pause)) for _ in range(3)]
    explorer, schedules = Explorer(staff, working, ("take",), COUNTER, served=True), 0
    for run in explorer.explore(prepare=partial(counter.update, num=100)):
        schedules += 1
        predicted = left_after(run.schedule, 100)
        caller.shows("the final count", run.seen(counter["num"]), expected=predicted)
    gatekeeper.shows("the number of schedules", schedules, expected=90)  # three processes of two steps: 6! / 2**3


@needs("Lock")
@source("impl.sharing.take_one")
def test_no_schedule_loses_an_update_with_the_lock(
    mp: Multiprocessing, lesson: Lesson, manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """With the lock, in every schedule of three workers, all updates count, and no worker is blocked without end."""
    working, counter, lock = checkpoint("working"), manager.dict(num=0), mp.Lock()
    staff = [worker(take=partial(lesson.take_one, counter, lock, working.pause)) for _ in range(3)]
    explorer, schedules = Explorer(staff, working, ("take",), COUNTER, served=True), 0
    for run in explorer.explore(prepare=partial(counter.update, num=100)):
        schedules += 1
        gatekeeper.shows("the numbers that are read", run.seen([n for _, (n,) in run.stops]), expected=[100, 99, 98])
        caller.shows("the final count", run.seen(counter["num"]), expected=97)
    gatekeeper.shows("whether the workers had a choice", schedules > 1, expected=True)
