"""What runs found, for people who look for their library: a row for each cause of what does not hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from spec.engine.deviations import NONE
from spec.engine.verdicts import FAILURES, KNOWN
from spec.report import comparison
from spec.report.comparison import Column
from spec.report.document import Document, Verdict
from spec.report.markdown import cell
from spec.report.writers import CannotWrite

BEGIN, END = "<!-- found -->", "<!-- end of what was found -->"
"""The table goes between these lines, in a file that has more to say."""

HEAD = "| library | start methods | claims | what happens | see it |\n|---|---|---|---|---|\n"


class Cause(NamedTuple):
    """What keeps claims from holding on a library: a known deviation; if none is known, what was seen of a claim."""

    library: str
    reason: str
    link: str
    claim: str


class Case(NamedTuple):
    """A claim that does not hold on a target."""

    claim: str
    target: str


def render(documents: Sequence[Document]) -> str:
    """Return the table of what was found in *documents*."""
    causes: dict[Cause, list[Case]] = {}
    for claim, bad in comparison.failures(documents):
        for column, verdict in bad:
            if verdict["verdict"] in (KNOWN, *FAILURES):
                case = Case(claim["id"], column.target["name"])
                causes.setdefault(_cause(column, verdict), []).append(case)
    rows = []
    for library, targets in _libraries(documents).items():
        rows += [_row(cause, cases) for cause, cases in causes.items() if cause.library == library]
        if all(cause.library != library for cause in causes):
            see = _code(f"pytest spec/ --mp {targets[0].partition(':')[0]}")
            rows.append(_line(library, targets, "none", "All that applies to it, and that it provides, holds.", see))
    return HEAD + "".join(rows)


def write(documents: Sequence[Document], file: Path) -> None:
    """Write the table of *documents* to *file*; if it exists, between the two lines that are there for it.

    Raises:
        CannotWrite: there are no such lines in it, or no folder for it.
    """
    try:
        old = file.read_text(encoding="utf-8") if file.exists() else f"{BEGIN}\n{END}\n"
        before, begin, rest = old.partition(BEGIN)
        _, end, after = rest.partition(END)
        if not end:
            raise CannotWrite(f"{file} has no lines {BEGIN} and {END} for the table to go between")
        file.write_text(f"{before}{begin}\n{render(documents)}{end}{after}", encoding="utf-8")
    except OSError as error:
        raise CannotWrite(f"{file} cannot be written: {error.strerror}") from error


def _libraries(documents: Sequence[Document]) -> dict[str, list[str]]:
    """Return the names of the targets of each library that was verified, in their order."""
    libraries: dict[str, list[str]] = {}
    for column in comparison.columns(documents):
        libraries.setdefault(_library(column), []).append(column.target["name"])
    return libraries


def _library(column: Column) -> str:
    return f"{column.target['module']} {column.target['version'] or 'of Python ' + column.run['python']}"


def _cause(column: Column, verdict: Verdict) -> Cause:
    if verdict["reason"]:
        return Cause(_library(column), verdict["reason"], verdict["link"], "")
    seen = verdict["explanation"].partition("\n")[0].rstrip(":")
    return Cause(_library(column), f"{verdict['verdict']}: {seen}", "", verdict["claim"])


def _row(cause: Cause, cases: Sequence[Case]) -> str:
    first, *more = dict.fromkeys(case.claim for case in cases)
    claims = f"{_code(first)} and {len(more)} more" if more else _code(first)
    what = f"{cell(cause.reason)} {_link(cause.link)}".rstrip()
    see = _code(f"pytest spec/ --mp {cases[0].target} --claim {first} --deviations {NONE}")
    return _line(cause.library, [case.target for case in cases], claims, what, see)


def _line(library: str, targets: Sequence[str], claims: str, what: str, see: str) -> str:
    contexts = ", ".join(dict.fromkeys(target.partition(":")[2] or "-" for target in targets))
    return f"| {cell(library)} | {cell(contexts)} | {claims} | {what} | {see} |\n"


def _link(url: str) -> str:
    """Return a link to *url*; text, if it is no address, or has in it what would end the link."""
    return f"[more]({url})" if re.fullmatch(r"https?://[\w.~:/?#@!$&'*+,;=%-]+", url) else cell(url)


def _code(words: str) -> str:
    """Return *words* as code in a table's cell; what would end the code or the cell makes it text."""
    return cell(words) if set("`|") & set(words) else f"`{' '.join(words.split())}`"
