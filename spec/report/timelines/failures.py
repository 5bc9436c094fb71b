"""The timeline of a claim that fails: what its processes did until that moment, and what was expected then.

What is past cannot be looked at again.  So the processes of each claim are looked at while it runs, and what was seen
of a claim that does not fail is thrown away.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Optional

from spec.harness.blockers import NOBODY
from spec.harness.event_log import Failure, Note
from spec.report.timelines import timeline_data
from spec.report.timelines.observing import Observer, with_roles
from spec.report.timelines.timeline import Life, NewParent, Span, Timeline

LOOK_SHARE = 0.04
"""The looks may take about this share of the time of a processor."""

LEAST_PAUSE = 0.005
"""Seconds between two looks, if the share allows for that."""

LONGEST_TIMELINE = 10.0
"""At most so many seconds before the failure are kept."""

MOST_PROCESSES, MOST_NOTES = 40, 200
"""At most so many processes, and so many notes, the latest ones, are kept."""

NOT_SEEN = "not seen"
"""The role of a process that the claim knows of, and that no look has seen."""

SHOWING = (".html", ".json")
"""The suffixes of the reports that have timelines, best first."""


def place(files: Sequence[Path], claim: str) -> str:
    """Return where the timeline of *claim* is, if it fails: the file, and in a page the anchor; empty if nowhere."""
    best = sorted((file for file in files if file.suffix in SHOWING), key=lambda file: SHOWING.index(file.suffix))
    return "" if not best else f"{best[0]}#{claim}" if best[0].suffix == ".html" else str(best[0])


class FailureObserver(Observer):
    """An observer of a claim, as the watcher needs it; see `spec.engine.observation.Observation`.

    Args:
        place: where a reader finds the timeline.
        title: what the timeline is called.
    """

    MAIN, NO_PROCESS, FINDS_MESSAGES = "the claim", NOBODY, False

    def __init__(self, place: str, title: str) -> None:
        super().__init__(title)
        self.place, self.due = place, 0.0

    def look(self) -> None:
        """Ask the kernel what all processes do now.  The longer that takes, the later the next look is due."""
        begun = time.thread_time()
        super().look()
        spent = time.thread_time() - begun
        self.due = time.monotonic() + max(spent / LOOK_SHARE, LEAST_PAUSE)

    def look_closely(self) -> None:
        """Look at the processes, and ask again what each of them waits for."""
        self.look()
        self.look_again_at_waits()

    def until(self, failure: Failure, notes: Sequence[Note]) -> dict[str, Any]:
        """Return the timeline until the moment of the *failure* as data."""
        timeline = self.end()
        end = max(failure.time - self.begun, 0.0)
        begin = max(end - LONGEST_TIMELINE, 0.0)
        roles = {life.pid: life.role for life in timeline.lives}
        words = {name: with_roles(getattr(failure, name), roles) for name in ("what", "expected", "seen")}
        timeline.failure = failure._replace(time=failure.time - self.begun, **words)
        timeline.notes = [note._replace(time=note.time - self.begun) for note in notes]
        timeline.lives += _unseen(timeline)
        return dict(timeline_data.dump(cut(timeline, begin, end)))


def _unseen(timeline: Timeline) -> list[Life]:
    """Return the processes that there are notes of, but that no look has seen."""
    first = {note.pid: note.time for note in reversed(timeline.notes)}
    seen = {life.pid for life in timeline.lives}
    return [Life(pid, NOT_SEEN, [NewParent(time, 0)]) for pid, time in first.items() if pid not in seen]


def cut(timeline: Timeline, begin: float, end: float) -> Timeline:
    """Return what *timeline* has from *begin* to *end*, in seconds, which then begins with zero."""
    lives = [life for life in (_cut_life(life, begin, end) for life in timeline.lives) if life is not None]
    kept = {life.pid for life in lives[:MOST_PROCESSES]}
    notes = [note for note in timeline.notes if begin <= note.time <= end and note.pid in kept]
    failure = timeline.failure
    return replace(
        timeline,
        lives=lives[:MOST_PROCESSES],
        lines=[line._replace(time=line.time - begin) for line in timeline.lines if begin <= line.time <= end],
        seconds=end - begin,
        notes=[note._replace(time=note.time - begin) for note in notes[-MOST_NOTES:]],
        failure=failure and failure._replace(time=failure.time - begin),
        skipped=begin,
        hidden=len(lives[MOST_PROCESSES:]),
    )


def _cut_life(life: Life, begin: float, end: float) -> Optional[Life]:
    """Return what is known of a process in this time, or None if it was not there."""
    if life.begin > end or (life.over and life.end <= begin):
        return None
    spans = [
        Span(max(span.begin, begin) - begin, min(span.end, end) - begin, *span[2:])
        for span in life.spans
        if span.begin <= end and span.end >= begin
    ]
    first = [parent for parent in life.parents if parent.time <= begin][-1:]
    parents = [
        NewParent(max(parent.time - begin, 0.0), parent.parent)
        for parent in [*first, *life.parents]
        if parent in first or begin < parent.time <= end
    ]
    exited = life.exited
    return Life(
        life.pid,
        life.role,
        [*dict.fromkeys(parents)],
        spans,
        exit=life.exit if exited is not None and exited <= end else "",
        over=life.over and life.end <= end,
    )
