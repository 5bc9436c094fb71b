"""What differs between two columns of verdicts: between two libraries, start methods or versions of Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import combinations
from typing import NamedTuple, Optional

from spec.engine.verdicts import FIXED, HOLDS, KNOWN, NOT_APPLICABLE, NOT_PROVIDED
from spec.report import comparison
from spec.report.comparison import Column
from spec.report.document import ClaimData, VerdictData

HELD = {HOLDS, FIXED}
"""The verdicts on a claim that holds, whether or not somebody has declared that it does not."""

ABSENT = {NOT_APPLICABLE, NOT_PROVIDED}
"""The verdicts on a claim that says nothing about the target."""


class BadPair(ValueError):
    """Two reports have no targets that can be compared.  The message is one line for the user."""


class Kind(Enum):
    """A way in which verdicts differ; the value is a title, with the names of the columns left open."""

    HOLDS_LEFT = "holds on {left}, not on {right}"
    HOLDS_RIGHT = "holds on {right}, not on {left}"
    FAILS_OTHERWISE = "holds on neither, and fails in different ways"
    APPLIES_LEFT = "applies to {left} only"
    APPLIES_RIGHT = "applies to {right} only"
    VERIFIED_LEFT = "was verified on {left} only"
    VERIFIED_RIGHT = "was verified on {right} only"

    @classmethod
    def of(cls, left: Optional[VerdictData], right: Optional[VerdictData]) -> Optional[Kind]:
        """Return how these verdicts on a claim differ, or None if they do not."""
        if left is None or right is None:
            return cls.VERIFIED_RIGHT if left is None else cls.VERIFIED_LEFT
        words = left["verdict"], right["verdict"]
        absent = [word in ABSENT for word in words]
        if any(absent):
            return None if all(absent) else cls.APPLIES_RIGHT if absent[0] else cls.APPLIES_LEFT
        held = [word in HELD for word in words]
        if any(held):
            return None if all(held) else cls.HOLDS_LEFT if held[0] else cls.HOLDS_RIGHT
        return cls.FAILS_OTHERWISE if words[0] != words[1] and KNOWN not in words else None


def differ(verdicts: Iterable[Optional[VerdictData]]) -> bool:
    """Return whether some of the *verdicts* on a claim differ; the order does not matter."""
    return any(Kind.of(*two) for two in combinations(verdicts, 2))


class Difference(NamedTuple):
    """A claim with different verdicts.

    Attributes:
        claim: the claim.
        kind: how the verdicts differ.
        verdicts: the verdict in each of the two columns; None where the claim was not verified.
    """

    claim: ClaimData
    kind: Kind
    verdicts: tuple[Optional[VerdictData], Optional[VerdictData]]


@dataclass(frozen=True)
class Pair:
    """Two columns to compare."""

    left: Column
    right: Column

    @property
    def labels(self) -> tuple[str, str]:
        """The name of each column, without what both names have in common."""
        names, places = (self.left.label, self.right.label), (self.left.where, self.right.where)
        if places[0] == places[1]:
            return names if names[0] != names[1] else ("the first", "the second")
        if names[0] == names[1]:
            return places
        return f"{names[0]}, {places[0]}", f"{names[1]}, {places[1]}"

    def title(self, kind: Kind) -> str:
        """Return *kind* in words, with the names of the columns."""
        left, right = self.labels
        return kind.value.format(left=left, right=right)

    def differences(self) -> list[Difference]:
        """Return the claims whose verdicts differ, by kind, and in their order."""
        found = []
        for claim in self.claims():
            verdicts = self.left.verdicts.get(claim["id"]), self.right.verdicts.get(claim["id"])
            kind = Kind.of(*verdicts)
            if kind is not None:
                found.append(Difference(claim, kind, verdicts))
        order = list(Kind)
        return sorted(found, key=lambda difference: order.index(difference.kind))

    def claims(self) -> list[ClaimData]:
        """Return the claims with a verdict in one of the columns."""
        tried = self.left.verdicts.keys() | self.right.verdicts.keys()
        return [claim for claim in comparison.rows([self.left.run, self.right.run]) if claim["id"] in tried]


def pairs(left: Sequence[Column], right: Sequence[Column]) -> list[Pair]:
    """Return which columns to compare: those of the same target, else of the same start method, else the only two.

    Raises:
        BadPair: there are none.
    """
    for key in (_name, _context):
        others = {key(column): column for column in right}
        found = [Pair(column, others[key(column)]) for column in left if key(column) in others]
        if found:
            return found
    if len(left) == len(right) == 1:
        return [Pair(left[0], right[0])]
    raise BadPair(
        f"{_names(left)} and {_names(right)} have no target in common: name one of each, as in FILE.json#TARGET"
    )


def _name(column: Column) -> str:
    return column.target["name"]


def _context(column: Column) -> str:
    return column.target["name"].partition(":")[2] or column.target["start_method"] or ""


def _names(columns: Sequence[Column]) -> str:
    return ", ".join(map(_name, columns))
