"""Reports as a table of findings: a row for each cause that keeps claims from holding, by library."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from spec.engine.deviations import NONE
from spec.engine.verdicts import FAILURES, KNOWN
from spec.installation import VERIFY
from spec.report import comparison
from spec.report.comparison import Column
from spec.report.document import Document, VerdictData
from spec.report.markdown import cell

FOUND_PART = "found"
"""The name of the table, for the marks around it."""

FOUND_HEAD = "| library | start methods | claims | what happens | see it |\n|---|---|---|---|---|\n"


class Cause(NamedTuple):
    """Why claims do not hold on a library.

    Attributes:
        library: the library and its version.
        reason: the reason of a known deviation; if there is none, what was seen of the claim.
        link: the link of the known deviation; empty if there is none.
        claim: the id of the claim; empty for a known deviation, which may concern several claims.
    """

    library: str
    reason: str
    link: str
    claim: str


class Case(NamedTuple):
    """A claim, by its id, that does not hold on a target, by its name."""

    claim: str
    target: str


def render(documents: Sequence[Document]) -> str:
    """Return the table of the causes found in *documents*."""
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
            see = _code(f"{VERIFY} --mp {targets[0].partition(':')[0]}")
            rows.append(
                _line(
                    library,
                    targets,
                    "none",
                    "Each claim that applies to it, and whose subject it provides, holds.",
                    see,
                )
            )
    return FOUND_HEAD + "".join(rows)


def _libraries(documents: Sequence[Document]) -> dict[str, list[str]]:
    """Return the names of the targets of each library, in the order of the columns."""
    libraries: dict[str, list[str]] = {}
    for column in comparison.columns(documents):
        libraries.setdefault(comparison.library(column), []).append(column.target["name"])
    return libraries


def _cause(column: Column, verdict: VerdictData) -> Cause:
    if verdict["reason"]:
        return Cause(comparison.library(column), verdict["reason"], verdict["link"], "")
    seen = verdict["explanation"].partition("\n")[0].rstrip(":")
    return Cause(comparison.library(column), f"{verdict['verdict']}: {seen}", "", verdict["claim"])


def _row(cause: Cause, cases: Sequence[Case]) -> str:
    first, *more = dict.fromkeys(case.claim for case in cases)
    claims = f"{_code(first)} and {len(more)} more" if more else _code(first)
    what = f"{cell(cause.reason)} {_link(cause.link)}".rstrip()
    see = _code(f"{VERIFY} --mp {cases[0].target} --claim {first} --deviations {NONE}")
    return _line(cause.library, [case.target for case in cases], claims, what, see)


def _line(library: str, targets: Sequence[str], claims: str, what: str, see: str) -> str:
    contexts = ", ".join(dict.fromkeys(target.partition(":")[2] or "-" for target in targets))
    return f"| {cell(library)} | {cell(contexts)} | {claims} | {what} | {see} |\n"


def _link(url: str) -> str:
    """Return a link to *url*; if it is not an address, or contains characters that end a link, return it as text."""
    return f"[more]({url})" if re.fullmatch(r"https?://[\w.~:/?#@!$&'*+,;=%-]+", url) else cell(url)


def _code(words: str) -> str:
    """Return *words* as code for a cell; if they contain characters that end code or cell, return them as text."""
    return cell(words) if set("`|") & set(words) else f"`{' '.join(words.split())}`"
