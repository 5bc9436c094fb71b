"""A log that any process can append to and that outlives them all.

Each event is one line, written with one write(2) to a file opened with O_APPEND, so that lines of different
processes do not mix, and their order in the file is the order in which they were written.
"""

from __future__ import annotations

import ast
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from spec.harness.child_side import record
from spec.harness.witness import recorder


class Event(NamedTuple):
    """Something that a payload saw or did.

    Attributes:
        name: what happened.
        value: what the payload told of it.
        pid: the process that it happened in.
        ppid: the parent of that process, at that moment.
        time: CLOCK_MONOTONIC in nanoseconds, the same clock for every process.
    """

    name: str
    value: Any
    pid: int
    ppid: int
    time: int


class Recorder:
    """Call it to record an event; it can be handed to any process, and called there.

    Args:
        path: the file; it is made if it does not exist.

    Attributes:
        path: the same.
    """

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __call__(self, name: str, value: object = None) -> None:
        """Record that *name* happened, with a *value* that can be written as a literal.

        Raises:
            OSError: the event could not be written as a whole.
        """
        record(self.path, name, value)

    def __reduce__(self) -> tuple[object, ...]:
        # A child, which only records, is spared the import of what it takes to read.
        return partial, (record, self.path)

    def events(self, name: str) -> list[Event]:
        """Return all events called *name* so far, in order."""
        try:
            *lines, _unfinished = Path(self.path).read_text(encoding="utf-8").split("\n")
        except FileNotFoundError:
            return []
        return [event for event in (Event(*ast.literal_eval(line)) for line in lines) if event.name == name]

    def values(self, name: str) -> list[Any]:
        """Return the values of all events called *name* so far, in order."""
        return [event.value for event in self.events(name)]

    def only(self, name: str) -> Event:
        """Return the event called *name*, of which there is to be one.

        Raises:
            Violation: there is none, or there are several.
        """
        events = self.events(name)
        recorder.shows(f"how often {name!r} was recorded", len(events), expected=1)
        return events[0]
