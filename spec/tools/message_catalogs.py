"""Catalogs of translations: what they lack, and how Babel brings them up to date."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Union

from spec.paths import ROOT

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

_KEPT = re.compile(r"\{\w*(?:!\w)?\}|%(?:\(\w+\))?[a-z]|``[^`]+``|`[^`]+`|\]\([^)]+\)")
"""What a translation must have too: a placeholder of `str.format` or of the operator ``%``, code, a link."""

KEEPING = ("--ignore-obsolete", "--ignore-pot-creation-date", "--previous", "--width=118")
"""Options for an update.  If an English text has changed, its translation stays, with a mark and the old text."""


class Catalogs(NamedTuple):
    """The catalogs of one domain, in all languages.

    Attributes:
        domain: the name that their files have.
        folder: the folder with a folder for each language.
        template: a file with all messages, in English.
        remedy: what brings them up to date.
        compiled: whether the compiled files are kept too.
    """

    domain: str
    folder: Path
    template: Path
    remedy: str = "run python -m spec check --update"
    compiled: bool = False

    def files(self) -> Sequence[Path]:
        """Return the catalog of each language; one that is new may not be there yet."""
        return [folder / "LC_MESSAGES" / f"{self.domain}.po" for folder in sorted(self.folder.iterdir())]

    def outdated(self) -> list[Path]:
        """Return the catalogs that have other messages than there are, and the compiled files that are not theirs."""
        wanted = {one.id for one in read(self.template)}
        found = [file for file in self.files() if {one.id for one in read(file)} != wanted]
        compiled = {file: file.with_suffix(".mo") for file in self.files() if self.compiled}
        return [*found, *(made for file, made in compiled.items() if _strings(read(file)) != _compiled(made))]

    def update(self) -> list[Path]:
        """Bring the catalogs up to date, and return those that were not: translations stay, messages come and go."""
        found = self.outdated()
        if found:
            pybabel("update", f"-i{self.template}", f"-d{self.folder}", f"-D{self.domain}", *KEEPING)
        if found and self.compiled:
            pybabel("compile", f"-d{self.folder}", f"-D{self.domain}")
        return found

    def problems(self) -> Iterator[str]:
        """Yield a line for each problem: what is wrong, and what mends it."""
        for path in self.outdated():
            yield f"{path.relative_to(ROOT)}: it is out of date: {self.remedy}"
        for file in self.files():
            yield from (f"{file.relative_to(ROOT)}: {problem}" for one in read(file) for problem in _of(one))


def pybabel(command: str, *arguments: str) -> None:
    """Run a command of pybabel."""
    subprocess.run([sys.executable, "-m", "babel.messages.frontend", "-q", command, *arguments], cwd=ROOT, check=True)


def read(file: Path) -> Catalog:
    """Return the catalog in a *file*; an empty one if there is no file."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    if not file.exists():
        return Catalog()
    with file.open("rb") as opened:
        return read_po(opened, locale="en")  # a template does not say that English has plurals


def _compiled(file: Path) -> dict[str, str]:
    from babel.messages.mofile import read_mo

    if not file.exists():
        return {}
    with file.open("rb") as opened:
        return _strings(read_mo(opened))


def _strings(catalog: Catalog) -> dict[str, str]:
    """Return the translation of each message, apart from those that are not compiled."""
    return {
        "\n".join(_forms(one.id)): "\n".join(_forms(one.string))
        for one in catalog
        if one.id and one.string and not one.fuzzy
    }


def _of(message: Message) -> Iterator[str]:
    """Yield what is wrong with the translation of a *message*; one without text is the header of its catalog."""
    originals, translations = _forms(message.id), _forms(message.string)
    text = repr(textwrap.shorten(originals[0], 70))
    if not originals[0]:
        return
    if not all(translations):
        yield f"translate {text}"
    elif message.fuzzy:
        yield f"check the translation of {text}, whose English has changed, and remove the mark fuzzy"
    elif any({*_KEPT.findall(one)} != {*_KEPT.findall(originals[-1])} for one in translations):
        yield f"use the same placeholders, code and links in the translation of {text}"


def _forms(text: Union[str, Sequence[str], None]) -> Sequence[str]:
    """Return the singular and the plural of a text that has both."""
    return [text or ""] if text is None or isinstance(text, str) else text
