"""Semaphore: cars on workers of a cluster."""

from __future__ import annotations

from functools import partial

from dask_lessons.crew import Child, Crew
from impl.contract import Guard, Pause
from impl.semaphore import Tell, open_more, park

__all__ = ["arrive", "open_more", "park"]


def arrive(mp: object, cars: int, places: Guard, stay: Pause, tell: Tell) -> list[Child]:  # noqa: ARG001
    """Start *cars* workers that each `park` once, and return the children in order, without joining them."""
    return Crew([partial(park, car, places, stay, tell) for car in range(cars)]).children
