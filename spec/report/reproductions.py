"""Stand-alone scripts that reproduce violations: what ``--repro DIR`` writes.

`reproductions` holds one for each claim that a multiprocessing API can violate.  A script needs nothing but the API:
here it is the standard library's, and another is put in its place when the script is written.  It says what is
expected and what was seen, and exits with status 0 if the claim holds, 1 if it does not.
"""

from __future__ import annotations

import platform
import textwrap
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Optional

import pytest

from spec.engine.claims import Claim
from spec.engine.findings import Finding
from spec.engine.lessons import REFERENCE
from spec.engine.targets import Target
from spec.engine.verdicts import FAILURES, KNOWN
from spec.paths import SPEC_FOLDER

SCRIPTS = SPEC_FOLDER / "known_deviations" / "scripts"

IMPORT = "import multiprocessing\n"
API = "mp = multiprocessing\n"
MODULE = "module = multiprocessing\n"
"""What a script has instead if it is about the module, whatever the context."""

WIDTH = 100

LINES = 12
"""At most so many lines of an explanation go into a script."""


def template(claim: str) -> Optional[Path]:
    """Return the file of the script for the *claim* with this id, or None if no API can violate it."""
    lesson, _, what = claim.partition(".")
    file = SCRIPTS / lesson / f"{what}.py"
    return file if file.exists() else None


def code(claim: str, target: str) -> Optional[str]:
    """Return the code that shows whether *claim* holds on *target*; None if no API can violate the claim.

    Args:
        claim: its id.
        target: its name.
    """
    file = template(claim)
    if file is None:
        return None
    module, colon, context = target.partition(":")
    api = f'{module}.get_context("{context}")' if colon else module
    text = file.read_text(encoding="utf-8")
    for line, instead in (IMPORT, f"import {module}"), (API, f"mp = {api}"), (MODULE, f"module = {module}"):
        text = text.replace(line, instead + "\n")
    return text


def script(claim: Claim, target: Target, explanation: str) -> Optional[str]:
    """Return the `code` below a comment that says what it is about.

    Args:
        explanation: what was seen on the target.
    """
    body = code(claim.id, target.name)
    if body is None:
        return None
    lines = [
        f"{target.label} on {platform.platform()}",
        "",
        *textwrap.wrap(f"{claim.id}: {claim.wording}", WIDTH),
        "",
        *(f"    {line}" for line in explanation.splitlines()[:LINES]),
        "",
        "Found by multiprocessing-spec.  Exits with status 0 if the claim holds, with 1 if it does not.",
    ]
    return "".join(f"# {line}".rstrip() + "\n" for line in lines) + "\n" + body


class Reproductions:
    """A pytest plugin that writes a script for each claim and target that is violated, known or not.

    Args:
        folder: where to; it is made if need be.
        targets: what is under test.
        lessons: the package that they run: of any other than the reference, what is violated may be its own fault.
    """

    def __init__(self, folder: Path, targets: Sequence[Target], lessons: str) -> None:
        self._folder, self._about_apis = folder, lessons == REFERENCE
        self._targets = {target.name: target for target in targets}
        self._written: list[Path] = []
        self._without: set[str] = set()

    @cached_property
    def _claims(self) -> dict[str, Claim]:
        return {claim.id: claim for claim in Claim.all()}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write the script, if the report says that there is something to reproduce."""
        found = Finding.of(report)
        if found is None or found.verdict not in (*FAILURES, KNOWN):
            return
        claim, target = self._claims[found.claim], self._targets[found.target]
        text = script(claim, target, found.explanation) if self._about_apis else None
        if text is None:
            self._without.add(found.claim)
            return
        file = self._folder / f"{found.claim}-{found.target.replace(':', '-')}.py"
        file.write_text(text, encoding="utf-8")
        self._written.append(file)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was written, and what was not."""
        terminalreporter.write_line(f"reproductions: {len(set(self._written))} in {self._folder}")
        if self._without:
            claims = ", ".join(sorted(self._without))
            terminalreporter.write_line(f"no reproduction, as these are about the lessons, not the API: {claims}")
