"""Reports as an HTML page: one file, which loads no other."""

from __future__ import annotations

from collections.abc import Sequence

from spec.report import comparison, html
from spec.report.differences import differ
from spec.report.document import Document
from spec.report.timelines import pictures


def render(documents: Sequence[Document], *, only_differing: bool = False) -> str:
    """Return an HTML page that compares *documents*.

    Args:
        documents: the reports.
        only_differing: show at first only the claims whose verdicts differ.
    """
    rows, columns = comparison.rows(documents), comparison.columns(documents)
    tallies = {
        claim["id"]: comparison.counts(
            column.verdicts[claim["id"]] for column in columns if claim["id"] in column.verdicts
        )
        for claim in rows
    }
    return (
        html.templates()
        .get_template("page.html.jinja")
        .render(
            documents=documents,
            columns=columns,
            tallies=tallies,
            bad={claim["id"] for claim, _ in comparison.failures(documents)},
            differing={
                claim["id"] for claim in rows if differ(column.verdicts.get(claim["id"]) for column in columns)
            },
            only_differing=only_differing,
            figure=pictures.figure,
            lessons=html.by_lesson(rows),
        )
    )
