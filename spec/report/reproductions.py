"""Stand-alone scripts that show a violation: what ``--repro DIR`` writes.

A script needs nothing but the library.  It says what is expected and what is seen, and exits with status 0 if the
claim holds, 1 if it does not.  If a shipped deviation has a script by hand for the bug report, that one is written.
For every other violation the script is generated from the claim.
"""

from __future__ import annotations

import platform
import textwrap
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Optional

import pytest

from spec.engine import deviations
from spec.engine.claims import Claim
from spec.engine.deviations import Deviation, Deviations
from spec.engine.findings import Finding
from spec.engine.lessons import REFERENCE
from spec.engine.observation import timeline_of
from spec.engine.targets import Target
from spec.engine.verdicts import FAILURES, KNOWN
from spec.report.bundling.source import CannotBundle
from spec.report.document import LONGEST_EXPLANATION, file_stem
from spec.report.scripts import generate
from spec.report.timelines import failures

IMPORT_LINE = "import multiprocessing\n"
API_LINE = "mp = multiprocessing\n"
MODULE_LINE = "module = multiprocessing\n"
"""What a script by hand has in place of the library: the import, the API, and the module whatever the context."""

HEADER_WIDTH = 100


def by_hand(file: Path, target: str) -> str:
    """Return the script in *file*, for the target of this name.

    Args:
        file: a script about the standard library.
        target: ``MODULE_LINE`` or ``MODULE_LINE:CONTEXT``.
    """
    module, colon, context = target.partition(":")
    api = f'{module}.get_context("{context}")' if colon else module
    text = file.read_text(encoding="utf-8")
    for line, instead in (
        (IMPORT_LINE, f"import {module}"),
        (API_LINE, f"mp = {api}"),
        (MODULE_LINE, f"module = {module}"),
    ):
        text = text.replace(line, instead + "\n")
    return text


def script(claim: Claim, target: Target, explanation: str, known: Deviations, timeline: str = "") -> str:
    """Return a script that shows whether *claim* holds on *target*, below a comment that says what it is about.

    Args:
        claim: the claim.
        target: the target.
        explanation: what was seen on the target.
        known: the deviations; the script of one that covers the claim is taken, if it has one.
        timeline: where a timeline of the violation is, if there is one.

    Raises:
        CannotBundle: the claim needs something that no script can have.
    """
    deviation = known.find(claim.id, target)
    if deviation and deviation.script:
        body = by_hand(deviation.script, target.name)
    else:
        body = generate(claim, target, explanation)
    return _header(claim, target, explanation, deviation, timeline) + "\n" + body


def _header(claim: Claim, target: Target, explanation: str, deviation: Optional[Deviation], timeline: str) -> str:
    sources = (f"{source.kind}: {source.where}" for source in claim.sources)
    reason = textwrap.wrap(f"Known: {deviation.reason} {deviation.link}", HEADER_WIDTH) if deviation else []
    lines = [
        f"{target.label} on {platform.platform()}",
        "",
        *textwrap.wrap(f"{claim.id}: {claim.wording}", HEADER_WIDTH),
        *sources,
        *(["", *reason] if reason else []),
        "",
        *(f"    {line}" for line in explanation.splitlines()[:LONGEST_EXPLANATION]),
        "",
        *([f"What each process did until then: {timeline}", ""] if timeline else []),
        "Found by multiprocessing-spec.  Exits with status 0 if the claim holds, with 1 if it does not.",
    ]
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)


class Reproductions:
    """A pytest plugin that writes a script for each claim and target that is violated, known or not.

    Args:
        folder: where to write; it is made if it does not exist.
        targets: what is under test.
        lessons: the package of lessons.  Of any other than the reference, the violations may be its own fault.
        reports: the reports of the run, which may have timelines.
    """

    def __init__(self, folder: Path, targets: Sequence[Target], lessons: str, reports: Sequence[Path] = ()) -> None:
        self._folder, self._about_apis = folder, lessons == REFERENCE
        self._targets = {target.name: target for target in targets}
        self._reports = reports
        self._written: set[Path] = set()
        self._without: dict[str, str] = {}

    @cached_property
    def _claims(self) -> dict[str, Claim]:
        return {claim.id: claim for claim in Claim.all()}

    @cached_property
    def _known(self) -> Deviations:
        return deviations.collect([])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write the script, if the report says that there is something to reproduce."""
        found = Finding.of(report)
        if found is None or found.verdict not in (*FAILURES, KNOWN):
            return
        if not self._about_apis:
            self._without[found.claim] = "it may be the fault of the lessons, not of the API"
            return
        target = self._targets[found.target]
        timeline = failures.place(self._reports, found.claim) if timeline_of(report) is not None else ""
        try:
            text = script(self._claims[found.claim], target, found.explanation, self._known, timeline)
        except CannotBundle as error:
            self._without[found.claim] = str(error)
            return
        file = self._folder / f"{file_stem(found.claim, found.target)}.py"
        file.write_text(text, encoding="utf-8")
        self._written.add(file)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was written, and what was not."""
        terminalreporter.write_line(f"reproductions: {len(self._written)} in {self._folder}")
        for claim, reason in sorted(self._without.items()):
            terminalreporter.write_line(f"no reproduction of {claim}: {reason}")
