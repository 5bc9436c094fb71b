"""The report of a run as data: what ``--report FILE.json`` writes and everything else is made from.

Its JSON Schema is `schema.json`, beside this file.  What it says keeps its meaning within a version of the schema; a
new version is a new number.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Optional, TypedDict

SCHEMA = 2
"""The version of the schema."""


class Target(TypedDict):
    """What was under test; see `spec.engine.targets.Target`."""

    name: str
    module: str
    version: Optional[str]
    file: str
    start_method: Optional[str]
    starter_is_parent: bool
    inherits_memory: bool
    runs_main_again: bool
    known_by: str


class Source(TypedDict):
    """Where the fact that a claim states comes from; see `spec.engine.marks.Source`."""

    where: str
    kind: str


class Claim(TypedDict):
    """A claim; see `spec.engine.claims.Claim`."""

    id: str
    lesson: str
    wording: str
    sources: list[Source]
    conditions: list[str]
    needs: list[str]
    test: str
    code: str


class Verdict(TypedDict):
    """What a claim came to on a target.

    Of those that do not hold, the explanation says what was seen; of those that do not apply or are not provided, it
    says why.  The reason and the link are those of a known deviation.
    """

    claim: str
    target: str
    verdict: str
    seconds: float
    explanation: str
    reason: str
    link: str


class Document(TypedDict):
    """The report of a run."""

    schema: int
    created: str
    project: str
    python: str
    implementation: str
    platform: str
    lessons: str
    exit_status: int
    planned: int
    seconds: float
    targets: list[Target]
    claims: list[Claim]
    verdicts: list[Verdict]


def shortfall(document: Document) -> str:
    """Return how many of the planned verdicts the run has reached, in words; empty if all of them."""
    reached, planned = len(document["verdicts"]), document["planned"]
    return f"the run ended early: {reached} of {planned} verdicts" if reached < planned else ""


class BadReport(ValueError):
    """A file is no report that can be read.  The message is one line for the user."""


def write(document: Document, path: Path) -> None:
    """Write *document* to *path*."""
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read(path: Path) -> Document:
    """Read a document that `write` wrote.

    Raises:
        BadReport: it cannot be read, or is something else.
    """
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadReport(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise BadReport(f"{path} is not JSON: {error}") from error
    if not isinstance(document, dict) or "schema" not in document or "verdicts" not in document:
        raise BadReport(f"{path} is no report: pytest spec/ --report {path.name} writes one")
    if document["schema"] != SCHEMA:
        raise BadReport(f"{path} has version {document['schema']!r} of the schema, and this is for {SCHEMA}")
    missing = Document.__required_keys__ - document.keys()
    if missing:
        raise BadReport(f"{path} is no report: it lacks {', '.join(sorted(missing))}")
    found: Document = document  # type: ignore[assignment]  # as far as it was looked at
    return found
