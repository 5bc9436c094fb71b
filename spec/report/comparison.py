"""Compare several runs: a row for each claim, a column for each target of each run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from spec.engine.targets import python_name
from spec.engine.verdicts import FAILING, HOLDS, KNOWN
from spec.report.document import ClaimData, Document, TargetData, VerdictData


@dataclass(frozen=True)
class Column:
    """A column: one target of one run.

    Attributes:
        run: the report of the run.
        target: the target.
        verdicts: the verdicts on the target, by the id of the claim.
        apart: the difference to other columns with the same target and Python; empty if there are none.
    """

    run: Document
    target: TargetData
    verdicts: dict[str, VerdictData]
    apart: str = ""

    @property
    def label(self) -> str:
        """The name of the target, and its version if it has one."""
        return " ".join(filter(None, (self.target["name"], self.target["version"])))

    @property
    def where(self) -> str:
        """The version of Python, and the difference to columns that are otherwise equal."""
        return ", ".join(filter(None, (python_of(self.run), self.apart)))

    @property
    def alone(self) -> Document:
        """The report of the run as if it had had no other target."""
        verdicts = list(self.verdicts.values())
        lacking = self.run["planned"] - len(self.run["verdicts"])
        return {**self.run, "targets": [self.target], "verdicts": verdicts, "planned": len(verdicts) + lacking}

    @property
    def counts(self) -> list[tuple[str, int]]:
        """The number of claims for each verdict, the worst verdict first."""
        return counts(self.verdicts.values())


def library(column: Column) -> str:
    """Return the name and the version of the library that the target of *column* comes from."""
    return f"{column.target['module']} {column.target['version'] or f'of {python_of(column.run)}'}"


def python_of(run: Document) -> str:
    """Return the Python that *run* was made with, in words."""
    return python_name(run["implementation"], run["python"])


def counts(verdicts: Iterable[VerdictData]) -> list[tuple[str, int]]:
    """Return the number of *verdicts* of each kind, the worst kind first."""
    found = Counter(verdict["verdict"] for verdict in verdicts)
    return sorted(found.items(), key=lambda item: (item[0] not in FAILING, item[0] != KNOWN, item[0] != HOLDS))


def columns(documents: Sequence[Document]) -> list[Column]:
    """Return the columns of the comparison, in the order of the runs and of their targets."""
    made = [
        Column(run, target, {one["claim"]: one for one in run["verdicts"] if one["target"] == target["name"]})
        for run in documents
        for target in run["targets"]
    ]
    return [replace(column, apart=_apart(column, made)) for column in made]


def _apart(column: Column, others: Sequence[Column]) -> str:
    """Return how *column* differs from equal ones among *others*: its platform, or if that is the same, its time."""
    alike = [other for other in others if (other.label, other.where) == (column.label, column.where)]
    if len(alike) == 1:
        return ""
    platforms = {other.run["platform"] for other in alike}
    return column.run["platform"] if len(platforms) == len(alike) else column.run["created"]


def rows(documents: Sequence[Document]) -> list[ClaimData]:
    """Return the claims on which a run has a verdict, in their order.

    If the runs have different versions of a claim, the last one counts.
    """
    tried = {one["claim"] for run in documents for one in run["verdicts"]}
    return list({claim["id"]: claim for run in documents for claim in run["claims"] if claim["id"] in tried}.values())


def failures(documents: Sequence[Document]) -> list[tuple[ClaimData, list[tuple[Column, VerdictData]]]]:
    """Return the claims that do not hold everywhere, with the verdicts that say so, known deviations among them."""
    found = []
    for claim in rows(documents):
        bad = bad_on(claim, columns(documents))
        if bad:
            found.append((claim, [(column, column.verdicts[claim["id"]]) for column in bad]))
    return found


def bad_on(claim: ClaimData, columns: Iterable[Column]) -> list[Column]:
    """Return those of *columns* in which *claim* does not hold, whether or not that is known."""
    return [
        column
        for column in columns
        if claim["id"] in column.verdicts and column.verdicts[claim["id"]]["verdict"] in (*FAILING, KNOWN)
    ]
