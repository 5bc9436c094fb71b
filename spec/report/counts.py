"""Reports as a table of counts: a row for each library, a column for each verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from spec.engine.verdicts import MEANINGS
from spec.report import comparison
from spec.report.document import Document
from spec.report.markdown import cell

COUNTS_PART = "counts"
"""The name of the table, for the marks around it."""


def render(documents: Sequence[Document]) -> str:
    """Return the table of the verdicts in *documents*, over all targets of each library."""
    counted: dict[tuple[str, str], Counter[str]] = {}
    for column in comparison.columns(documents):
        verdicts = counted.setdefault((comparison.library(column), column.run["python"]), Counter())
        verdicts.update(verdict["verdict"] for verdict in column.verdicts.values())
    shown = [verdict for verdict in MEANINGS if any(verdicts[verdict] for verdicts in counted.values())]
    rows = [["library", "Python", *shown], ["---"] * (2 + len(shown))]
    for (library, python), verdicts in counted.items():
        rows.append([cell(library), python, *(str(verdicts[verdict]) for verdict in shown)])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
