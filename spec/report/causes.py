"""Group the claims that do not hold by what is likely to be one cause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from spec.engine.verdicts import FAILURES, HOLDS, HUNG
from spec.report.document import Document, VerdictData


class Group(NamedTuple):
    """Claims that fail in the same way on the same targets.

    Attributes:
        claims: the ids of the claims.
        module: the module of the targets.
        targets: the names of the targets.
        seen: what was seen of the first claim, in one line.
        intermittent: whether one of the claims also held, in another run on one of these targets.
    """

    claims: tuple[str, ...]
    module: str
    targets: tuple[str, ...]
    seen: str
    intermittent: bool


def group(documents: Sequence[Document]) -> list[Group]:
    """Return the claims that fail in the runs of *documents* and are not declared, in groups.

    Two claims are in one group if the same was seen, on the same targets.  A hang only says that nothing
    happens, so each claim that hangs is a group of its own.
    """
    failed: dict[tuple[str, str], dict[str, VerdictData]] = {}
    held = {
        (verdict["claim"], verdict["target"])
        for run in documents
        for verdict in run["verdicts"]
        if verdict["verdict"] == HOLDS
    }
    for module, verdict in _failures(documents):
        failed.setdefault((module, verdict["claim"]), {}).setdefault(verdict["target"], verdict)
    groups: dict[tuple[str, tuple[str, ...], str], list[tuple[str, VerdictData]]] = {}
    for (module, claim), verdicts in failed.items():
        first = next(iter(verdicts.values()))
        like = claim if first["verdict"] == HUNG else _seen(first)
        groups.setdefault((module, tuple(verdicts), like), []).append((claim, first))
    return [
        Group(
            claims=tuple(claim for claim, _ in cases),
            module=module,
            targets=targets,
            seen=f"{cases[0][1]['verdict']}: {_seen(cases[0][1])}",
            intermittent=any((claim, target) in held for claim, _ in cases for target in targets),
        )
        for (module, targets, _), cases in groups.items()
    ]


def _failures(documents: Sequence[Document]) -> Iterator[tuple[str, VerdictData]]:
    """Yield the verdicts that fail a run and are not declared, each with the module of its target."""
    for run in documents:
        modules = {target["name"]: target["module"] for target in run["targets"]}
        yield from ((modules[one["target"]], one) for one in run["verdicts"] if one["verdict"] in FAILURES)


def _seen(verdict: VerdictData) -> str:
    """Return what was seen, in one line and without the names of the processes."""
    line = " ".join(verdict["explanation"].partition("\n")[0].split()).rstrip(":")
    line = re.sub(r"\bprocess \d+( \([^)]*\))?", "a process", line)
    return line.partition(": expected no exception, ")[2] or line
