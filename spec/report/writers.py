"""Write reports: which formats there are, and what they take."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from spec.report import document, markdown
from spec.report.document import Document

SUFFIXES = (".json", ".md", ".html")

EXTRA = "pip install '.[report]'"


class CannotWrite(ValueError):
    """A report cannot be written where or as it was asked for.  The message is one line for the user."""


def check(file: Path) -> None:
    """See to it, before a long run, that a report can be written to *file*.

    Raises:
        CannotWrite: it cannot.
    """
    if file.suffix not in SUFFIXES:
        raise CannotWrite(f"{file}: the suffix says the format, one of {', '.join(SUFFIXES)}")
    if file.is_dir():
        raise CannotWrite(f"{file}: a folder is in its place")
    if not file.absolute().parent.is_dir():
        raise CannotWrite(f"{file}: there is no folder {file.absolute().parent} for it")
    if file.suffix == ".html" and importlib.util.find_spec("jinja2") is None:
        raise CannotWrite(f"{file}: HTML takes Jinja2, which is not installed; {EXTRA} brings it")
    is_new = not file.exists()
    try:
        file.open("ab").close()  # what is there stays
        if is_new:
            file.unlink()
    except OSError as error:
        raise CannotWrite(f"{file}: it cannot be written: {error.strerror}") from None


def write(documents: Sequence[Document], file: Path) -> None:
    """Write *documents*, one run each, side by side, to *file*; its suffix says how.

    Raises:
        CannotWrite: in that format, or so many in one file, it cannot be.
    """
    check(file)
    if file.suffix == ".json":
        if len(documents) != 1:
            raise CannotWrite(f"{file}: JSON holds one run; {len(documents)} of them make a page, .md or .html")
        document.write(documents[0], file)
    elif file.suffix == ".md":
        file.write_text(markdown.render(documents), encoding="utf-8")
    else:
        from spec.report import page  # takes an extra

        file.write_text(page.render(documents), encoding="utf-8")


def project() -> str:
    """Return the version of this project, or ``unknown`` where it was not installed."""
    try:
        return version("multiprocessing-spec")
    except PackageNotFoundError:
        return "unknown"
