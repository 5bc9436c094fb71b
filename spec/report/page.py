"""Reports as an HTML page: one file, which loads no other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

import jinja2
from markupsafe import Markup, escape

from spec.engine.lessons import REFERENCE
from spec.engine.verdicts import CRASHED, FAILING, FIXED, HOLDS, HUNG, KNOWN, NOT_APPLICABLE, NOT_PROVIDED, VIOLATED
from spec.report import comparison
from spec.report.comparison import Column
from spec.report.differences import differ
from spec.report.document import ClaimData, Document, shortfall

SIGNS = {
    HOLDS: "✓",
    VIOLATED: "✗",
    HUNG: "∞",
    CRASHED: "↯",
    FIXED: "!",
    KNOWN: "△",
    NOT_PROVIDED: "○",
    NOT_APPLICABLE: "\N{EN DASH}",
}
"""The sign before each verdict, which helps the eye; the verdict is there in words too."""


def render(documents: Sequence[Document], *, only_differing: bool = False) -> str:
    """Return an HTML page that compares *documents*.

    Args:
        documents: the reports.
        only_differing: show at first only the claims whose verdicts differ.
    """
    loader = jinja2.PackageLoader("spec.report", ".")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(breakable=breakable, prose=prose)
    rows, columns = comparison.rows(documents), comparison.columns(documents)
    tallies = {
        claim["id"]: comparison.counts(
            column.verdicts[claim["id"]] for column in columns if claim["id"] in column.verdicts
        )
        for claim in rows
    }
    return environment.get_template("page.html.jinja").render(
        documents=documents,
        columns=columns,
        tallies=tallies,
        bad={claim["id"] for claim, _ in comparison.failures(documents)},
        differing={claim["id"] for claim in rows if differ(column.verdicts.get(claim["id"]) for column in columns)},
        only_differing=only_differing,
        lessons=[(lesson, list(claims)) for lesson, claims in groupby(rows, key=_lesson)],
        signs=SIGNS,
        failing=FAILING,
        known=KNOWN,
        command=command,
        shortfall=shortfall,
    )


def breakable(name: str) -> Markup:
    """Return *name* as HTML that may wrap after each of its parts; a copy from the page is the plain name."""
    return Markup(re.sub(r"([.\-_:/])", r"\1<wbr>", str(escape(name))))


def prose(words: str) -> Markup:
    """Return *words* as HTML, with the parts between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(words))))


def command(claim: ClaimData, columns: Sequence[Column]) -> str:
    """Return the command that tests *claim* again on the targets on which it does not hold, or on all if it holds."""
    tried = comparison.bad_on(claim, columns) or [column for column in columns if claim["id"] in column.verdicts]
    lessons = [f"--impl {column.run['lessons']}" for column in tried if column.run["lessons"] != REFERENCE]
    targets = [f"--mp {column.target['name']}" for column in tried]
    return " ".join(["pytest spec/", *dict.fromkeys([*lessons, *targets]), f"--claim {claim['id']}"])


def _lesson(claim: ClaimData) -> str:
    return claim["lesson"]
