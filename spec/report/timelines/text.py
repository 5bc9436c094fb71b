"""A timeline as lines of text, for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple, Optional

from spec.report.timelines.timeline import (
    RUNNING,
    SLEEPING,
    STATES,
    STOPPED,
    WAITING,
    ZOMBIE,
    Life,
    Timeline,
    end_in_words,
)

MESSAGE_SIGN, FAINT, LANE_NAME = "message", "faint", "name"
"""What a piece of a line is, if it is no state."""

MOST_TIMES, MOST_KINDS = 6, 12
"""At most so many times of messages between two processes, and so many pairs of them, are listed."""

_LEAST_CELLS = 10
"""A lane is at least so many letters wide, also in a terminal that is too narrow for it."""

_WIDEST_NAME, _WIDEST_END = 24, 28


class Segment(NamedTuple):
    """A part of a line: its text, and what it is: a state, or `MESSAGE_SIGN`, `FAINT` or `LANE_NAME`."""

    text: str
    kind: str


class Signs(NamedTuple):
    """The letters for states and messages: each is one letter wide.

    Attributes:
        states: the letter for each state.
        sent: for a sender, of a message that is certain, and of one that is not.
        down: for a receiver whose lane is below that of the sender.
        up: for a receiver whose lane is above that of the sender.
    """

    states: dict[str, str]
    sent: tuple[str, str]
    down: tuple[str, str]
    up: tuple[str, str]


UNICODE_SIGNS = Signs(
    {RUNNING: "█", WAITING: "░", SLEEPING: "─", STOPPED: "‖", ZOMBIE: "z"}, ("●", "○"), ("▼", "▽"), ("▲", "△")
)
ASCII_SIGNS = Signs(
    {RUNNING: "#", WAITING: ":", SLEEPING: "-", STOPPED: "=", ZOMBIE: "z"}, ("o", "?"), ("v", "v"), ("^", "^")
)


def signs(encoding: str) -> Signs:
    """Return the letters for output in this *encoding*."""
    try:
        "".join([*UNICODE_SIGNS.states.values(), *UNICODE_SIGNS.sent, *UNICODE_SIGNS.down, *UNICODE_SIGNS.up]).encode(
            encoding
        )
    except (LookupError, UnicodeEncodeError):
        return ASCII_SIGNS
    return UNICODE_SIGNS


def lanes(timeline: Timeline, width: int, letters: Signs, most: Optional[int] = None) -> list[list[Segment]]:
    """Return the title, the lanes and what their letters mean, as lines of at most *width* letters.

    Args:
        timeline: what the processes did.
        width: of a line, in letters.
        letters: those for states and messages.
        most: how many lanes there may be; if there are more processes, those that have ended earliest are left out.
    """
    shown = _latest(timeline.lives, most)
    names = [f"{life.role} {life.pid}"[:_WIDEST_NAME] for life in shown]
    ends = [_doing(life) for life in shown]
    left, right = max(map(len, names), default=0), max(map(len, ends), default=0)
    count = max(width - left - right - 2, _LEAST_CELLS)
    drawn = _Cells(timeline, shown, count, letters)
    lines = [[Segment(timeline.title, LANE_NAME)], [Segment(" " * (left + 1) + drawn.axis(), FAINT)]]
    lines += [
        [Segment(name.ljust(left + 1), LANE_NAME), *drawn.lane(life), Segment(f" {end}", FAINT)]
        for name, life, end in zip(names, shown, ends)
    ]
    hidden = len(timeline.lives) - len(shown)
    if hidden:
        are = "process that has ended is" if hidden == 1 else "processes that have ended are"
        lines.append([Segment(f"{hidden} {are} left out", FAINT)])
    return [*lines, _meanings(timeline, letters)]


def summary(timeline: Timeline, width: int, letters: Signs) -> list[list[Segment]]:
    """Return all that the terminal shows at the end: the lanes, the adoptions and messages, and what to trust."""
    adoptions = [
        f"{time:.3f} s: {life.role} is adopted by {timeline.role(parent)}"
        for life in timeline.lives
        for time, parent in life.parents[1:]
    ]
    told = [*adoptions, *_messages(timeline), timeline.trust()]
    wrapped = (line for text in told for line in textwrap.wrap(text, width, subsequent_indent="    "))
    return [*lanes(timeline, width, letters), *([Segment(line, FAINT)] for line in wrapped)]


def _messages(timeline: Timeline) -> Iterator[str]:
    kinds = [*timeline.message_times().items()]
    for (sender, receiver, certain), times in kinds[:MOST_KINDS]:
        probably = "" if certain else ", probably"
        more = f" and {len(times) - MOST_TIMES} more" if len(times) > MOST_TIMES else ""
        at = ", ".join(f"{time:.3f}" for time in times[:MOST_TIMES])
        yield f"messages from {timeline.role(sender)} to {timeline.role(receiver)}{probably}: {at} s{more}"
    if kinds[MOST_KINDS:]:
        yield f"messages between {len(kinds[MOST_KINDS:])} more pairs of processes are left out"


def _latest(lives: Sequence[Life], most: Optional[int]) -> list[Life]:
    """Return *most* of the lives, in their order: those that go on, and then those that have ended latest."""
    if most is None or len(lives) <= most:
        return [*lives]
    first = sorted(lives, key=lambda life: (life.over, -life.end if life.over else life.begin))[: max(most, 1)]
    return [life for life in lives if life in first]


def _doing(life: Life) -> str:
    """Return what a process waits for, or how it has ended, in a few words."""
    last = life.spans[-1] if life.spans else None
    text = end_in_words(life) if life.exited is not None or last is None else last.what or last.state
    return text if len(text) <= _WIDEST_END else f"{text[: _WIDEST_END - 3]}..."


def _meanings(timeline: Timeline, letters: Signs) -> list[Segment]:
    """Return what the letters that there are mean."""
    there = {span.state for life in timeline.lives for span in life.spans}
    pieces = [Segment(f"{letters.states[state]} {state}  ", state) for state in STATES if state in there]
    for certain in sorted({message.certain for message in timeline.messages}, reverse=True):
        place = 0 if certain else 1
        sample = f"{letters.sent[place]}{letters.down[place]}{letters.up[place]}"
        pieces.append(Segment(f"{sample} {'message' if certain else 'probably'}  ", MESSAGE_SIGN))
    return pieces


class _Cells:
    """The letters of lanes; each stands for the same time.

    Args:
        timeline: what the processes did.
        lives: those that have lanes, in order.
        count: how many letters a lane has.
        letters: those for states and messages.
    """

    def __init__(self, timeline: Timeline, lives: Sequence[Life], count: int, letters: Signs) -> None:
        self._timeline, self._count, self._letters = timeline, count, letters
        self._seconds = max(timeline.seconds, 1e-6) / count
        self._marks: dict[tuple[int, int], str] = {}
        places = {life.pid: place for place, life in enumerate(lives)}
        for message in timeline.messages:
            if {message.sender, message.receiver} <= places.keys():
                cell, place = self._cell(message.time), 0 if message.certain else 1
                down = places[message.sender] < places[message.receiver]
                self._marks.setdefault((message.sender, cell), letters.sent[place])
                self._marks[message.receiver, cell] = (letters.down if down else letters.up)[place]

    def axis(self) -> str:
        """Return the times, each where its letter is."""
        line, step = "", self._timeline.step(max(self._count // 8, 1))
        for number in range(int(self._timeline.seconds / step) + 1):
            time = f"{number * step:g} s"
            place = self._cell(number * step)
            if place + len(time) <= self._count:
                line = line.ljust(place) + time
        return line

    def lane(self, life: Life) -> Iterator[Segment]:
        """Yield the letters of a lane, each of which stands for a message, or for the state that lasted longest."""
        shares: list[dict[str, float]] = [{} for _ in range(self._count)]
        for span in life.spans:
            for cell in range(self._cell(span.begin), self._cell(span.end) + 1):
                share = min(span.end, (cell + 1) * self._seconds) - max(span.begin, cell * self._seconds)
                shares[cell][span.state] = shares[cell].get(span.state, 0.0) + share
        letters = (self._letter(life.pid, cell, share) for cell, share in enumerate(shares))
        for kind, same in groupby(letters, key=lambda piece: piece.kind):
            yield Segment("".join(piece.text for piece in same), kind)

    def _letter(self, pid: int, cell: int, share: dict[str, float]) -> Segment:
        mark = self._marks.get((pid, cell))
        state = max(share, key=lambda state: share[state]) if share else ""
        return Segment(mark, MESSAGE_SIGN) if mark else Segment(self._letters.states.get(state, " "), state)

    def _cell(self, time: float) -> int:
        return min(max(int(time / self._seconds), 0), self._count - 1)
