"""The catalogue of claims, as text and as `spec/CLAIMS.md`."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from spec.engine.claims import SPEC_FOLDER, Claim
from spec.engine.targets import KNOWN

FILE = SPEC_FOLDER / "CLAIMS.md"

HEAD = """\
# Claims

Each is a test, `spec/test_LESSON.py::test_WHAT_IS_CLAIMED`; `pytest spec/ --claim ID` runs it. Its wording is the
test's docstring. This file is made from the tests by `python -m spec.engine.catalogue`.
"""


def of(items: Iterable[pytest.Item]) -> list[Claim]:
    """Return the claims that *items* test, each once, in the order of the items."""
    return list(dict.fromkeys(claim for claim in map(Claim.of, items) if claim))


def start_methods(claim: Claim) -> str:
    """Say under which of the known start methods *claim* applies, and on which Pythons, if not on all."""
    where = [name for name, traits in KNOWN.items() if claim.suits(traits)]
    pythons = [condition.wording for condition in claim.conditions if condition.of_python]
    return "; ".join(["every start method" if len(where) == len(KNOWN) else ", ".join(where), *pythons])


def text(claims: Iterable[Claim]) -> list[str]:
    """Return the catalogue as lines for a terminal."""
    lines: list[str] = []
    lesson = None
    for claim in claims:
        if claim.lesson != lesson:
            lesson = claim.lesson
            lines += ["", f"{lesson}:"]
        lines += [f"  {claim.id} ({start_methods(claim)})", f"      {claim.wording}"]
    return lines[1:]


def markdown(claims: Iterable[Claim]) -> str:
    """Return the catalogue as Markdown."""
    lines = [HEAD]
    lesson = None
    for claim in claims:
        if claim.lesson != lesson:
            lesson = claim.lesson
            lines += [f"## {lesson}", "", "| claim | what it says | where it applies |", "|---|---|---|"]
        wording = claim.wording.replace("|", "\\|")
        lines.append(f"| `{claim.id}` | {wording} | {start_methods(claim)} |")
    return "\n".join(lines).replace("\n## ", "\n\n## ") + "\n"


def main() -> None:
    """Write the file."""
    claims = Claim.all()
    FILE.write_text(markdown(claims), encoding="utf-8")
    print(f"{FILE}: {len(claims)} claims")


if __name__ == "__main__":
    main()
