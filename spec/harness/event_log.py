"""A log of what the harness itself knows of a claim, with times, for the timeline of a failure.

Nothing is logged unless somebody has asked for it with `log_to`.  The log is a file, so that it outlives a process
that crashes, and each event is written at once, with the file closed again: no claim finds one file more open.
Times are those of `time.monotonic`, a clock that all processes of a machine share.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Optional

END_OF_CLAIM = "the claim to end"
"""What is expected, in the words of a `Failure`, if no more is known."""

_file: Optional[Path] = None


class Note(NamedTuple):
    """What was noted of a process; see `spec.harness.roles.note`.

    Attributes:
        time: when, in seconds.
        pid: the process.
        what: what it is there for, or where it has come to.
    """

    time: float
    pid: int
    what: str


class Failure(NamedTuple):
    """The moment in which a claim failed.

    Attributes:
        time: when, in seconds.
        what: the thing that the claim is about, as a noun phrase; empty if the claim hangs or has crashed.
        expected: what was expected, in words.
        seen: what was seen instead.
    """

    time: float
    what: str
    expected: str
    seen: str


class Events(NamedTuple):
    """What a log has.

    Attributes:
        notes: the notes, in order.
        failures: the failures, in order: a claim may try something again, and then the last one counts.
    """

    notes: list[Note]
    failures: list[Failure]


def log_to(file: Path) -> None:
    """Log what happens from now on in this process, and in its forks, to *file*."""
    global _file
    _file = file


def log_note(pid: int, what: str) -> None:
    """Log what was noted of process *pid*."""
    _log("note", pid, what)


def log_failure(what: str, expected: str, seen: str) -> None:
    """Log that the claim fails now; see `Failure`."""
    _log("failure", what, expected, seen)


def _log(*event: object) -> None:
    if _file is not None:
        with suppress(OSError), _file.open("a", encoding="utf-8") as file:  # the claim may have used up all files
            file.write(json.dumps([time.monotonic(), *event]) + "\n")


def read_log(file: Path) -> Events:
    """Return what was logged to *file*; nothing if there is no such file.

    A process that is killed while it writes leaves half of a line, which is left out.
    """
    found = Events([], [])
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return found
    for line in lines:
        with suppress(json.JSONDecodeError):
            when, kind, *rest = json.loads(line)
            if kind == "note":
                found.notes.append(Note(when, *rest))
            else:
                found.failures.append(Failure(when, *rest))
    return found
