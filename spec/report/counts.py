"""Reports as tables of counts: a row for each library, or for each lesson and target; a column for each verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from impl import place_in_order
from spec.engine.verdicts import MEANINGS, NOT_APPLICABLE, NOT_PROVIDED
from spec.report import comparison
from spec.report.document import Document
from spec.report.markdown import cell

COUNTS_PART = "counts"
"""The name of the table by library, for the marks around it."""

LESSONS_PART = "lessons"
"""The name of the table by lesson."""


def render(documents: Sequence[Document]) -> str:
    """Return the table of the verdicts in *documents*, over all targets of each library."""
    counted: dict[tuple[str, str], Counter[str]] = {}
    for column in comparison.columns(documents):
        verdicts = counted.setdefault((comparison.library(column), column.run["python"]), Counter())
        verdicts.update(verdict["verdict"] for verdict in column.verdicts.values())
    return _table(["library", "Python"], {(cell(name), python): found for (name, python), found in counted.items()})


def render_by_lesson(documents: Sequence[Document]) -> str:
    """Return the table of the verdicts in *documents*, by lesson, package of lessons and target.

    It has no row for a lesson of which nothing is decided on a target, because it is not provided there.
    """
    counted: dict[tuple[str, ...], Counter[str]] = {}
    for column in comparison.columns(documents):
        for claim in column.run["claims"]:
            if claim["id"] in column.verdicts:
                key = claim["lesson"], cell(column.run["lessons"]), cell(column.label)
                verdicts = counted.setdefault(key, Counter())
                verdicts[column.verdicts[claim["id"]]["verdict"]] += 1
    decided = {key: verdicts for key, verdicts in counted.items() if verdicts.keys() - {NOT_APPLICABLE, NOT_PROVIDED}}
    return _table(
        ["lesson", "package", "target"], dict(sorted(decided.items(), key=lambda row: place_in_order(row[0][0])))
    )


def _table(heads: Sequence[str], counted: Mapping[tuple[str, ...], Counter[str]]) -> str:
    """Return a table with these *heads*, above the keys of *counted*, and then a column for each verdict."""
    shown = [verdict for verdict in MEANINGS if any(verdicts[verdict] for verdicts in counted.values())]
    rows = [[*heads, *shown], ["---"] * (len(heads) + len(shown))]
    for key, verdicts in counted.items():
        rows.append([*key, *(str(verdicts[verdict]) for verdict in shown)])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
