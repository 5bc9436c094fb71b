"""The claims about a lesson, with the verdicts on each library, as a table of the documentation shows them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple, Optional

from spec.engine.claims import Claim
from spec.engine.verdicts import FAILING, HOLDS, KNOWN, MEANINGS, NOT_APPLICABLE, NOT_PROVIDED
from spec.report.verdict_file import ByVerdict, KnownCause, VerdictFile

_ORDER = (*FAILING, KNOWN, HOLDS, NOT_PROVIDED, NOT_APPLICABLE)
assert {*_ORDER} == {*MEANINGS}


class ShownVerdict(NamedTuple):
    """A verdict in a cell of the table.

    Attributes:
        verdict: the verdict.
        contexts: the contexts in which it was given; empty if the cell says nothing else.
    """

    verdict: str
    contexts: Sequence[str]

    @property
    def needs_cause(self) -> bool:
        """Whether the claim does not hold there, so that a reader wants to know why."""
        return self.verdict in (*FAILING, KNOWN)


@dataclass(frozen=True)
class ClaimRow:
    """A row of the table.

    Attributes:
        claim: the claim.
        code: the file of its test, from the root of the repository, and the line in which it begins.
        cells: what the cells say, one for each library; an empty cell was not verified yet.
    """

    claim: Claim
    code: str
    cells: Sequence[Sequence[ShownVerdict]]


@cache
def by_lesson() -> Mapping[str, Sequence[Claim]]:
    """Return all claims by their lesson."""
    found: dict[str, list[Claim]] = {}
    for claim in Claim.all():
        found.setdefault(claim.lesson, []).append(claim)
    return found


def rows(lesson: str, verdicts: VerdictFile) -> list[ClaimRow]:
    """Return the rows of the table about *lesson*."""
    none_yet: Sequence[Optional[ByVerdict]] = [None] * len(verdicts.libraries)
    return [
        ClaimRow(claim, _code(claim), [shown(found) for found in verdicts.verdicts.get(claim.id, none_yet)])
        for claim in by_lesson()[lesson]
    ]


def causes(lesson: str, verdicts: VerdictFile) -> list[KnownCause]:
    """Return why claims about *lesson* are known not to hold, with the claims about this lesson only."""
    ids = [claim.id for claim in by_lesson()[lesson]]
    about = [replace(cause, claims=[one for one in ids if one in cause.claims]) for cause in verdicts.causes]
    return [cause for cause in about if cause.claims]


def shown(found: Optional[ByVerdict]) -> list[ShownVerdict]:
    """Return what a cell says about the verdicts *found* on a library, the worst first.

    Contexts to which the claim does not apply are left out if it applies to others.  Contexts are named only where
    they differ.
    """
    applicable = {verdict: contexts for verdict, contexts in (found or {}).items() if verdict != NOT_APPLICABLE}
    said = applicable or found or {}
    alone = len(said) == 1
    return [ShownVerdict(verdict, [] if alone else said[verdict]) for verdict in _ORDER if verdict in said]


def _code(claim: Claim) -> str:
    file = claim.test.partition("::")[0]
    return f"{file}#L{inspect.getsourcelines(claim.function)[1]}"
