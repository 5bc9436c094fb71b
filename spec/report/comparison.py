"""Several runs side by side: a row for each claim, a column for each target of each run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from spec.engine.verdicts import FAILING, HOLDS, KNOWN
from spec.report.document import Claim, Document, Target, Verdict


@dataclass(frozen=True)
class Column:
    """A target of a run.

    Attributes:
        run: the report that it is from.
        target: the target.
        verdicts: by the claim's id.
        apart: what tells it from another column of the same target on the same Python; empty if there is none.
    """

    run: Document
    target: Target
    verdicts: dict[str, Verdict]
    apart: str = ""

    @property
    def label(self) -> str:
        """Its name, and its version if it has one."""
        return " ".join(filter(None, (self.target["name"], self.target["version"])))

    @property
    def where(self) -> str:
        """The Python that it ran on, and what tells it apart."""
        return ", ".join(filter(None, (f"Python {self.run['python']}", self.apart)))

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many claims came to each verdict, the worst first."""
        return counts(self.verdicts.values())


def counts(verdicts: Iterable[Verdict]) -> list[tuple[str, int]]:
    """Return how many of *verdicts* there are of each kind, the worst first."""
    found = Counter(verdict["verdict"] for verdict in verdicts)
    return sorted(found.items(), key=lambda item: (item[0] not in FAILING, item[0] != KNOWN, item[0] != HOLDS))


def columns(documents: Sequence[Document]) -> list[Column]:
    """Return the columns, run by run."""
    made = [
        Column(run, target, {one["claim"]: one for one in run["verdicts"] if one["target"] == target["name"]})
        for run in documents
        for target in run["targets"]
    ]
    return [replace(column, apart=_apart(column, made)) for column in made]


def _apart(column: Column, others: Sequence[Column]) -> str:
    """Return what tells *column* from those of *others* that are alike: its platform, or else when it ran."""
    alike = [other for other in others if (other.label, other.where) == (column.label, column.where)]
    if len(alike) == 1:
        return ""
    platforms = {other.run["platform"] for other in alike}
    return column.run["platform"] if len(platforms) == len(alike) else column.run["created"]


def rows(documents: Sequence[Document]) -> list[Claim]:
    """Return the claims that any of the runs has a verdict on, in their order; of several versions, the last."""
    tried = {one["claim"] for run in documents for one in run["verdicts"]}
    return list({claim["id"]: claim for run in documents for claim in run["claims"] if claim["id"] in tried}.values())


def failures(documents: Sequence[Document]) -> list[tuple[Claim, list[tuple[Column, Verdict]]]]:
    """Return the claims that do not hold everywhere, each with the verdicts that say so; what is known, too."""
    found = []
    for claim in rows(documents):
        bad = bad_on(claim, columns(documents))
        if bad:
            found.append((claim, [(column, column.verdicts[claim["id"]]) for column in bad]))
    return found


def bad_on(claim: Claim, columns: Iterable[Column]) -> list[Column]:
    """Return those of *columns* where *claim* was tried and does not hold, be that known or not."""
    return [
        column
        for column in columns
        if claim["id"] in column.verdicts and column.verdicts[claim["id"]]["verdict"] in (*FAILING, KNOWN)
    ]
