"""A timeline as a picture: SVG, which stands alone, and a page with the picture and a table of what happened."""

from __future__ import annotations

from typing import NamedTuple

from markupsafe import Markup

from spec.report.html import templates
from spec.report.timelines.timeline import STATES, ZOMBIE, Life, Span, Timeline

PICTURE_WIDTH, LEFT_MARGIN, RIGHT_MARGIN, LANE_HEIGHT, TOP_MARGIN = 800, 165, 135, 28, 64
"""In pixels: the picture, the margins for names and ends, the height of a lane, and what is above the lanes."""

_LEAST_WIDTH = 1.0
"""What is shorter is drawn as wide as this, so that it can be seen."""

_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600, 1800, 3600)


class _Bar(NamedTuple):
    x: float
    width: float
    state: str
    told: str


class _Lane(NamedTuple):
    y: int
    role: str
    pid: int
    bars: list[_Bar]
    start: tuple[float, int]
    marks: list[tuple[float, str]]
    end: float
    told: str


def svg(timeline: Timeline) -> str:
    """Return the timeline as an SVG picture that is 800 pixels wide and needs nothing else."""
    return templates().get_template("timeline.svg.jinja").render(**_picture(timeline))


def html(timeline: Timeline) -> str:
    """Return the timeline as a page: the picture, and a table of what happened and what was printed."""
    return (
        templates()
        .get_template("timeline.html.jinja")
        .render(timeline=timeline, picture=Markup(svg(timeline)), events=list(timeline.events()))
    )


def _picture(timeline: Timeline) -> dict[str, object]:
    scale = (PICTURE_WIDTH - LEFT_MARGIN - RIGHT_MARGIN) / max(timeline.seconds, 1e-6)
    places = {life.pid: TOP_MARGIN + LANE_HEIGHT * place for place, life in enumerate(timeline.lives)}

    def x(time: float) -> float:
        return round(LEFT_MARGIN + time * scale, 1)

    lanes = []
    for life in timeline.lives:
        y = places[life.pid]
        bars = [
            _Bar(x(span.begin), max(round((span.end - span.begin) * scale, 1), _LEAST_WIDTH), span.state, _told(span))
            for span in life.spans
        ]
        marks = [(x(time), f"adopted by {timeline.role(parent)}") for time, parent in life.parents[1:]]
        start = x(life.begin), places.get(life.parents[0].parent, y)
        lanes.append(_Lane(y, life.role, life.pid, bars, start, marks, x(life.end), _end(life)))
    bottom = TOP_MARGIN + LANE_HEIGHT * len(lanes)
    step = next((step for step in _STEPS if timeline.seconds / step <= 8), timeline.seconds / 8)
    ticks = [(x(number * step), f"{number * step:g} s") for number in range(int(timeline.seconds / step) + 1)]
    return {
        "timeline": timeline,
        "lanes": lanes,
        "ticks": ticks,
        "states": STATES,
        "lines": [(x(line.time), line.text) for line in timeline.lines],
        "size": {
            "width": PICTURE_WIDTH,
            "left": LEFT_MARGIN,
            "right": RIGHT_MARGIN,
            "lane": LANE_HEIGHT,
            "top": TOP_MARGIN,
            "bottom": bottom,
        },
    }


def _told(span: Span) -> str:
    return f"{span.begin:.3f} s to {span.end:.3f} s: {f'waiting for {span.what}' if span.what else span.state}"


def _end(life: Life) -> str:
    """Return what stands at the end of a lane: how the process ended, and whether it is a zombie still."""
    if life.exited is None:
        return "still there"
    return f"{life.exit or 'gone'}{'' if life.over or life.spans[-1].state != ZOMBIE else ', not reaped'}"
