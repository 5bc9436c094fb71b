"""The verdicts of reports as a small file, which changes little from run to run: a line for each claim.

A report is as large as some megabytes, and has times, paths and explanations.  This file has the verdicts, and the
causes of those that are known deviations.  The pages of the documentation are made from it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Optional

from spec.engine.verdicts import KNOWN
from spec.report import comparison
from spec.report.comparison import Column
from spec.report.document import Document
from spec.report.writers import CannotWrite

VERDICT_FILE_SCHEMA = 1
"""The version of what the file looks like."""

ByVerdict = Mapping[str, Sequence[str]]
"""The contexts of a library in which a claim has a verdict, by the verdict."""


class BadVerdictFile(ValueError):
    """A file is not one that `write` has written.  The message is one line for the user."""


@dataclass(frozen=True)
class VerifiedLibrary:
    """A library on one Python.

    Attributes:
        name: its name and its version.
        python: the version of Python.
        contexts: those in which it was verified, such as ``spawn``; an empty text for a module without contexts.
    """

    name: str
    python: str
    contexts: Sequence[str]


@dataclass(frozen=True)
class KnownCause:
    """Why claims are known not to hold on a library.

    Attributes:
        library: the name of the library, as in `VerifiedLibrary`.
        reason: the reason.
        link: where to read more; empty if there is no such page.
        claims: the ids of the claims.
    """

    library: str
    reason: str
    link: str
    claims: Sequence[str]


@dataclass(frozen=True)
class VerdictFile:
    """What such a file says.

    Attributes:
        libraries: the libraries, in the order of the reports.
        verdicts: the verdicts on each library by the id of the claim, in the order of the libraries; None for a
            library on which the claim was not verified.
        causes: the causes of known deviations, in the order of the libraries, and then of the claims.
    """

    libraries: Sequence[VerifiedLibrary]
    verdicts: Mapping[str, Sequence[Optional[ByVerdict]]]
    causes: Sequence[KnownCause]


def of(documents: Sequence[Document]) -> VerdictFile:
    """Return the verdicts in *documents*."""
    libraries: dict[tuple[str, str], list[Column]] = {}
    for column in comparison.columns(documents):
        libraries.setdefault((comparison.library(column), column.where), []).append(column)
    claims = sorted(claim["id"] for claim in comparison.rows(documents))
    return VerdictFile(
        [VerifiedLibrary(*names, [_context(column) for column in of]) for names, of in libraries.items()],
        {claim: [_by_verdict(claim, columns) for columns in libraries.values()] for claim in claims},
        [cause for (library, _), columns in libraries.items() for cause in _causes(library, columns)],
    )


def _causes(library: str, columns: Sequence[Column]) -> list[KnownCause]:
    claims: dict[tuple[str, str], set[str]] = {}
    for verdict in (one for column in columns for one in column.verdicts.values() if one["verdict"] == KNOWN):
        claims.setdefault((" ".join(verdict["reason"].split()), verdict["link"]), set()).add(verdict["claim"])
    causes = [KnownCause(library, reason, link, sorted(of)) for (reason, link), of in claims.items()]
    return sorted(causes, key=lambda cause: (*cause.claims, cause.reason))


def _context(column: Column) -> str:
    return column.target["name"].partition(":")[2]


def _by_verdict(claim: str, columns: Sequence[Column]) -> Optional[ByVerdict]:
    found: dict[str, list[str]] = {}
    for column in columns:
        if claim in column.verdicts:
            found.setdefault(column.verdicts[claim]["verdict"], []).append(_context(column))
    return found or None


def write(documents: Sequence[Document], file: Path) -> None:
    """Write the verdicts in *documents* to *file*.

    Raises:
        CannotWrite: the file cannot be written, or it exists and is something else.
    """
    try:
        if file.exists():
            read(file)
        file.write_text(_render(of(documents)), encoding="utf-8")
    except BadVerdictFile as error:
        raise CannotWrite(f"{error}; name a new file") from error
    except OSError as error:
        raise CannotWrite(f"{file} cannot be written: {error.strerror}") from error


def _render(verdicts: VerdictFile) -> str:
    """Return the text of the file.  A verdict that a claim has in all contexts of a library stands there alone."""
    libraries = [{"library": one.name, "python": one.python, "contexts": one.contexts} for one in verdicts.libraries]
    claims = {
        claim: [_shorter(one, library) for one, library in zip(found, verdicts.libraries)]
        for claim, found in verdicts.verdicts.items()
    }
    lines = [f'"schema": {VERDICT_FILE_SCHEMA},', '"libraries": [', ",\n".join(map(_json, libraries)), "],"]
    lines += ['"verdicts": {', ",\n".join(f"{_json(claim)}: {_json(found)}" for claim, found in claims.items()), "},"]
    lines += ['"causes": [', ",\n".join(_json(asdict(cause)) for cause in verdicts.causes), "]"]
    return "\n".join(["{", *lines, "}", ""])


def _shorter(found: Optional[ByVerdict], library: VerifiedLibrary) -> object:
    [*verdicts] = found or ()
    alone = len(verdicts) == 1 and found is not None and found[verdicts[0]] == library.contexts
    return verdicts[0] if alone else found


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def read(file: Path) -> VerdictFile:
    """Return what *file* says.

    Raises:
        BadVerdictFile: it cannot be read, or is no such file.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["schema"] != VERDICT_FILE_SCHEMA:
            raise BadVerdictFile(f"{file} has the schema {content['schema']}, not {VERDICT_FILE_SCHEMA}")
        libraries = [VerifiedLibrary(one["library"], one["python"], one["contexts"]) for one in content["libraries"]]
        verdicts = {claim: _row(found, libraries) for claim, found in content["verdicts"].items()}
        return VerdictFile(libraries, verdicts, [KnownCause(**cause) for cause in content["causes"]])
    except OSError as error:
        raise BadVerdictFile(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        if isinstance(error, BadVerdictFile):
            raise
        raise BadVerdictFile(f"{file} is not a file of --verdicts") from error


def _row(found: Sequence[Any], libraries: Sequence[VerifiedLibrary]) -> list[Optional[ByVerdict]]:
    if len(found) != len(libraries):
        raise ValueError("a claim has another number of verdicts than there are libraries")
    return [{one: library.contexts} if isinstance(one, str) else one for one, library in zip(found, libraries)]
