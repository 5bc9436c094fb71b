"""Reports as a table of what becomes of the others when a process dies: a row for each claim, a column by library."""

from __future__ import annotations

from collections.abc import Sequence

from spec.engine.verdicts import FAILURES, HOLDS, KNOWN
from spec.report import comparison
from spec.report.comparison import Column
from spec.report.document import ClaimData, Document
from spec.report.markdown import cell

DEATHS_PART = "deaths"
"""The name of the table, for the marks around it."""

MODULE = "test_killed_processes.py"
"""The name of the modules with the claims about this, one for each lesson."""

YES, NO, NOTHING = "yes", "no", "-"


def render(documents: Sequence[Document]) -> str:
    """Return the table of the claims about killed processes in *documents*."""
    libraries: dict[str, list[Column]] = {}
    for column in comparison.columns(documents):
        libraries.setdefault(comparison.library(column), []).append(column)
    rows = [["when a process dies", *map(cell, libraries)], ["---"] * (1 + len(libraries))]
    for claim in comparison.rows(documents):
        if claim["test"].partition("::")[0].endswith(f"/{MODULE}"):
            answers = [_answer(claim, columns) for columns in libraries.values()]
            rows.append([f"{cell(claim['wording'])} `{claim['id']}`", *answers])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _answer(claim: ClaimData, columns: Sequence[Column]) -> str:
    """Return whether *claim* holds on a library; if that depends on the context, in which it does not."""
    verdicts = {
        column.target["name"].partition(":")[2]: column.verdicts[claim["id"]]["verdict"]
        for column in columns
        if claim["id"] in column.verdicts
    }
    held = [context for context, verdict in verdicts.items() if verdict == HOLDS]
    failed = [context for context, verdict in verdicts.items() if verdict in (KNOWN, *FAILURES)]
    if not failed:
        return YES if held else NOTHING
    return f"{NO}: {cell(', '.join(failed))}" if held else NO
