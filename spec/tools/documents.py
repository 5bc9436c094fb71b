"""Parts of documents that are made from the code, so that they cannot be out of date.

A part stands between two lines, ``<!-- made from the code: NAME -->`` and ``<!-- end of NAME -->``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Callable

from spec.engine import hangs
from spec.engine.claims import Claim
from spec.engine.verdicts import FAILING, MEANINGS
from spec.paths import ROOT
from spec.tools import catalogue
from spec.tools.coverage import coverage_document
from spec.tools.coverage.tables import BadTable


def _hang_rules() -> str:
    rows = [f"| {rule.when.format(seconds=f'{rule.default:g}')} | `{rule.option}` |" for rule in hangs.RULES]
    return "\n".join(["| the claim hangs when | changed by |", "|---|---|", *rows])


def _verdicts() -> str:
    shown = {verdict: verdict.upper() if verdict in FAILING else verdict for verdict in MEANINGS}
    rows = [f"| {shown[verdict]} | {meaning} |" for verdict, meaning in MEANINGS.items()]
    return "\n".join(["| verdict | meaning |", "|---|---|", *rows])


PARTS: dict[str, Callable[[], str]] = {"hang rules": _hang_rules, "verdicts": _verdicts}
"""What makes each part, by its name."""

_PART = re.compile(
    r"(?P<begin><!-- made from the code: (?P<name>[\w ]+) -->\n).*?(?P<end><!-- end of (?P=name) -->)", re.DOTALL
)


def expected() -> Iterator[tuple[Path, str]]:
    """Yield each document that is made from the code, wholly or in part, and what it should contain."""
    claims = Claim.all()
    yield catalogue.CATALOGUE_FILE, catalogue.markdown(claims)
    with suppress(BadTable):  # which is a problem of its own
        yield coverage_document.DOCUMENT_FILE, coverage_document.markdown(claims)
        yield coverage_document.LIBRARIES_FILE, coverage_document.libraries_markdown()
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        text = path.read_text(encoding="utf-8")
        yield path, _PART.sub(lambda part: f"{part['begin']}{PARTS[part['name']]()}\n{part['end']}", text)


def outdated() -> Iterator[tuple[Path, str]]:
    """Yield each document that is out of date, and what it should contain."""
    for path, text in expected():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            yield path, text
