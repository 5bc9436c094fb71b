"""A log that any process can append to, and that outlives all of them.

Each event is one line.  It is written with one `write(2) <https://man7.org/linux/man-pages/man2/write.2.html>`_ to a
file that was opened with O_APPEND.  So lines of different processes do not mix, and their order in the file is the
order in which they were written.
"""

from __future__ import annotations

import ast
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from spec.harness.child_side import record
from spec.harness.witness import recorder


class RecordedEvent(NamedTuple):
    """An event that a payload has recorded.

    Attributes:
        name: what happened.
        value: what the payload recorded with it.
        pid: the process in which it happened.
        ppid: the parent of that process at that moment.
        time: when it happened, in nanoseconds of CLOCK_MONOTONIC, which is one clock for all processes.
    """

    name: str
    value: Any
    pid: int
    ppid: int
    time: int


class Recorder:
    """A log.  A payload in any process calls it to record an event.

    Args:
        path: the file; it is created if it does not exist.

    Attributes:
        path: the path of the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __call__(self, name: str, value: object = None) -> None:
        """Record an event.

        Args:
            name: what happened.
            value: more about it; an object that `ast.literal_eval` can read back from its ``repr``.

        Raises:
            OSError: the event could not be written completely.
        """
        record(self.path, name, value)

    def __reduce__(self) -> tuple[object, ...]:
        # A child only records.  It need not import the modules that are needed for reading.
        return partial, (record, self.path)

    def events(self, name: str) -> list[RecordedEvent]:
        """Return all events with this *name* so far, in the order in which they were recorded."""
        try:
            *lines, _unfinished = Path(self.path).read_text(encoding="utf-8").split("\n")
        except FileNotFoundError:
            return []
        return [event for event in (RecordedEvent(*ast.literal_eval(line)) for line in lines) if event.name == name]

    def values(self, name: str) -> list[Any]:
        """Return the values of all events with this *name* so far, in the order in which they were recorded."""
        return [event.value for event in self.events(name)]

    def only(self, name: str) -> RecordedEvent:
        """Return the one event with this *name*.

        Raises:
            Violation: there is no such event, or more than one.
        """
        events = self.events(name)
        recorder.shows(f"how often {name!r} was recorded", len(events), expected=1)
        return events[0]
