"""Runners who wait for a starting gun."""

from __future__ import annotations

import time
from functools import partial

from impl.contract import Multiprocessing
from spec.claims.event import payloads
from spec.claims.shared.joining import join_all
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.lessons import Lesson
from spec.engine.marks import managed_too, needs, source
from spec.harness.process_table import blocks
from spec.harness.recorder import Recorder
from spec.harness.stillness import until_still
from spec.harness.witness import at_least, caller, kernel, recorder

pytestmark = [needs("Process", "Event"), managed_too]


@source("impl.event.line_up")
@source("impl.event.fire")
def test_runners_wait_for_the_gun(
    mp: Multiprocessing, lesson: Lesson, scale: int, log: Recorder, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """All runners at the line are blocked until the gun is fired, and then all of them run."""
    gun, lines, steady = mp.Event(), [mp.Event() for _ in range(4 * scale)], checkpoint("steady")
    starter = worker(fire=partial(lesson.fire, lines, gun, steady.pause))
    runners = lesson.line_up(mp, lines, gun, int, partial(payloads.tell, log))
    starter.begin("fire")
    arrival = steady.next()
    until_still()
    blocked = [blocks(runner.pid) for runner in runners]
    kernel.shows("whether each runner is blocked", blocked, expected=[True] * len(lines))
    recorder.shows("who runs before the gun is fired", log.values("runs"), expected=[])
    arrival.let_go()
    join_all(runners)
    recorder.shows("who runs", sorted(log.values("runs")), expected=[*range(len(lines))])
    recorder.shows("in how many processes", len({one.pid for one in log.events("runs")}), expected=len(lines))


@source("impl.event.run")
@source("impl.event.fire")
def test_starter_waits_for_every_runner(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """The starter is blocked, and nobody runs, until all runners are at the line, in whatever order they come."""
    gun, warming = mp.Event(), checkpoint("warming up")
    arrivals_of = {"first race": [0, 1], "second race": [1, 0]}
    lines = {race: [mp.Event() for _ in order] for race, order in arrivals_of.items()}
    starter = worker(**{race: partial(lesson.fire, lines[race], gun, bool) for race in arrivals_of})
    for race, order in arrivals_of.items():
        gun.clear()
        ran = log.values("runs")
        runners = lesson.line_up(mp, lines[race], gun, warming.pause, partial(payloads.tell, log))
        warm = {arrival.notes: arrival for arrival in warming.wait_for(2)}
        starter.begin(race)
        for runner in order:
            kernel.shows("whether the starter is blocked", starter.is_stuck(), expected=True)
            recorder.shows("who runs before the last is at the line", log.values("runs"), expected=ran)
            warm[(runner,)].let_go()
        starter.result()
        join_all(runners)
        recorder.shows("who runs", sorted(log.values("runs")[len(ran) :]), expected=[0, 1])


@source("impl.event.run")
def test_gun_that_is_not_cleared_holds_nobody(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """If the gun is set before the race, each runner runs as soon as it is ready, while others are not."""
    gun, lines, warming = mp.Event(), [mp.Event() for _ in range(3)], checkpoint("warming up")
    gun.set()
    runners = lesson.line_up(mp, lines, gun, warming.pause, partial(payloads.tell, log))
    arrivals = {arrival.notes: arrival for arrival in warming.wait_for(3)}
    order = [2, 0, 1]
    for place, runner in enumerate(order, 1):
        arrivals[(runner,)].let_go()
        runners[runner].join()
        recorder.shows("who runs", log.values("runs"), expected=order[:place])


@source("impl.event.run")
def test_runner_goes_home(mp: Multiprocessing, lesson: Lesson, worker: MakeWorker) -> None:
    """A runner goes home if nobody fires, not before its patience ends; if somebody fires in time, it runs."""
    gun, line = mp.Event(), mp.Event()
    runner = worker(run=partial(payloads.deeds_of, lesson.run, line, gun))
    begun = time.monotonic()
    recorder.shows("what it does after 0.05 s", runner.call("run", 0.05), expected=["goes home"])
    kernel.shows("the seconds that it has waited", time.monotonic() - begun, expected=at_least(0.05))
    caller.shows(
        "whether it has come to the line, and the gun is set", [line.is_set(), gun.is_set()], expected=[True, False]
    )
    runner.begin("run", 3600)
    kernel.shows("whether a runner with more patience is blocked", runner.blocks(), expected=True)
    gun.set()
    recorder.shows("what it does then", runner.result(), expected=["runs"])
