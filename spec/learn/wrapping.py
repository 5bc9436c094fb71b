"""Lay out text for a terminal, where a Chinese character is as wide as two Latin ones.

`textwrap` counts characters, and breaks lines at spaces only.  Chinese has no spaces between words.  A line may end
after any character, but some punctuation must not begin or end a line.
"""

from __future__ import annotations

import re
import unicodedata

MESSAGE_WIDTH = 96
"""How many columns a line of a message has at most."""

_OPENING = "（《「『【“‘"
_CLOSING = "，。、；：？！）》」』】”’"
_CHINESE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"

_UNIT = re.compile(
    rf"\s*[{_OPENING}]*(?:[^\s{_OPENING}{_CLOSING}{_CHINESE}]+|(?![{_CLOSING}])[{_CHINESE}])?[{_CLOSING}]*"
)
"""What stays in one line: a word in Latin letters, or a Chinese character, with its punctuation."""


def columns(text: str) -> int:
    """Return how many columns of a terminal a line takes."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def padded(text: str, width: int) -> str:
    """Return the text, with spaces at its end, so that it takes at least *width* columns."""
    return text + " " * (width - columns(text))


def fill(text: str, width: int, first: str = "", rest: str = "") -> str:
    """Return the text in lines.

    Args:
        text: a paragraph.
        width: how many columns a line has at most.  A word that is longer is not broken.
        first: what the first line begins with.
        rest: what the other lines begin with.
    """
    lines, line, begin = [], first, first
    for unit in _UNIT.findall(text.strip()):
        if line != begin and columns(line + unit) > width:
            lines.append(line)
            line = begin = rest
        line += unit.lstrip() if line == begin else unit
    return "\n".join([*lines, line])
