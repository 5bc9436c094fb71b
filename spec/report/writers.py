"""Write reports in each format."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from spec.installation import DISTRIBUTION, installing
from spec.report import document, markdown, sarif
from spec.report.document import Document

SUFFIXES = (".json", ".md", ".html", ".sarif")
"""The suffixes of report files; the suffix determines the format."""


class CannotWrite(ValueError):
    """A report cannot be written to this file or in this format.  The message is one line for the user."""


def check(file: Path, suffixes: Sequence[str] = SUFFIXES) -> None:
    """Check, before a long run, that something can be written to *file*.

    Args:
        file: the file.
        suffixes: those of the formats in which it can be written; a report's if left out.

    Raises:
        CannotWrite: it cannot be written.
    """
    if file.suffix not in suffixes:
        raise CannotWrite(f"{file}: the suffix determines the format, and is one of {', '.join(suffixes)}")
    if file.is_dir():
        raise CannotWrite(f"{file}: it is a folder")
    if not file.absolute().parent.is_dir():
        raise CannotWrite(f"{file}: there is no folder {file.absolute().parent}")
    if file.suffix in {".html", ".svg"}:
        _check_html(file)
    is_new = not file.exists()
    try:
        file.open("ab").close()  # does not change a file that exists
        if is_new:
            file.unlink()
    except OSError as error:
        raise CannotWrite(f"{file}: it cannot be written: {error.strerror}") from None


def _check_html(file: Path) -> None:
    if importlib.util.find_spec("jinja2") is None:
        kind = file.suffix[1:].upper()
        raise CannotWrite(f"{file}: {kind} needs Jinja2, which is not installed; {installing('report')} installs it")


def write(documents: Sequence[Document], file: Path) -> None:
    """Write the reports of one or more runs to *file*; the suffix determines the format.

    Raises:
        CannotWrite: the file cannot be written, or it is JSON, which holds one run only.
    """
    check(file)
    if file.suffix == ".json":
        if len(documents) != 1:
            raise CannotWrite(f"{file}: JSON holds one run; a page of {len(documents)} runs is .md or .html")
        document.write(documents[0], file)
    elif file.suffix == ".md":
        file.write_text(markdown.render(documents), encoding="utf-8")
    elif file.suffix == ".sarif":
        file.write_text(sarif.render(documents), encoding="utf-8")
    else:
        from spec.report import page  # needs Jinja2, which is optional

        file.write_text(page.render(documents), encoding="utf-8")


def write_site(documents: Sequence[Document], folder: Path) -> None:
    """Write the reports of one or more runs to *folder* as a site; see `spec.report.site`.

    Raises:
        CannotWrite: the folder has other files, or cannot be written.
    """
    _check_html(folder / "index.html")
    from spec.report import site  # needs Jinja2, which is optional

    site.write(documents, folder)


def write_timelines(documents: Sequence[Document], folder: Path) -> int:
    """Write a picture of each timeline in the reports to *folder*, and return how many; see `pictures.write`.

    Raises:
        CannotWrite: the folder has files, or cannot be written.
    """
    _check_html(folder / "timeline.svg")
    from spec.report.timelines import pictures  # needs Jinja2, which is optional

    return pictures.write(documents, folder)


def project() -> str:
    """Return the version of this project, or ``unknown`` if it is not installed."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "unknown"
