"""Differences between two columns, as text for a terminal and as Markdown."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Optional

from spec.report import markdown
from spec.report.differences import Difference, Kind, Pair
from spec.report.document import VerdictData

WIDTH = 118
"""The width of the text, in characters."""


def text(pairs: Sequence[Pair]) -> str:
    """Return the differences of all *pairs* as text."""
    return "\n\n".join("\n".join(_text(pair)) for pair in pairs) + "\n"


def as_markdown(pairs: Sequence[Pair]) -> str:
    """Return the differences of all *pairs* as Markdown, for a part of a document."""
    return "\n\n".join("\n".join(_markdown(pair)) for pair in pairs) + "\n"


def summary(pair: Pair) -> str:
    """Return in a line what is compared, and how many claims differ."""
    differing, all_claims = len(pair.differences()), len(pair.claims())
    left, right = (f"{column.label} on {column.where}" for column in (pair.left, pair.right))
    return f"{left}, and {right}: {differing or 'none'} of {all_claims} claims differ"


def _text(pair: Pair) -> Iterator[str]:
    yield summary(pair)
    for kind, differences in _by_kind(pair):
        yield ""
        yield f"{pair.title(kind)} ({len(differences)}):"
        for difference in differences:
            yield f"  {difference.claim['id']}"
            yield from _wrapped(difference.claim["wording"])
            for line in _explanations(pair, difference):
                yield from _wrapped(line)


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, WIDTH, initial_indent="      ", subsequent_indent="      ", break_on_hyphens=False)


def _markdown(pair: Pair) -> Iterator[str]:
    yield f"**{markdown.text(summary(pair))}.**"
    for kind, differences in _by_kind(pair):
        yield ""
        yield f"### {markdown.text(pair.title(kind).capitalize())} ({len(differences)})"
        yield ""
        for difference in differences:
            yield f"- `{difference.claim['id']}`: {markdown.prose(difference.claim['wording'])}"
            for line in _explanations(pair, difference):
                yield f"  *{markdown.text(line)}*"


def _by_kind(pair: Pair) -> list[tuple[Kind, list[Difference]]]:
    return [
        (kind, list(found)) for kind, found in groupby(pair.differences(), key=lambda difference: difference.kind)
    ]


def _explanations(pair: Pair, difference: Difference) -> list[str]:
    """Return why the claim does not hold or does not apply, for each column where that is so."""
    lines = (_explanation(name, verdict) for name, verdict in zip(pair.labels, difference.verdicts))
    return [line for line in lines if line]


def _explanation(name: str, verdict: Optional[VerdictData]) -> str:
    if verdict is None:
        return ""
    why = " ".join([verdict["reason"] or verdict["explanation"].partition("\n")[0], verdict["link"]]).strip()
    return f"{name}: {verdict['verdict']}: {why}" if why else ""
