"""Find in the output of a run where the learner's code has raised an exception, also in a child."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from spec.learn.mistakes import Mistake
from spec.paths import SPEC_FOLDER

PYTHONS_FRAME = re.compile(r'(?:E )? *File "(?P<file>.+)", line (?P<line>\d+), in ')
"""A frame of a traceback that Python has printed, in the process itself or in a message of the engine."""

PYTHONS_EXCEPTION = re.compile(r"(?:E   )?(?P<exception>[A-Za-z_][\w.]*(?:: .*)?)$")
"""The line that ends such a traceback."""

PYTESTS_FRAME = re.compile(r"(?P<file>\S+):(?P<line>\d+): in ")
"""A frame of a traceback that ``pytest --tb=short`` has printed."""

PYTESTS_EXCEPTION = re.compile(r"E   .*: expected no exception, seen (?P<exception>.+)$")
"""The line that follows such a traceback, if the code under test has raised an exception."""

FORMS = ((PYTHONS_FRAME, PYTHONS_EXCEPTION), (PYTESTS_FRAME, PYTESTS_EXCEPTION))

CODE = re.compile(r"(?:E   )? {2,}|$")
"""How the lines between frames begin: they show code."""


def raised(output: str, file: Path) -> list[Mistake]:
    """Return the exception that the code of a *file* has raised most often; an empty list if it has raised none.

    An exception that a claim provokes in the code of the learner, such as that of a task that fails, does not count.
    Nor is SystemExit, which is no error.

    Args:
        output: what pytest has printed.
        file: the learner's file, in a package.
    """
    name = f"{file.absolute().parent.name}/{file.name}"
    counted = Counter(mistake for form in FORMS for mistake in _raised(output, name, *form))
    return [mistake for mistake, _ in counted.most_common(1)]


def _raised(output: str, name: str, frame: re.Pattern[str], exception: re.Pattern[str]) -> Iterator[Mistake]:
    line = 0  # that of the learner's file which has called the frames that follow; 0 for none
    for text in output.splitlines():
        place, end = frame.match(text), exception.match(text)
        if place:
            if f"/{place['file']}".endswith(f"/{name}"):
                line = int(place["line"])
            elif _is_ours(place["file"]):
                line = 0
        elif end and line:
            if not end["exception"].startswith(SystemExit.__name__):
                yield Mistake(line, end["exception"])
            line = 0
        elif not CODE.match(text):
            line = 0


def _is_ours(file: str) -> bool:
    """Return whether a *file*, which pytest may name from its root folder, is a part of the spec."""
    return file.startswith((f"{SPEC_FOLDER}/", f"{SPEC_FOLDER.name}/"))
