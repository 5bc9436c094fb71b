"""Reports as a badge: an image, or data for https://shields.io/badges/endpoint-badge."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path

from spec.engine.verdicts import FAILING, HOLDS, KNOWN
from spec.report import comparison
from spec.report.document import Document, shortfall
from spec.report.writers import CannotWrite

BADGE_LABEL = "multiprocessing spec"
"""The text on the left of the badge."""

GREEN, YELLOW, RED = "#2a7f2e", "#8a6d00", "#b31d28"
"""Colours of the background, dark enough for white letters."""

LETTER_WIDTH = 6.6
"""The average width of a letter, in pixels.  The browser fits the text to the resulting space."""

SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{label}: {message}">
<title>{label}: {message}</title>
<rect width="{width}" height="20" rx="3" fill="#444"/>
<path d="M{left} 0h{inner}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{inner}z" fill="{colour}"/>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
<text x="6" y="14" textLength="{label_length}">{label}</text>
<text x="{message_x}" y="14" textLength="{message_length}">{message}</text>
</g>
</svg>
"""


def message(documents: Sequence[Document]) -> tuple[str, str]:
    """Return the text of the badge for these runs, and its colour."""
    verdicts = [one["verdict"] for column in comparison.columns(documents) for one in column.verdicts.values()]
    holding, known = verdicts.count(HOLDS), verdicts.count(KNOWN)
    failing = sum(verdicts.count(verdict) for verdict in FAILING)
    if not any(verdict in (HOLDS, KNOWN, *FAILING) for verdict in verdicts):
        return "nothing verified", RED
    if any(map(shortfall, documents)):
        return f"incomplete, {holding} hold", RED
    parts = [f"{holding} hold"]
    if known:
        parts.append(f"{known} known to deviate")
    if failing:
        parts.append(f"{failing} fail")
    return ", ".join(parts), RED if failing else YELLOW if known else GREEN


def write(documents: Sequence[Document], file: Path, label: str = BADGE_LABEL) -> None:
    """Write the badge.

    Args:
        documents: the runs, which the badge sums up.
        file: where to; a suffix of .svg makes an image, .json data for shields.
        label: the text on the left.

    Raises:
        CannotWrite: the file has another suffix, or cannot be written.
    """
    text, colour = message(documents)
    if file.suffix == ".svg":
        badge = _svg(label, text, colour)
    elif file.suffix == ".json":
        badge = json.dumps({"schemaVersion": 1, "label": label, "message": text, "color": colour}) + "\n"
    else:
        raise CannotWrite(f"{file}: the suffix of a badge is .svg, or .json for shields")
    try:
        file.write_text(badge, encoding="utf-8")
    except OSError as error:
        raise CannotWrite(f"{file} cannot be written: {error.strerror}") from error


def _svg(label: str, text: str, colour: str) -> str:
    left, right = round(len(label) * LETTER_WIDTH), round(len(text) * LETTER_WIDTH)
    return SVG.format(
        label=escape(label),
        message=escape(text),
        colour=colour,
        width=left + right + 24,
        left=left + 12,
        inner=right + 9,
        label_length=left,
        message_x=left + 18,
        message_length=right,
    )
