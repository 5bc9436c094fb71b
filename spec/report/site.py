"""Many reports as a site of static pages, which fetch nothing: an overview, and a page for each claim.

The overview has a row for each claim and a column for each library.  The page of a claim has a row for each library
and Python, and a column for each context, as the tables of features of browsers have.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Optional

from spec.engine.verdicts import FAILING, HOLDS, KNOWN
from spec.report import comparison, html
from spec.report.comparison import Column
from spec.report.document import ClaimData, Document
from spec.report.timelines import pictures
from spec.report.writers import CannotWrite

GENERATOR = '<meta name="generator" content="multiprocessing-spec">'
"""A line of each page, by which an older site is recognized."""


class Tally(NamedTuple):
    """The verdicts on a claim on all targets of a library.

    Attributes:
        worst: the worst of them.
        agreeing: how many targets have this verdict.
        total: how many targets have a verdict.
    """

    worst: str
    agreeing: int
    total: int


class LibraryRow(NamedTuple):
    """A library in one Python.

    Attributes:
        library: its name and version.
        where: the version of Python, and what tells it from equal rows.
        columns: the column of the comparison in each context; None where the library was not verified in it.
    """

    library: str
    where: str
    columns: list[Optional[Column]]


def write(documents: Sequence[Document], folder: Path) -> None:
    """Write the site to *folder*, which is created, is empty, or has an older site.

    Raises:
        CannotWrite: the folder has other files, or cannot be written.
    """
    try:
        _check(folder)
        (folder / "claims").mkdir(parents=True, exist_ok=True)
        for old in (folder / "claims").glob("*.html"):
            old.unlink()
        (folder / "style.css").write_text(
            html.templates().get_template("style.css").render() + "\n", encoding="utf-8"
        )
        for name, text in _pages(documents).items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise CannotWrite(f"{folder} cannot be written: {error.strerror}") from error


def _check(folder: Path) -> None:
    index = folder / "index.html"
    is_site = index.is_file() and GENERATOR in index.read_text(encoding="utf-8", errors="replace")
    if folder.is_dir() and any(folder.iterdir()) and not is_site:
        raise CannotWrite(f"{folder} has other files in it: name a new folder, an empty one, or an older site")


def _pages(documents: Sequence[Document]) -> dict[str, str]:
    """Return the text of each page, by its path in the site."""
    columns, claims = comparison.columns(documents), comparison.rows(documents)
    libraries: dict[str, list[Column]] = {}
    for column in columns:
        libraries.setdefault(_library(column), []).append(column)
    contexts = list(dict.fromkeys(map(_context, columns)))
    tallies = {claim["id"]: [_tally(claim, of) for of in libraries.values()] for claim in claims}
    shared = {"documents": documents, "generator": GENERATOR, "figure": pictures.figure}
    index = html.templates().get_template("index.html.jinja")
    pages = {
        "index.html": index.render(
            **shared, columns=columns, libraries=list(libraries), lessons=html.by_lesson(claims), tallies=tallies
        )
    }
    page = html.templates().get_template("claim.html.jinja")
    rows = _rows(columns, contexts)
    for before, claim, after in zip([None, *claims], claims, [*claims[1:], None]):
        tried = [row for row in rows if any(column and claim["id"] in column.verdicts for column in row.columns)]
        pages[f"claims/{claim['id']}.html"] = page.render(
            **shared, claim=claim, before=before, after=after, contexts=contexts, rows=tried, columns=columns
        )
    return pages


def _rows(columns: Sequence[Column], contexts: Sequence[str]) -> list[LibraryRow]:
    found: dict[tuple[str, str], dict[str, Column]] = {}
    for column in columns:
        found.setdefault((_library(column), column.where), {})[_context(column)] = column
    return [
        LibraryRow(library, where, [by_context.get(context) for context in contexts])
        for (library, where), by_context in found.items()
    ]


def _tally(claim: ClaimData, columns: Sequence[Column]) -> Optional[Tally]:
    verdicts = [column.verdicts[claim["id"]]["verdict"] for column in columns if claim["id"] in column.verdicts]
    if not verdicts:
        return None
    order = [*FAILING, KNOWN, HOLDS]
    worst = min(verdicts, key=lambda verdict: order.index(verdict) if verdict in order else len(order))
    return Tally(worst, verdicts.count(worst), len(verdicts))


def _library(column: Column) -> str:
    """Return the name and version of a library; the standard library's, without the version of Python."""
    return " ".join(filter(None, (column.target["module"], column.target["version"])))


def _context(column: Column) -> str:
    return column.target["name"].partition(":")[2] or "as it is"
