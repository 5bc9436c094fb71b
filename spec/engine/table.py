"""The table at the end of a run: a row for each claim, a column for each target."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from spec.engine.judging import Entry, entry
from spec.engine.verdicts import FAILING, KNOWN, NOT_APPLICABLE, NOT_PROVIDED

SHORT = {NOT_APPLICABLE: "n/a"}


def render(entries: Sequence[Entry], targets: Sequence[str]) -> list[str]:
    """Return the lines of the table, in the order of the tests' places in the spec.

    Failures are in capitals.  A cell stays empty where the claim was not tested on that target.
    """
    cells: dict[tuple[str, str], str] = {}
    places: dict[str, tuple[str, int]] = {}
    for found in entries:
        verdict = SHORT.get(found.verdict, found.verdict)
        known = cells.get((found.claim, found.target), "")
        if not (known.isupper() or known == KNOWN):  # a failure stays, whatever the other phases of the test say
            cells[found.claim, found.target] = verdict.upper() if found.verdict in FAILING else verdict
        places[found.claim] = found.place
    claims = sorted(places, key=lambda claim: (places[claim], claim))
    rows = [["claim", *targets]]
    rows += [[claim, *(cells.get((claim, target), "") for target in targets)] for claim in claims]
    widths = [max(map(len, column)) for column in zip(*rows)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


class Table:
    """A pytest plugin that collects the verdicts and prints the table.

    Args:
        targets: the names of the targets, in the order of their columns.
    """

    def __init__(self, targets: Sequence[str]) -> None:
        self._targets = targets
        self._entries: list[Entry] = []
        self._lacking: list[str] = []
        self._reasons: dict[tuple[str, str], str] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the verdict that a report carries, and what it says is not provided or known."""
        found = entry(report)
        if found:
            self._entries.append(found)
            if found.verdict == KNOWN:
                facts = dict(report.user_properties)
                reason = " ".join(str(facts[key]) for key in ("reason", "link") if facts[key])
                self._reasons[found.claim, found.target] = reason
            if found.verdict == NOT_PROVIDED and isinstance(report.longrepr, tuple):
                self._lacking.append(report.longrepr[2].removeprefix("Skipped: "))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table, if there is anything in it, and what is not provided, and what is known."""
        if self._entries:
            terminalreporter.section("claims")
            for line in [*render(self._entries, self._targets), *sorted(set(self._lacking)), *self._known()]:
                terminalreporter.write_line(line)

    def _known(self) -> list[str]:
        """Return a line for each reason why claims are known not to hold: which they are, and where."""
        cases: dict[str, list[tuple[str, str]]] = {}
        for (claim, target), reason in self._reasons.items():
            cases.setdefault(reason, []).append((claim, target))
        lines = []
        for reason, [(claim, target), *more] in cases.items():
            others = f" and {len(more)} more" if more else ""
            lines.append(f"{KNOWN}: {claim} on {target}{others}: {reason}")
        return lines
