"""What all HTML pages have in common: the templates, and how values are shown in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import groupby

import jinja2
from markupsafe import Markup, escape

from spec.engine.lessons import REFERENCE
from spec.engine.verdicts import CRASHED, FAILING, FIXED, HOLDS, HUNG, KNOWN, NOT_APPLICABLE, NOT_PROVIDED, VIOLATED
from spec.installation import VERIFY
from spec.report import comparison
from spec.report.comparison import Column
from spec.report.document import ClaimData, shortfall

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


@cache
def templates() -> jinja2.Environment:
    """Return the environment that has the templates, their filters, and what all of them refer to."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("spec.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(breakable=breakable, prose=prose)
    environment.globals.update(signs=SIGNS, failing=FAILING, known=KNOWN, command=command, shortfall=shortfall)
    return environment


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
    return " ".join([VERIFY, *dict.fromkeys([*lessons, *targets]), f"--claim {claim['id']}"])


def by_lesson(claims: Sequence[ClaimData]) -> list[tuple[str, list[ClaimData]]]:
    """Return the *claims* of each lesson, in their order."""
    return [(lesson, list(found)) for lesson, found in groupby(claims, key=lambda claim: claim["lesson"])]
