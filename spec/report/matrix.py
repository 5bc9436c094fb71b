"""Several runs side by side: a row for each claim, a column for each target of each run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from spec.report.document import Claim, Document, Target, Verdict
from spec.verdicts import FAILING, HOLDS, KNOWN


@dataclass(frozen=True)
class Column:
    """A target of a run.

    Attributes:
        run: the report that it is from.
        target: the target.
        verdicts: by the claim's id.
    """

    run: Document
    target: Target
    verdicts: dict[str, Verdict]

    @property
    def label(self) -> str:
        """Its name, and its version if it has one."""
        return " ".join(filter(None, (self.target["name"], self.target["version"])))

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many claims came to each verdict, the worst first."""
        counts = Counter(verdict["verdict"] for verdict in self.verdicts.values())
        return sorted(counts.items(), key=lambda item: (item[0] not in FAILING, item[0] != KNOWN, item[0] != HOLDS))


def columns(documents: Sequence[Document]) -> list[Column]:
    """Return the columns, run by run."""
    return [
        Column(run, target, {one["claim"]: one for one in run["verdicts"] if one["target"] == target["name"]})
        for run in documents
        for target in run["targets"]
    ]


def rows(documents: Sequence[Document]) -> list[Claim]:
    """Return the claims that any of the runs has a verdict on, in their order; of several versions, the last."""
    tried = {one["claim"] for run in documents for one in run["verdicts"]}
    return list({claim["id"]: claim for run in documents for claim in run["claims"] if claim["id"] in tried}.values())


def failures(documents: Sequence[Document]) -> list[tuple[Claim, list[tuple[Column, Verdict]]]]:
    """Return the claims that do not hold everywhere, each with the verdicts that say so; what is known, too."""
    found = []
    for claim in rows(documents):
        bad = [
            (column, column.verdicts[claim["id"]])
            for column in columns(documents)
            if claim["id"] in column.verdicts and column.verdicts[claim["id"]]["verdict"] in (*FAILING, KNOWN)
        ]
        if bad:
            found.append((claim, bad))
    return found
