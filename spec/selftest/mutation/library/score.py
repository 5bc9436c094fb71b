"""The score: how many mutants the claims notice, and how many the library's own tests notice, by module."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from spec.selftest.mutation.library.drawing import Mutant
from spec.selftest.mutation.library.judgements import KINDS, Judgements
from spec.selftest.mutation.library.results import Report, Result

ALL = "all"
"""The row of the sums."""


class Score(NamedTuple):
    """The counts of some mutants.

    Attributes:
        results: those of the mutants that count.
        listed: how many do not count, by the kind of the judgement about them.
    """

    results: list[Result]
    listed: dict[str, int]

    def cells(self) -> list[str]:
        """Return a row of the table, without the name."""
        noticed = [result for result in self.results if result.noticed_by]
        tried = [result for result in self.results if result.own_tests is not None]
        own = [result for result in tried if result.own_tests]
        both = [result for result in tried if result.noticed_by]
        return [
            str(len(self.results)),
            str(len(noticed)),
            _share(len(noticed), len(self.results)),
            *(str(self.listed[kind]) for kind in KINDS),
            str(len(tried)),
            _share(len(both), len(tried)),
            _share(len(own), len(tried)),
        ]


SCORE_COLUMNS = ["module", "mutants", "noticed", "score", *KINDS, "tried with both", "claims", "own tests"]


def table(mutants: Sequence[Mutant], report: Report, judgements: Judgements) -> list[str]:
    """Return the lines of a Markdown table about those of the *mutants* that have a result."""
    modules = sorted({mutant.module for mutant in mutants})
    rows = [(module, [mutant for mutant in mutants if mutant.module == module]) for module in modules]
    lines = [[name, *_score(some, report, judgements).cells()] for name, some in (*rows, (ALL, mutants))]
    return [f"| {' | '.join(cells)} |" for cells in (SCORE_COLUMNS, ["---"] * len(SCORE_COLUMNS), *lines)]


def _score(mutants: Iterable[Mutant], report: Report, judgements: Judgements) -> Score:
    """Return the score of some mutants.  One that a claim notices counts, whatever was said about it."""
    results, listed = [], dict.fromkeys(KINDS, 0)
    for mutant in mutants:
        result, judgement = report.results.get(mutant.key), judgements.find(mutant)
        if result and judgement and not result.noticed_by:
            listed[judgement.kind] += 1
        elif result:
            results.append(result)
    return Score(results, listed)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "-"
