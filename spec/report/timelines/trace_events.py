"""A timeline in the Trace Event format, which `Perfetto <https://perfetto.dev/docs/>`_ opens."""

from __future__ import annotations

import json
from typing import Any

from spec.report.timelines.timeline import Timeline


def render(timeline: Timeline) -> str:
    """Return the timeline as JSON.  Times are in microseconds."""
    events: list[dict[str, Any]] = []
    for place, life in enumerate(timeline.lives):
        own = {"pid": life.pid, "tid": life.pid}
        events += [
            {"ph": "M", "name": "process_name", **own, "args": {"name": life.role}},
            {"ph": "M", "name": "process_sort_index", **own, "args": {"sort_index": place}},
        ]
        for span in life.spans:
            name, length = span.state, span.end - span.begin
            args = {"what": span.what} if span.what else {}
            events.append({"ph": "X", "name": name, **own, "ts": _us(span.begin), "dur": _us(length), "args": args})
        first, *adoptions = life.parents
        if place:
            events += _flow("start", life.pid, first.time, first.parent, life.pid)
        for time, parent in adoptions:
            events.append(_instant(own, time, f"adopted by {timeline.role(parent)}"))
        if life.exited is not None and life.exit:
            events.append(_instant(own, life.exited, life.exit))
    for number, message in enumerate(timeline.messages):
        name = "message" if message.certain else "message, probably"
        events += _flow(name, number, message.time, message.sender, message.receiver)
    main = {"pid": timeline.lives[0].pid, "tid": timeline.lives[0].pid}
    events += (_instant(main, line.time, line.text) for line in timeline.lines)
    told = {"title": timeline.title, "trust": timeline.trust()}
    return json.dumps(
        {"traceEvents": events, "displayTimeUnit": "ms", "otherData": told}, ensure_ascii=False, indent=1
    )


def _flow(name: str, number: int, time: float, sender: int, receiver: int) -> list[dict[str, Any]]:
    """Return an arrow from one process to another; its name and *number* tell it from all others."""
    arrow = {"cat": name, "name": name, "id": number, "ts": _us(time)}
    return [
        {"ph": "s", **arrow, "pid": sender, "tid": sender},
        {"ph": "f", "bp": "e", **arrow, "pid": receiver, "tid": receiver},
    ]


def _instant(own: dict[str, int], time: float, name: str) -> dict[str, Any]:
    return {"ph": "i", "s": "p", "name": name, **own, "ts": _us(time)}


def _us(seconds: float) -> int:
    return round(seconds * 1_000_000)
