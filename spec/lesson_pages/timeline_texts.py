"""A timeline for a page: the picture, without the styles that the page has already, and the same in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple
from xml.etree import ElementTree

from spec.report.timelines.timeline import STATES

_SVG = "{http://www.w3.org/2000/svg}"


class LaneInWords(NamedTuple):
    """The lane of a process.

    Attributes:
        process: its role and its pid.
        states: the states that it was in, one after the other.
        end: who has adopted it, if anybody has, and how it ended.
    """

    process: str
    states: list[str]
    end: str


def inline(picture: str, label: str) -> str:
    """Return an SVG *picture* of a timeline for an HTML page that has the styles and patterns of timelines.

    Args:
        picture: the picture, as `spec.report.timelines.pictures.svg` returns it.
        label: what a screen reader says in its place.
    """
    bare = re.sub(r"<style>.*?</style>\s*<defs>.*?</defs>\s*", "", picture, count=1, flags=re.DOTALL)
    root = ElementTree.fromstring(bare)
    root.set("aria-label", label)
    ElementTree.register_namespace("", _SVG[1:-1])
    return ElementTree.tostring(root, encoding="unicode")


def lanes(picture: str) -> Iterator[LaneInWords]:
    """Yield the lanes of an SVG *picture* of a timeline, from the first process to the last."""
    for group in ElementTree.fromstring(picture).iter(f"{_SVG}g"):
        texts = ["".join(text.itertext()) for text in group.findall(f"{_SVG}text")]
        bars = [bar.get("class", "") for bar in group.findall(f"{_SVG}rect")]
        if texts and bars and texts[0] not in STATES:  # the legend has a bar for each state
            yield LaneInWords(texts[0], [state for state, _ in groupby(bars)], "; ".join(texts[1:]))
