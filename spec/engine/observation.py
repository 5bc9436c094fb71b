"""Looks at the processes of a claim while it runs, where a timeline of each failure was asked for.

`spec.report.timelines.failures` makes them.  The watcher lets them look, and puts the timeline of a failure on the
report of pytest, which carries it through pytest-xdist.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable, Optional, Protocol

import pytest

from spec.engine.findings import Finding
from spec.harness.event_log import Failure, Note


class Observation(Protocol):
    """What is seen of the processes of one claim, look by look.

    Attributes:
        place: where a reader finds the timeline, if the claim fails.
        due: when the next look is due, by `time.monotonic`.
    """

    place: str
    due: float

    def begin(self, pid: int) -> None:
        """Begin with the stage, process *pid*."""

    def look(self) -> None:
        """Look at the processes."""

    def look_closely(self) -> None:
        """Look at the processes, and ask again what each of them waits for."""

    def until(self, failure: Failure, notes: Sequence[Note]) -> dict[str, Any]:
        """Return the timeline until the moment of the *failure* as data."""


OBSERVATIONS = pytest.StashKey[Callable[[str, str], Observation]]()
"""Makes an observation of a claim, by its id, on a target, by its name; set where timelines were asked for."""

OBSERVATION = pytest.StashKey[Observation]()
"""The observation of the claim that an item tests."""

_NAME = "timeline"
"""The attribute of a report that has the timeline.  It crosses pytest-xdist."""


def attach(timeline: dict[str, Any], reports: Sequence[pytest.TestReport]) -> None:
    """Let all *reports* that carry the verdict carry the *timeline*."""
    for report in reports:
        if Finding.of(report) is not None:
            vars(report)[_NAME] = timeline


def timeline_of(report: pytest.TestReport) -> Optional[Any]:
    """Return the timeline that *report* carries, or None if it carries none."""
    return getattr(report, _NAME, None)
