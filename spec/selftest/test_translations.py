"""README.zh.md says what README.md says: whoever changes one of them must change the other."""

from __future__ import annotations

import re
from typing import Callable

import pytest

from spec.paths import ROOT

ORIGINAL, TRANSLATION = (ROOT / name for name in ("README.md", "README.zh.md"))


def headings(text: str) -> list[int]:
    """Return the level of each heading."""
    return [len(heading) for heading in re.findall(r"^(#+) ", without_code(text), re.MULTILINE)]


def commands(text: str) -> list[str]:
    """Return the blocks of code, without comments."""
    return [re.sub(r" *#.*", "", block) for block in re.findall(r"^```\n?(.*?)^```", text, re.DOTALL | re.MULTILINE)]


def links(text: str) -> list[str]:
    """Return where the links lead, but for those between the languages."""
    return [link for link in re.findall(r"\]\(([^)]+)\)", text) if not link.startswith("README")]


def inline_code(text: str) -> set[str]:
    """Return what stands as code in the text and in tables."""
    return {re.sub(r"\s+", " ", code) for code in re.findall(r"`([^`]+)`", without_code(text))}


def first_cells(text: str) -> list[str]:
    """Return the first cell of each row of the tables, but for their heads."""
    return re.findall(r"^\| ([^|\n]+) \|[^\n]*$(?!\n\| ?-)", without_code(text), re.MULTILINE)


def numbers(text: str) -> list[str]:
    """Return the table of the libraries, and the numbers above a thousand."""
    return re.findall(r"<!-- counts -->.*<!-- end of counts -->|\d,\d{3}", text, re.DOTALL)


def without_code(text: str) -> str:
    """Return the text without the blocks of code."""
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("part", [headings, commands, links, inline_code, first_cells, numbers])
def test_translation_is_complete(part: Callable[[str], object]) -> None:
    original, translation = (part(file.read_text(encoding="utf-8")) for file in (ORIGINAL, TRANSLATION))
    assert original
    assert translation == original
