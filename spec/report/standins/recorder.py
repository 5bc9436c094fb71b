"""In place of `spec.harness.recorder`: a log that any process can append to."""

from __future__ import annotations

import ast
import os
import time
from pathlib import Path
from typing import Any, NamedTuple, Union


class RecordedEvent(NamedTuple):
    """What a payload has recorded, in which process, and which parent that had."""

    name: str
    value: Any
    pid: int
    ppid: int
    time: int


class Recorder:
    """A file with a line for each event, which any process can append to."""

    def __init__(self, path: Union[str, Path]) -> None:
        self.path = os.path.abspath(path)

    def __call__(self, name: str, value: object = None) -> None:
        """Record that *name* happened, with a *value* that can be written as a literal."""
        with open(self.path, "ab", buffering=0) as file:
            file.write(f"{(name, value, os.getpid(), os.getppid(), time.monotonic_ns())!r}\n".encode())

    def events(self, name: str) -> list[RecordedEvent]:
        """Return all events called *name* so far, in order."""
        lines = Path(self.path).read_text("utf-8").splitlines() if os.path.exists(self.path) else []
        return [event for event in (RecordedEvent(*ast.literal_eval(line)) for line in lines) if event.name == name]

    def values(self, name: str) -> list[Any]:
        """Return the values of all events called *name* so far, in order."""
        return [event.value for event in self.events(name)]

    def only(self, name: str) -> RecordedEvent:
        """Return the event called *name*, of which there is to be one."""
        events = self.events(name)
        if len(events) != 1:
            raise AssertionError(f"how often {name!r} was recorded: expected 1, seen {len(events)}")
        return events[0]
