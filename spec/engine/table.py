"""The table at the end of a run: a row for each claim, a column for each target."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from spec.engine.claims import ids
from spec.engine.findings import Finding
from spec.engine.verdicts import FAILING, KNOWN, NOT_APPLICABLE, NOT_PROVIDED

SHORT = {NOT_APPLICABLE: "n/a"}


def render(findings: Sequence[Finding], targets: Sequence[str], quiet: bool = False) -> list[str]:
    """Return the lines of the table, in the order of the claims.

    If *quiet*, only claims that fail on a target have a row, and there is no table if none fails.

    Failures are in capitals.  A cell stays empty where the claim was not tested on that target.  A target on which no
    claim was tested has no column, such as that of managed objects if no claim about such was asked for.
    """
    cells: dict[tuple[str, str], str] = {}
    for found in findings:
        verdict = SHORT.get(found.verdict, found.verdict)
        so_far = cells.get((found.claim, found.target), "")
        if not (so_far.isupper() or so_far == KNOWN):  # a failure stays, whatever the other phases of the test say
            cells[found.claim, found.target] = verdict.upper() if found.verdict in FAILING else verdict
    order = {claim: number for number, claim in enumerate(ids())}
    shown = {claim for (claim, _), verdict in cells.items() if verdict.isupper() or not quiet}
    if not shown:
        return []
    claims = sorted(shown, key=order.__getitem__)
    columns = [target for target in targets if any(tested == target for _, tested in cells)]
    rows = [["claim", *columns]]
    rows += [[claim, *(cells.get((claim, target), "") for target in columns)] for claim in claims]
    widths = [max(map(len, column)) for column in zip(*rows)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


class Table:
    """A pytest plugin that collects the verdicts and prints the table.

    Args:
        targets: the names of the targets, in the order of their columns.
    """

    def __init__(self, targets: Sequence[str]) -> None:
        self._targets = targets
        self._findings: list[Finding] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the finding that a report carries."""
        found = Finding.of(report)
        if found:
            self._findings.append(found)

    @property
    def _undecided(self) -> bool:
        """Whether claims were run, and none was decided."""
        undecided = (NOT_APPLICABLE, NOT_PROVIDED)
        return bool(self._findings) and all(found.verdict in undecided for found in self._findings)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Let a run that has decided nothing end as one that has found no tests."""
        if self._undecided and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table, what is not provided, and what is known; nothing if no claim was run.

        With ``-q``, print only the claims that fail.
        """
        if self._findings:
            quiet = terminalreporter.verbosity < 0
            lines = render(self._findings, self._targets, quiet)
            if not quiet:
                lines += [*self._not_provided(), *self._known()]
            if lines:
                terminalreporter.section("claims")
            for line in lines:
                terminalreporter.write_line(line)
            if self._undecided:
                terminalreporter.write_line("no claim was decided, so nothing was verified", red=True)

    def _not_provided(self) -> list[str]:
        """Return a line for each name that the target or the lesson package lacks."""
        lacking = {found.explanation for found in self._findings if found.verdict == NOT_PROVIDED}
        return [f"{NOT_PROVIDED}: {what}" for what in sorted(lacking)]

    def _known(self) -> list[str]:
        """Return a line for each known deviation: the claims that do not hold, the targets, and the reason."""
        cases: dict[str, dict[tuple[str, str], None]] = {}
        for found in self._findings:
            if found.verdict == KNOWN:
                reason = " ".join(filter(None, (found.reason, found.link)))
                cases.setdefault(reason, {})[found.claim, found.target] = None
        lines = []
        for reason, [(claim, target), *more] in cases.items():
            others = f" and {len(more)} more" if more else ""
            lines.append(f"{KNOWN}: {claim} on {target}{others}: {reason}")
        return lines
