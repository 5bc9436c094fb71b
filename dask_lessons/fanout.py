"""Fanout: many tasks, each on a worker of its own."""

from __future__ import annotations

from collections.abc import Sequence

from dask_lessons.crew import Child, Crew, Task
from dask_lessons.isolation import run_in_child


def one_by_one(mp: object, tasks: Sequence[Task]) -> list[Child]:
    """Run each of the *tasks* on a worker of its own, which is started after the one before has ended."""
    return [run_in_child(mp, task) for task in tasks]


def together(mp: object, tasks: Sequence[Task]) -> list[Child]:  # noqa: ARG001  the cluster is not made with it
    """Run each of the *tasks* on a worker of its own, all at once, and return the joined children, in order."""
    children = Crew(tasks).children
    for child in children:
        child.join()
    return children
