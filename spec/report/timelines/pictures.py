"""A timeline as a picture: SVG, which stands alone, and a page with the picture and a table of what happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import shorten
from typing import NamedTuple

from markupsafe import Markup

from spec.harness.event_log import Failure, Note
from spec.report.document import Document, VerdictData, file_stem
from spec.report.html import templates
from spec.report.timelines import timeline_data
from spec.report.timelines.timeline import STATES, Life, Span, Timeline, end_in_words
from spec.report.writers import CannotWrite

PICTURE_WIDTH, LEFT_MARGIN, RIGHT_MARGIN, LANE_HEIGHT, TOP_MARGIN = 800, 165, 135, 28, 64
"""In pixels: the picture, the margins for names and ends, the height of a lane, and what is above the lanes."""

NOTES_HEIGHT, LINE_HEIGHT, END_WIDTH, EDGE_WIDTH, NOTE_LETTER_WIDTH = 8, 16, 84, 12, 5.6
"""In pixels: what a lane with notes has below it, a line of text, the end of a lane, an edge, and a small letter."""

MOST_EDGES = 12
"""So many waits have edges; the text below the picture has all."""

_LEAST_WIDTH = 1.0
"""What is shorter is drawn as wide as this, so that it can be seen."""

_LEAST_DISTANCE = 5.0
"""Arrows between the same two lanes that would be nearer, in pixels, are drawn as one."""

_LINE_LETTERS = 120
"""About as many letters fit in a line of the picture."""


class _Bar(NamedTuple):
    x: float
    width: float
    state: str
    told: str


class _Tick(NamedTuple):
    x: float
    text: str
    told: str
    fits: bool


class _Edge(NamedTuple):
    """A line from the lane at *y*, whose process waits, to the lanes of those that could end the wait."""

    x: int
    y: int
    enders: list[int]
    told: str


class _Arrow(NamedTuple):
    """A message, or several, at *x* from the lane of one process at *y* to that of another; *up* is -1 or 1."""

    x: float
    sender: int
    receiver: int
    up: int
    certain: bool
    told: str


class _Lane(NamedTuple):
    y: int
    role: str
    pid: int
    doing: str
    bars: list[_Bar]
    start: tuple[float, int]
    marks: list[tuple[float, str]]
    notes: list[_Tick]
    end: float
    told: str


def svg(timeline: Timeline) -> str:
    """Return the timeline as an SVG picture that is 800 pixels wide and needs nothing else."""
    failure = timeline.failure
    return _render(timeline, [*_in_words(failure), *_waits_in_words(timeline)] if failure else [], alone=True)


def figure(verdict: VerdictData) -> Markup:
    """Return the timeline of a *verdict* for a page that has the styles and the pattern ``stripes``, or nothing."""
    if "timeline" not in verdict:
        return Markup("")
    timeline = timeline_data.of(verdict)
    template = templates().get_template("figure.html.jinja")
    picture = Markup(_render(timeline, _in_words(timeline.failure) if timeline.failure else [], alone=False))
    return Markup(template.render(timeline=timeline, picture=picture, waits=_waits_in_words(timeline)))


def html(timeline: Timeline) -> str:
    """Return the timeline as a page: the picture, and a table of what happened and what was printed."""
    return (
        templates()
        .get_template("timeline.html.jinja")
        .render(timeline=timeline, picture=Markup(svg(timeline)), events=list(timeline.events()))
    )


def write(documents: Sequence[Document], folder: Path) -> int:
    """Write a picture of each timeline in the reports to *folder*, which is new or empty; return how many.

    Raises:
        CannotWrite: the folder has files, or cannot be written.
    """
    drawn: dict[str, str] = {}
    number: Counter[str] = Counter()
    for verdict in (one for report in documents for one in report["verdicts"] if "timeline" in one):
        name = file_stem(verdict["claim"], verdict["target"])
        number[name] += 1
        drawn[f"{name} {number[name]}" if number[name] > 1 else name] = svg(timeline_data.of(verdict))
    try:
        if folder.is_dir() and any(folder.iterdir()):
            raise CannotWrite(f"{folder} has files in it: name a new folder or an empty one")
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in drawn.items():
            (folder / f"{name}.svg").write_text(text, encoding="utf-8")
    except OSError as error:
        raise CannotWrite(f"{folder} cannot be written: {error.strerror}") from error
    return len(drawn)


def _in_words(failure: Failure) -> list[str]:
    subject = f"{failure.what}: " if failure.what else ""
    return [f"{subject}expected {failure.expected}", f"seen: {failure.seen}"]


def _waits_in_words(timeline: Timeline) -> list[str]:
    """Return who waits for whom at the end: a sentence for all that wait for the same."""
    who: dict[str, list[str]] = {}
    for life, span in timeline.waits():
        who.setdefault(span.what, []).append(life.role)
    return [_wait_in_words(roles, what) for what, roles in who.items()]


def _wait_in_words(roles: Sequence[str], what: str) -> str:
    *others, last = roles
    return f"{', '.join(others)} and {last} wait for {what}" if others else f"{last} waits for {what}"


def _render(timeline: Timeline, told: Sequence[str], *, alone: bool) -> str:
    lines = [shorten(text, _LINE_LETTERS, placeholder=" ...") for text in told]
    return (
        templates()
        .get_template("timeline.svg.jinja")
        .render(alone=alone, told=lines, **_Picture(timeline, lines).parts())
    )


class _Picture:
    """Where everything is in the picture of a timeline, above these *lines* of text."""

    def __init__(self, timeline: Timeline, lines: Sequence[str]) -> None:
        self._timeline = timeline
        waits = timeline.waits() if timeline.failure else []
        self._waits = [(life, span) for life, span in waits if self._shown(span.enders)][:MOST_EDGES]
        self._right = max(RIGHT_MARGIN, END_WIDTH + EDGE_WIDTH * (len(self._waits) + 2) if self._waits else 0)
        self._scale = (PICTURE_WIDTH - LEFT_MARGIN - self._right) / max(timeline.seconds, 1e-6)
        self._top = TOP_MARGIN + (LINE_HEIGHT if timeline.failure else 0)
        self._lane = LANE_HEIGHT + (NOTES_HEIGHT if timeline.notes else 0)
        self._places = {life.pid: self._top + self._lane * place for place, life in enumerate(timeline.lives)}
        self._bottom = self._top + self._lane * len(timeline.lives)
        self._height = self._bottom + (30 + LINE_HEIGHT * len(lines) + LINE_HEIGHT if timeline.failure else 46)

    def parts(self) -> dict[str, object]:
        """Return what the template needs."""
        timeline, messages = self._timeline, self._timeline.messages
        step = timeline.step(8)
        return {
            "timeline": timeline,
            "lanes": [self._lane_of(life) for life in timeline.lives],
            "edges": [self._edge(place, life, span) for place, (life, span) in enumerate(self._waits)],
            "ticks": [
                (self._x(number * step), f"{number * step:g} s") for number in range(int(timeline.seconds / step) + 1)
            ],
            "states": STATES,
            "arrows": [*self._arrows()],
            "arrow_kinds": {message.certain: "message" if message.certain else "probably" for message in messages},
            "lines": [(self._x(line.time), line.text) for line in timeline.lines],
            "size": {
                "width": PICTURE_WIDTH,
                "height": self._height,
                "right": self._right,
                "top": self._top,
                "bottom": self._bottom,
            },
        }

    def _x(self, time: float) -> float:
        return round(LEFT_MARGIN + time * self._scale, 1)

    def _lane_of(self, life: Life) -> _Lane:
        y = self._places[life.pid]
        bars = [
            _Bar(
                self._x(span.begin),
                max(round((span.end - span.begin) * self._scale, 1), _LEAST_WIDTH),
                span.state,
                _told(span),
            )
            for span in life.spans
        ]
        marks = [(self._x(time), f"adopted by {self._timeline.role(parent)}") for time, parent in life.parents[1:]]
        start = self._x(life.begin), self._places.get(life.parents[0].parent, y)
        notes = [note for note in self._timeline.notes if note.pid == life.pid]
        doing = notes[-1].what if notes else ""
        end = end_in_words(life) if life.exited is not None or not self._timeline.failure else ""
        return _Lane(y, life.role, life.pid, doing, bars, start, marks, [*self._ticks(notes)], self._x(life.end), end)

    def _ticks(self, notes: Sequence[Note]) -> Iterator[_Tick]:
        """Yield a tick for each note, and whether its text fits between the one before it and the right margin."""
        free = 0.0
        for note in notes:
            x = self._x(note.time)
            end = x + 3 + NOTE_LETTER_WIDTH * len(note.what)
            fits = free <= x and end <= PICTURE_WIDTH - self._right
            free = end if fits else free
            yield _Tick(x, note.what, f"{note.time:.3f} s: {note.what}", fits)

    def _arrows(self) -> Iterator[_Arrow]:
        """Yield the arrows for messages between processes that have a lane."""
        for (sender, receiver, certain), times in self._timeline.message_times().items():
            if not {sender, receiver} <= self._places.keys():
                continue
            start, end = self._places[sender], self._places[receiver]
            for near in _groups(times, _LEAST_DISTANCE / self._scale):
                what = f"{len(near)} messages" if len(near) > 1 else "a message"
                told = (
                    f"{near[0]:.3f} s: {what} from {self._timeline.role(sender)} to {self._timeline.role(receiver)}"
                )
                probably = "" if certain else ", probably"
                yield _Arrow(self._x(near[0]), start, end, 1 if start > end else -1, certain, told + probably)

    def _edge(self, place: int, life: Life, span: Span) -> _Edge:
        x = PICTURE_WIDTH - self._right + END_WIDTH + EDGE_WIDTH * (place + 1)
        enders = [self._places[pid] for pid in self._shown(span.enders)]
        return _Edge(x, self._places[life.pid], enders, _wait_in_words([life.role], span.what))

    def _shown(self, pids: Sequence[int]) -> list[int]:
        """Return those of the processes that have a lane."""
        lanes = {life.pid for life in self._timeline.lives}
        return [pid for pid in pids if pid in lanes]


def _groups(times: Sequence[float], distance: float) -> list[list[float]]:
    """Return the *times*, which are in order, in groups: each is within this *distance* of the first of its group."""
    groups: list[list[float]] = []
    for time in times:
        if not groups or time - groups[-1][0] > distance:
            groups.append([])
        groups[-1].append(time)
    return groups


def _told(span: Span) -> str:
    return f"{span.begin:.3f} s to {span.end:.3f} s: {f'waiting for {span.what}' if span.what else span.state}"
