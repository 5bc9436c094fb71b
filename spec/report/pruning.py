"""Take out of a file of deviations what holds now, and leave everything else in it as it is.

The text is changed here, and the result is compared with what the TOML must say then.  A library that keeps
comments, such as tomlkit, counts a comment above a table as part of the table before it: a table that goes would take
the comment of the next one with it, and leave its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from spec.engine import deviations, toml_file
from spec.engine.deviations import Deviation
from spec.engine.verdicts import FAILURES, FIXED, KNOWN
from spec.report.document import Document

DECIDED = (FIXED, KNOWN, *FAILURES)
"""The verdicts that tell whether a claim still deviates; one that holds in some runs is declared as intermittent."""

_HEAD = re.compile(r"\s*\[{1,2}[\w\s.\"'-]+\]{1,2}\s*(#.*)?$")


class CannotPrune(ValueError):
    """A file is written in a way that this module cannot change.  The message is one line for the user."""


class Pruned(NamedTuple):
    """What is left of a file.

    Attributes:
        text: its text.
        removed: the claims that were removed.
        split: a line for each claim that holds on some of the targets only, so that a person has to limit it.
    """

    text: str
    removed: list[str]
    split: list[str]


def prune(file: Path, documents: Sequence[Document]) -> Pruned:
    """Return *file* without the claims that hold, by the reports of runs, wherever they are declared not to.

    Raises:
        BadDeviations: the file cannot be read, or says what cannot be meant.
        CannotPrune: a claim cannot be removed from its text.
    """
    gone: dict[int, list[str]] = {}
    split = []
    for number, deviation in enumerate(deviations.read(file).deviations):
        for claim in deviation.claims:
            verdicts = _verdicts(deviation, claim, documents)
            fixed = [target for target, verdict in verdicts if verdict == FIXED]
            if fixed and len(fixed) == len(verdicts):
                gone.setdefault(number, []).append(claim)
            elif fixed:
                split.append(f"{claim} holds on {', '.join(dict.fromkeys(fixed))} only: limit its declaration")
    removed = [claim for claims in gone.values() for claim in claims]
    return Pruned(_without(file, gone), removed, split)


def _verdicts(deviation: Deviation, claim: str, documents: Sequence[Document]) -> list[tuple[str, str]]:
    """Return the verdicts that tell whether *claim* deviates on what *deviation* is about, each with its target."""
    return [
        (target["name"], verdict["verdict"])
        for run in documents
        if run["lessons"] == deviation.lessons
        for target in run["targets"]
        if deviation.covers(
            target["name"],
            target["start_method"],
            target["version"] or run["python"],
            run["python"],
            run["implementation"],
        )
        for verdict in run["verdicts"]
        if (verdict["claim"], verdict["target"]) == (claim, target["name"]) and verdict["verdict"] in DECIDED
    ]


def _without(file: Path, gone: Mapping[int, Sequence[str]]) -> str:
    """Return the text of *file* without some claims of its deviations, which have numbers from zero on."""
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    heads = [number for number, line in enumerate(lines) if _HEAD.match(line)]
    starts = [_with_comments(lines, head) for head in heads]
    blocks = zip(heads, starts, [*starts[1:], len(lines)])
    tables = [(head, start, end) for head, start, end in blocks if lines[head].strip().startswith("[[deviation]]")]
    wanted = toml_file.parse(text)
    for number in sorted(gone, reverse=True):
        head, start, end = tables[number] if number < len(tables) else (0, 0, 0)
        table: dict[str, Any] = wanted["deviation"][number]
        table["claims"] = [claim for claim in table["claims"] if claim not in gone[number]]
        if table["claims"]:
            lines[head:end] = _without_claims("".join(lines[head:end]), gone[number])
        else:
            del wanted["deviation"][number]
            del lines[start:end]
    if not wanted.get("deviation", True):
        del wanted["deviation"]
    left = "".join(lines)
    if toml_file.parse(left) != wanted:
        claims = ", ".join(claim for claims in gone.values() for claim in claims)
        raise CannotPrune(f"{file}: its form is unusual; remove by hand: {claims}")
    return left


def _with_comments(lines: Sequence[str], head: int) -> int:
    """Return the number of the first of the comment lines right above the line *head*, or *head*."""
    while head and lines[head - 1].lstrip().startswith("#"):
        head -= 1
    return head


def _without_claims(table: str, claims: Sequence[str]) -> list[str]:
    """Return the lines of a *table* without some of its claims."""
    before, key, rest = table.partition("claims")
    for claim in claims:
        quoted = rf"[\"']{re.escape(claim)}[\"']"
        whole_line = re.compile(rf"^[ \t]*{quoted}[ \t]*,?[ \t]*(#.*)?\n", re.MULTILINE)
        inside = re.compile(rf"{quoted}\s*,\s*|\s*,\s*{quoted}")
        rest, count = whole_line.subn("", rest, count=1)
        if not count:
            rest = inside.sub("", rest, count=1)
    return (before + key + rest).splitlines(keepends=True)
