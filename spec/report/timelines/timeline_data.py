"""Timelines of failures as the JSON report has them."""

from __future__ import annotations

from spec.harness.event_log import Failure, Note
from spec.report.document import FailureData, LaneData, NoteData, ParentData, SpanData, TimelineData, VerdictData
from spec.report.timelines.timeline import Life, NewParent, Span, Timeline


def dump(timeline: Timeline) -> TimelineData:
    """Return *timeline*, which is that of a failure, as data."""
    failure = timeline.failure
    assert failure is not None
    return TimelineData(
        seconds=_round(timeline.seconds),
        skipped_seconds=_round(timeline.skipped),
        hidden_processes=timeline.hidden,
        looks=timeline.looks,
        longest_gap=_round(timeline.gap),
        lanes=[_dump_life(life) for life in timeline.lives],
        notes=[NoteData(time=_round(note.time), pid=note.pid, what=note.what) for note in timeline.notes],
        failure=FailureData(what=failure.what, expected=failure.expected, seen=failure.seen),
    )


def _dump_life(life: Life) -> LaneData:
    return LaneData(
        pid=life.pid,
        role=life.role,
        parents=[ParentData(time=_round(one.time), pid=one.parent) for one in life.parents],
        spans=[
            SpanData(
                begin=_round(span.begin),
                end=_round(span.end),
                state=span.state,
                waits_for=span.what,
                enders=[*span.enders],
            )
            for span in life.spans
        ],
        exit=life.exit,
        reaped=life.over,
    )


def _round(seconds: float) -> float:
    return round(seconds, 4)


def of(verdict: VerdictData) -> Timeline:
    """Return the timeline that a *verdict* has, as `dump` has made it."""
    data = verdict["timeline"]
    return Timeline(
        f"{verdict['claim']} on {verdict['target']}",
        [_load_life(lane) for lane in data["lanes"]],
        [],
        data["seconds"],
        data["looks"],
        data["longest_gap"],
        [Note(note["time"], note["pid"], note["what"]) for note in data["notes"]],
        Failure(data["seconds"], **data["failure"]),
        data["skipped_seconds"],
        data["hidden_processes"],
    )


def _load_life(lane: LaneData) -> Life:
    return Life(
        lane["pid"],
        lane["role"],
        [NewParent(one["time"], one["pid"]) for one in lane["parents"]],
        [
            Span(one["begin"], one["end"], one["state"], one["waits_for"], tuple(one["enders"]))
            for one in lane["spans"]
        ],
        lane["exit"],
        lane["reaped"],
    )
