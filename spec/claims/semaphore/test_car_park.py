"""A car park with fewer places than cars, with and without a semaphore."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from itertools import accumulate
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from impl.contract import Multiprocessing
from spec.claims.semaphore import payloads
from spec.claims.shared.joining import join_all
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.lessons import Lesson
from spec.engine.marks import managed_too, needs, source
from spec.harness.process_table import until_blocked
from spec.harness.recorder import Recorder
from spec.harness.stillness import WATCHED, until_still
from spec.harness.witness import at_most, caller, gatekeeper, kernel, recorder, refuses
from spec.harness.worker import CallFailed

pytestmark = [needs("Process", "Semaphore"), managed_too]


@source("impl.semaphore.arrive")
@source("impl.semaphore.park")
def test_admits_as_many_cars_as_places(
    mp: Multiprocessing, lesson: Lesson, scale: int, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """With a semaphore of two, two of five cars are inside and all others blocked, until one of the two leaves."""
    inside, cars, places = checkpoint("inside"), 5 * scale, mp.Semaphore(2)
    arriving = lesson.arrive(mp, cars, places, inside.pause, partial(payloads.tell, log))
    parked = inside.wait_for(2)
    outside = {car.pid for car in arriving} - {arrival.pid for arrival in parked}
    until_blocked(outside)
    kernel.shows("the number of cars outside, which are blocked", len(outside), expected=cars - 2)
    for left in range(cars - 2):
        parked.pop(0).let_go()
        if left < WATCHED:
            until_still(lambda: inside.reached)  # any other car that the semaphore let in has arrived too
        parked.append(inside.next())
        gatekeeper.shows("the number of cars inside", len(inside.waiting), expected=2)
    inside.open()
    join_all(arriving)
    for deed in "drives in", "drives out":
        recorder.shows(f"the cars that did so: {deed}", sorted(log.values(deed)), expected=[*range(cars)])
    recorder.shows("the largest number of cars inside at once", largest_number_inside(log), expected=at_most(2))


def largest_number_inside(log: Recorder) -> int:
    """Return how many cars were inside at once, at most, by the times at which they drove in and out."""
    steps = [(event.time, 1) for event in log.events("drives in")]
    steps += [(event.time, -1) for event in log.events("drives out")]
    return max(accumulate(step for _, step in sorted(steps)))


@source("impl.semaphore.arrive")
@source("impl.semaphore.park")
def test_all_drive_in_without(
    mp: Multiprocessing, lesson: Lesson, scale: int, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """Without a semaphore, all of five cars are inside at the same time, each a process of its own."""
    inside, cars = checkpoint("inside"), 5 * scale
    arriving = lesson.arrive(mp, cars, nullcontext(), inside.pause, partial(payloads.tell, log))
    parked = inside.wait_for(cars)
    gatekeeper.shows(
        "the cars inside", sorted(arrival.notes for arrival in parked), expected=[(n,) for n in range(cars)]
    )
    kernel.shows("the number of processes", len({arrival.pid for arrival in parked}), expected=cars)
    recorder.shows("the cars that have driven out", log.values("drives out"), expected=[])
    inside.open()
    join_all(arriving)
    recorder.shows(
        "the cars that have driven out at the end", sorted(log.values("drives out")), expected=[*range(cars)]
    )


@source("impl.semaphore.park")
def test_car_that_fails_gives_its_place_back(mp: Multiprocessing, lesson: Lesson, worker: MakeWorker) -> None:
    """A car that fails while it has its place gives the place back, and does not drive out."""
    places, deeds = mp.Semaphore(1), list[str]()
    unlucky = worker(park=partial(payloads.deeds_of, lesson.park, places, payloads.break_down))
    with refuses(CallFailed, "BrokenDown"):
        unlucky.call("park")
    with refuses(payloads.BrokenDown):
        lesson.park(0, places, payloads.break_down, lambda _car, deed: deeds.append(deed))
    recorder.shows("what the car did", deeds, expected=["drives in"])
    taken = [places.acquire(False) for _ in range(2)]
    caller.shows("acquire(False), twice, after that", taken, expected=[True, False])


@source("impl.semaphore.open_more")
def test_more_places_admit_more_cars(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """When more places are opened, as many of the cars that wait drive in; a bounded semaphore refuses that."""
    inside, places = checkpoint("inside"), mp.Semaphore(0)
    cars = [worker(park=partial(payloads.deeds_of, lesson.park, places, inside.pause)) for _ in range(3)]
    for car in cars:
        car.begin("park")
        kernel.shows("whether the car is blocked while there is no place", car.is_stuck(), expected=True)
    for opened, admitted in (2, 2), (1, 3):
        lesson.open_more(places, opened)
        until_still(lambda admitted=admitted: len(inside.waiting) >= admitted)  # type: ignore[misc]
        gatekeeper.shows("the number of cars inside", len(inside.waiting), expected=admitted)
    inside.open()
    recorder.shows("what the cars did", [car.result() for car in cars], expected=[["drives in", "drives out"]] * 3)


@needs("BoundedSemaphore")
@source("impl.semaphore.open_more")
def test_bounded_car_park_has_no_more_places(mp: Any, lesson: Lesson) -> None:
    """No place can be opened in a car park with a bounded semaphore whose places are all free."""
    places = mp.BoundedSemaphore(2)
    with refuses(ValueError):
        lesson.open_more(places, 1)
    places.acquire()
    lesson.open_more(places, 1)  # this gives back the place that was taken
    taken = [places.acquire(False) for _ in range(3)]
    caller.shows("acquire(False), three times, after that", taken, expected=[True, True, False])


@source("impl.semaphore.park")
@source("impl.semaphore.open_more")
def test_any_number_of_cars_and_places(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """For any number of cars and places, as many cars are inside as there are places, until all have been inside."""
    inside, places = checkpoint("inside"), mp.Semaphore(0)
    cars = [worker(park=partial(payloads.deeds_of, lesson.park, places, inside.pause)) for _ in range(4)]

    @given(arriving=st.integers(1, 4), free=st.integers(1, 4))
    def park(arriving: int, free: int) -> None:
        lesson.open_more(places, free)
        for car in cars[:arriving]:
            car.begin("park")
        for gone in range(arriving):
            car_inside = inside.next()
            gatekeeper.shows(
                "the number of cars inside", len(inside.waiting), expected=at_most(min(free, arriving - gone))
            )
            car_inside.let_go()
        deeds = [car.result() for car in cars[:arriving]]
        recorder.shows("what the cars did", deeds, expected=[["drives in", "drives out"]] * arriving)
        taken = [places.acquire(False) for _ in range(free + 1)]
        caller.shows("acquire(False) once for each place, and once more", taken, expected=[True] * free + [False])

    park()
