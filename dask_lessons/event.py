"""Event: runners on workers of a cluster, and a gun that the scheduler has."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Optional

from dask_lessons.crew import Child, Crew
from impl.contract import Event, Pause
from impl.event import Tell, fire, run

__all__ = ["fire", "line_up", "run"]


def line_up(
    mp: object,  # noqa: ARG001  the cluster is not made with it
    lines: Sequence[Event],
    gun: Event,
    warm_up: Pause,
    tell: Tell,
    patience: Optional[float] = None,
) -> list[Child]:
    """Start a worker for each of the *lines*, whose task is to `run`, and return the children, without joining."""
    return Crew(
        [partial(run, runner, line, gun, warm_up, tell, patience) for runner, line in enumerate(lines)]
    ).children
