"""A timeline as data: the lives of processes, and what was printed meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Optional

from spec.harness.event_log import Failure, Note

RUNNING, WAITING, SLEEPING, STOPPED, ZOMBIE = "running", "waiting", "sleeping", "stopped", "zombie"

STATES = {
    RUNNING: "runs, or is ready to run",
    WAITING: "waits for another process, or for one of its own threads",
    SLEEPING: "sleeps for a time that it has chosen",
    STOPPED: "is stopped by a signal",
    ZOMBIE: "has exited, and is not reaped yet",
}
"""The states that are told apart, in words."""

_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600, 1800, 3600)
"""The times between two marks of a scale, in seconds."""


class Span(NamedTuple):
    """A time in which a process did one thing.

    Attributes:
        begin: seconds since the timeline began.
        end: seconds since the timeline began.
        state: one of `STATES`.
        what: what it waited for, in words; empty if it did not wait, or if the kernel does not tell.
        enders: the processes that could end its wait, as far as that is known.
    """

    begin: float
    end: float
    state: str
    what: str = ""
    enders: Sequence[int] = ()


class NewParent(NamedTuple):
    """A moment in which a process had another parent for the first time."""

    time: float
    parent: int


@dataclass
class Life:
    """What is known of one process.

    Attributes:
        pid: its number.
        role: who it is, such as ``main`` or ``child 2``.
        parents: its parents, in order: the first one is the one with which it was seen first.
        spans: what it did, in order, without gaps.
        exit: how it ended, in words; empty if that was not seen.
        over: whether it was gone when the timeline ended.
    """

    pid: int
    role: str
    parents: list[NewParent]
    spans: list[Span] = field(default_factory=list)
    exit: str = ""
    over: bool = False

    @property
    def begin(self) -> float:
        """When it was seen first."""
        return self.parents[0].time

    @property
    def end(self) -> float:
        """When it was seen last."""
        return self.spans[-1].end if self.spans else self.begin

    @property
    def exited(self) -> Optional[float]:
        """When it became a zombie, or was gone; None if it was neither."""
        zombies = (span.begin for span in self.spans if span.state == ZOMBIE)
        return next(zombies, self.end if self.over else None)


def end_in_words(life: Life) -> str:
    """Return how a process ended, and whether it is a zombie still, or that it is still there."""
    if life.exited is None:
        return "still there"
    return f"{life.exit or 'gone'}{'' if life.over or life.spans[-1].state != ZOMBIE else ', not reaped'}"


class Line(NamedTuple):
    """A line that a process printed.

    Attributes:
        time: seconds since the timeline began.
        text: the line, without its end.
    """

    time: float
    text: str


class Message(NamedTuple):
    """A message from one process to another.

    Attributes:
        time: when it was seen that it had arrived, in seconds since the timeline began.
        sender: the process that sent it.
        receiver: the process that received it.
        certain: whether no other process can have sent it, and nothing else can have ended the receiver's wait.
    """

    time: float
    sender: int
    receiver: int
    certain: bool = True


@dataclass
class Timeline:
    """What the processes of a program did.

    Attributes:
        title: what ran, such as a command line.
        lives: the processes, in the order in which they were seen first.
        lines: what they printed, in order.
        seconds: how long it took.
        looks: how often the kernel was asked.
        gap: the longest time between two looks, in seconds.  What was shorter may be missing.
        notes: what else is known of the processes, in order, in seconds since the timeline began.
        failure: what was expected at the end, if the program is a claim that failed then.
        skipped: how many seconds before the beginning were left out.
        hidden: how many processes were left out.
        messages: those that are known, in order.
    """

    title: str
    lives: list[Life]
    lines: list[Line]
    seconds: float
    looks: int
    gap: float
    notes: list[Note] = field(default_factory=list)
    failure: Optional[Failure] = None
    skipped: float = 0.0
    hidden: int = 0
    messages: list[Message] = field(default_factory=list)

    def role(self, pid: int) -> str:
        """Return who *pid* is; a process from outside is called by its number."""
        roles = (life.role for life in self.lives if life.pid == pid)
        return next(roles, f"process {pid}")

    def trust(self) -> str:
        """Return, in one sentence, how far the timeline can be trusted."""
        return (
            f"The kernel was asked {self.looks} times, at most {self.gap * 1000:.0f} ms apart: "
            "what was shorter may be missing, and each time may be wrong by as much."
        )

    def step(self, most: int) -> float:
        """Return the seconds between two marks of a scale that has about *most* of them."""
        return next((step for step in _STEPS if self.seconds / step <= most), self.seconds / most)

    def message_times(self) -> dict[tuple[int, int, bool], list[float]]:
        """Return when there were messages, by the sender, the receiver, and whether they are certain."""
        times: dict[tuple[int, int, bool], list[float]] = {}
        for message in self.messages:
            times.setdefault(message[1:], []).append(message.time)
        return times

    def waits(self) -> list[tuple[Life, Span]]:
        """Return the processes that wait at the end for something that is known, with that last span of each."""
        there = [life for life in self.lives if life.exited is None and life.spans]
        return [(life, life.spans[-1]) for life in there if life.spans[-1].what]

    def events(self) -> Iterator[tuple[float, str, str]]:
        """Yield, in order of time, what happened: the time, who did it, and what it was."""
        found: list[tuple[float, str, str]] = []
        for life in self.lives:
            first = life.parents[0]
            started = "begins" if first.time == 0 else f"is started by {self.role(first.parent)}"
            found.append((first.time, life.role, f"{started}, as process {life.pid}"))
        for life in self.lives:
            adoptions = life.parents[1:]
            found += ((time, life.role, f"is adopted by {self.role(parent)}") for time, parent in adoptions)
            found += ((span.begin, life.role, f"waits for {span.what}") for span in life.spans if span.what)
            if life.exited is not None:
                found.append(
                    (
                        life.exited,
                        life.role,
                        f"has ended: {life.exit}" if life.exit else "has ended; how is not known",
                    )
                )
            if life.over and life.spans and life.spans[-1].state == ZOMBIE:
                found.append((life.end, life.role, "is reaped"))
        for time, sender, receiver, certain in self.messages:
            gets = "receives" if certain else "probably receives"
            found.append((time, self.role(receiver), f"{gets} a message from {self.role(sender)}"))
        found += ((line.time, "", f"printed: {line.text}") for line in self.lines)
        return iter(sorted(found, key=lambda event: event[0]))
