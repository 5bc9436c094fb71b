"""The report of a run as data.  ``--report FILE.json`` writes it, and all other reports are made from it.

`schema.json`, in the same folder, is its JSON Schema.  Within one version of the schema no property changes its
meaning.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Optional, TypedDict

from spec.installation import VERIFY

REPORT_SCHEMA = 2
"""The version of the schema."""

LONGEST_EXPLANATION = 12
"""What is made from a report shows at most this many lines of an explanation."""


class TargetData(TypedDict):
    """A target; see `spec.engine.targets.Target`."""

    name: str
    module: str
    version: Optional[str]
    file: str
    start_method: Optional[str]
    starter_is_parent: bool
    inherits_memory: bool
    runs_main_again: bool
    known_by: str


class SourceData(TypedDict):
    """Where the fact that a claim states comes from; see `spec.engine.marks.Source`."""

    where: str
    kind: str


class ClaimData(TypedDict):
    """A claim; see `spec.engine.claims.Claim`."""

    id: str
    lesson: str
    wording: str
    sources: list[SourceData]
    conditions: list[str]
    needs: list[str]
    test: str
    code: str


class ParentData(TypedDict):
    """From when on a process had this parent; see `spec.report.timelines.timeline.NewParent`."""

    time: float
    pid: int


class SpanData(TypedDict):
    """What a process did for a while; see `spec.report.timelines.timeline.Span`."""

    begin: float
    end: float
    state: str
    waits_for: str
    enders: list[int]


class LaneData(TypedDict):
    """A process of a timeline; see `spec.report.timelines.timeline.Life`."""

    pid: int
    role: str
    parents: list[ParentData]
    spans: list[SpanData]
    exit: str
    reaped: bool


class NoteData(TypedDict):
    """What was noted of a process; see `spec.harness.event_log.Note`."""

    time: float
    pid: int
    what: str


class FailureData(TypedDict):
    """What was expected at the end of a timeline; see `spec.harness.event_log.Failure`."""

    what: str
    expected: str
    seen: str


class TimelineData(TypedDict):
    """What the processes of a claim did until it failed; see `spec.report.timelines.timeline.Timeline`."""

    seconds: float
    skipped_seconds: float
    hidden_processes: int
    looks: int
    longest_gap: float
    lanes: list[LaneData]
    notes: list[NoteData]
    failure: FailureData


class _VerdictData(TypedDict):
    claim: str
    target: str
    verdict: str
    seconds: float
    explanation: str
    reason: str
    link: str


class VerdictData(_VerdictData, total=False):
    """The verdict on a claim on a target.

    Where the claim does not hold, the explanation says what was seen.  Where it does not apply, or its subject is not
    provided, the explanation says why.  The reason and the link are those of a known deviation.  A claim that is
    violated, hung or crashed has a timeline.
    """

    timeline: TimelineData


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
    targets: list[TargetData]
    claims: list[ClaimData]
    verdicts: list[VerdictData]


def file_stem(claim: str, target: str) -> str:
    """Return the name, without suffix, of a file about *claim* on *target*."""
    return re.sub(r"[:/]", "-", f"{claim}-{target}")


def shortfall(document: Document) -> str:
    """Return in words how many of the planned verdicts a run has reached; empty if it has reached all of them."""
    reached, planned = len(document["verdicts"]), document["planned"]
    return f"the run ended early: {reached} of {planned} verdicts" if reached < planned else ""


class BadReport(ValueError):
    """A file is not a readable report.  The message is one line for the user."""


def write(document: Document, path: Path) -> None:
    """Write *document* to *path*."""
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read(path: Path) -> Document:
    """Read a document that `write` wrote.

    Raises:
        BadReport: the file cannot be read, or is not a report with this version of the schema.
    """
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadReport(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise BadReport(f"{path} is not JSON: {error}") from error
    if not isinstance(document, dict) or "schema" not in document or "verdicts" not in document:
        raise BadReport(f"{path} is not a report: {VERIFY} --report {path.name} writes one")
    if document["schema"] != REPORT_SCHEMA:
        raise BadReport(
            f"{path} has version {document['schema']!r} of the schema; the supported version is {REPORT_SCHEMA}"
        )
    missing = Document.__required_keys__ - document.keys()
    if missing:
        raise BadReport(f"{path} is not a report: it lacks {', '.join(sorted(missing))}")
    found: Document = document  # type: ignore[assignment]  # its parts are not checked
    return found
