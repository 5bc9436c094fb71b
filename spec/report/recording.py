"""Record the verdicts of a run, and write the reports at its end."""

from __future__ import annotations

import platform
import time
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple, Optional

import pytest

from spec.engine import targets
from spec.engine.claims import Claim
from spec.engine.findings import Finding
from spec.engine.observation import timeline_of
from spec.engine.verdicts import FAILURES
from spec.report import causes, changes, document, github, writers
from spec.report.document import Document, VerdictData


class Baseline(NamedTuple):
    """The report of an earlier run.

    Attributes:
        file: where it is.
        report: the report.
    """

    file: Path
    report: Document


class Recording:
    """A pytest plugin that writes reports, and tells at the end of a run what it has found.

    Args:
        files: where to write; the suffix determines the format.
        lessons: the name of the package of lessons.
        under_test: the targets.
        baseline: the report to compare with, if there is one.
    """

    def __init__(
        self,
        files: Sequence[Path],
        lessons: str,
        under_test: Sequence[targets.Target],
        baseline: Optional[Baseline] = None,
    ) -> None:
        self._files = files
        self._baseline = baseline
        self._lessons = lessons
        self._targets = under_test
        self._verdicts: dict[tuple[str, str], VerdictData] = {}
        self._seconds: dict[str, float] = {}
        self._planned = 0
        self._created = datetime.now(timezone.utc)
        self._start = time.monotonic()
        self._report: Optional[Document] = None

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note how many claims are to be verified."""
        self._planned = max(self._planned, len(session.items))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Note likewise what an xdist worker has collected: each collects all."""
        self._planned = max(self._planned, len(ids))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the finding that a report carries, and the duration."""
        self._seconds[report.nodeid] = self._seconds.get(report.nodeid, 0.0) + report.duration
        found = Finding.of(report)
        if found is None:
            return
        verdict = self._verdicts[found.claim, found.target] = VerdictData(
            claim=found.claim,
            target=found.target,
            verdict=found.verdict,
            seconds=round(self._seconds[report.nodeid], 4),
            explanation=found.explanation,
            reason=found.reason,
            link=found.link,
        )
        timeline = timeline_of(report)
        if timeline is not None:
            verdict["timeline"] = timeline

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the reports."""
        failed = any(verdict["verdict"] in FAILURES for verdict in self._verdicts.values())
        if not (failed or self._files or self._baseline or github.is_watching()):
            return  # nobody reads the report, which has the code of all claims, so that it takes half a second
        self._report = self._document(int(session.exitstatus))
        for file in self._files:
            writers.write([self._report], file)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print likely causes, what has changed, the paths of the reports, and annotations for GitHub Actions."""
        report = self._report
        if report is None:
            return
        groups = causes.group([report])
        if any(len(group.claims) > 1 for group in groups):
            terminalreporter.section("likely causes")
            for group in groups:
                terminalreporter.write_line(f"{', '.join(group.claims)} on {', '.join(group.targets)}: {group.seen}")
        if self._baseline is not None:
            terminalreporter.section(f"since {self._baseline.file}, {self._baseline.report['created']}")
            for line in changes.since(self._baseline.report, report):
                terminalreporter.write_line(line)
        for file in self._files:
            terminalreporter.write_line(f"report: {file}")
        if github.is_watching():
            for line in github.lines(report):
                terminalreporter.write_line(line)

    def _document(self, status: int) -> Document:
        claims = Claim.all()
        order = {claim.id: number for number, claim in enumerate(claims)}
        names = [target.name for target in self._targets]
        return Document(
            schema=document.REPORT_SCHEMA,
            created=self._created.isoformat(timespec="seconds"),
            project=writers.project(),
            python=platform.python_version(),
            implementation=targets.implementation(),
            platform=platform.platform(),
            lessons=self._lessons,
            exit_status=status,
            planned=self._planned,
            seconds=round(time.monotonic() - self._start, 2),
            targets=[_target(target) for target in self._targets],
            claims=[_claim(claim) for claim in claims],
            verdicts=sorted(
                self._verdicts.values(), key=lambda one: (order[one["claim"]], names.index(one["target"]))
            ),
        )


def _target(target: targets.Target) -> document.TargetData:
    return document.TargetData(
        name=target.name,
        module=target.module.__name__,
        version=target.version,
        file=target.file,
        start_method=target.start_method,
        starter_is_parent=target.traits.starter_is_parent,
        inherits_memory=target.traits.inherits_memory,
        runs_main_again=target.traits.runs_main_again,
        known_by=target.known_by,
    )


def _claim(claim: Claim) -> document.ClaimData:
    return document.ClaimData(
        id=claim.id,
        lesson=claim.lesson,
        wording=claim.wording,
        sources=[document.SourceData(where=source.where, kind=source.kind) for source in claim.sources],
        conditions=[condition.wording for condition in claim.conditions],
        needs=list(claim.needs),
        test=claim.test,
        code=claim.code,
    )
