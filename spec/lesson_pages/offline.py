"""Check that pages fetch nothing from another host when they are viewed: no style, script, font or picture.

``python -m spec.lesson_pages.offline FOLDER`` checks all files of a site.  Links that a reader follows may lead
anywhere.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Optional

LOADED_LINKS = {
    "stylesheet",
    "icon",
    "shortcut",
    "preload",
    "prefetch",
    "modulepreload",
    "preconnect",
    "dns-prefetch",
}
"""The values of ``rel`` with which a browser fetches, or connects to, what an element ``link`` leads to."""

_ELSEWHERE = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)

_STYLE = re.compile(r"""(?:url\(\s*|@import\s+)['"]?((?:https?:)?//[^'")\s;]+)""", re.IGNORECASE)

_SCRIPT = re.compile(
    r"""(?:\bimport\s*\(?|\bfrom|\bfetch\(|\.open\(\s*['"]\w+['"]\s*,|importScripts\(|\.src\s*=|new\s+Worker\()"""
    r"""\s*['"`]((?:https?:)?//[^'"`\s]+)"""
)


class _Resources(HTMLParser):
    """Collects the addresses that a browser loads for a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Optional[str]]]) -> None:
        """Note what a tag loads."""
        values = {name: value or "" for name, value in attrs}
        self._inside = tag if tag in ("style", "script") else ""
        if tag == "link" and LOADED_LINKS & {*values.get("rel", "").lower().split()}:
            self._note(values.get("href", ""))
        if tag in ("use", "image"):  # of SVG
            self._note(values.get("href", values.get("xlink:href", "")))
        for name in ("src", "poster", "data"):
            self._note(values.get(name, ""))
        for candidate in values.get("srcset", "").split(","):
            self._note(candidate)
        self.found += _STYLE.findall(values.get("style", ""))

    def handle_endtag(self, tag: str) -> None:
        """Note that a style or a script has ended."""
        self._inside = "" if tag == self._inside else self._inside

    def handle_data(self, data: str) -> None:
        """Note what a style or a script in the page loads."""
        if self._inside:
            self.found += (_STYLE if self._inside == "style" else _SCRIPT).findall(data)

    def _note(self, address: str) -> None:
        if _ELSEWHERE.match(address):
            self.found.append(address.strip())


def fetched(text: str, suffix: str) -> list[str]:
    """Return the addresses on other hosts that a browser loads for a file.

    Args:
        text: the content of the file.
        suffix: its suffix, which is one of .html, .svg, .css and .js.
    """
    if suffix in (".html", ".svg"):
        page = _Resources()
        page.feed(text)
        return page.found
    return (_STYLE if suffix == ".css" else _SCRIPT).findall(text)


def fetched_by_site(folder: Path) -> Iterator[str]:
    """Yield a line for each file in *folder* and each address on another host that it loads."""
    for file in sorted(folder.rglob("*")):
        if file.suffix in (".html", ".svg", ".css", ".js"):
            for address in fetched(file.read_text(encoding="utf-8"), file.suffix):
                yield f"{file.relative_to(folder)} loads {address}"


def main(arguments: Sequence[str]) -> int:
    """Print what the site in the folder that the command line names loads, and return 1 if that is anything."""
    [folder] = map(Path, arguments)
    found = [*fetched_by_site(folder)] if (folder / "index.html").exists() else [f"{folder} is no site"]
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
