"""Producers and consumers of one queue, in every order in which they can take their steps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from impl.contract import Multiprocessing
from spec.claims.joinable import payloads
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source
from spec.harness.witness import recorder
from spec.models.schedules import Explorer, Wording

pytestmark = needs("Process", "JoinableQueue")

KITCHEN = Wording("process", stops="has {} in hand", ends="is done")


@source("impl.joinable.produce")
@source("impl.joinable.consume")
def test_every_schedule_delivers(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """In every schedule, each item is eaten once, and no producer goes on while an item is outstanding.

    The items of one producer are eaten in the order in which it made them.
    """
    for recipes, number_of_consumers in ([["a"], ["b"]], 1), ([["c", "d"]], 2):
        queue, working = mp.JoinableQueue(), checkpoint(f"working-on-{len(recipes)}")
        produce = [partial(lesson.produce, queue, items, working.pause, payloads.rest) for items in recipes]
        consume = partial(lesson.consume, queue, working.pause)
        producers = [worker(work=one) for one in produce]
        consumers = [worker(work=consume) for _ in range(number_of_consumers)]
        explorer = Explorer(producers, working, ("work",), KITCHEN, served=True, endless=consumers)
        for run in explorer.explore(prepare=payloads.rest):
            eaten = [item for process, (item,) in run.stops if process > len(recipes)]
            for items in recipes:
                got = [item for item in eaten if item in items]
                recorder.shows("the items of one producer that are eaten", run.seen(got), expected=items)
            earliest = earliest_ends(run.schedule, recipes)
            too_early = [producer for producer, step in run.ended.items() if step < earliest[producer - 1]]
            recorder.shows("each producer that goes on too early", run.seen(too_early), expected=[])


def earliest_ends(schedule: Sequence[int], recipes: Sequence[Sequence[str]]) -> list[int]:
    """Return for each producer the first step in which it may go on, computed without any process.

    In each of its steps but the first one, a producer puts the item that it has made.  In each of its steps, a
    consumer reports the item that it has eaten.

    Args:
        schedule: the numbers of the processes: those of the producers begin with 1, and those of consumers follow.
        recipes: the items of each producer.
    """
    steps, outstanding, earliest = [0] * len(recipes), 0, [0] * len(recipes)
    for step, process in enumerate(schedule, start=1):
        if process > len(recipes):
            outstanding -= 1
        else:
            outstanding += steps[process - 1] > 0
            steps[process - 1] += 1
        for producer, items in enumerate(recipes):
            if outstanding == 0 and steps[producer] > len(items) and not earliest[producer]:
                earliest[producer] = step
    return earliest
