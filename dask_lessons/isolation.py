"""Isolation: tasks on different workers share no memory."""

from __future__ import annotations

from dask_lessons.crew import Child, Crew, Task


def run_in_child(mp: object, task: Task) -> Child:  # noqa: ARG001  the cluster is not made with it
    """Run *task* on a worker that is started for it, wait until the worker has ended, and return the joined child."""
    [child] = Crew([task]).children
    child.join()
    return child
