"""Try defects: run claims on broken implementations, and compare the verdicts with what is declared and recorded."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from types import ModuleType
from typing import NamedTuple, Optional

from spec.engine.claims import Claim, node_ids
from spec.engine.deviations import collect
from spec.engine.targets import DEFAULT, TRAITS, expand
from spec.engine.verdicts import FAILURES, LETTERS, NOT_APPLICABLE
from spec.selftest import defects
from spec.selftest.broken_claims import COMMAND, Breakage, Record
from spec.selftest.defects import lessons
from spec.selftest.defects.declaration import Defect, Family
from spec.selftest.runs import verify

SAMPLED_SHARE = 0.25
"""The share of the defects that a self-test holds against the record too."""

TRIES = 3
"""How often a claim is tried whose verdict differs from the record."""

TRIAL_OPTIONS = ("--hang-after=1", "--hypothesis-seed=0")
"""The options of each run.  With a seed, claims that draw examples draw those with which a defect has been seen."""

RUN_SECONDS = 3600.0
"""How long one run of pytest may take."""

PASSING = {*LETTERS} - {*FAILURES}
"""The verdicts that do not fail a claim."""

Observations = dict[str, list[str]]
"""The verdicts on one defect, one for each time that a claim was tried, by the id of the claim."""


@dataclass(frozen=True)
class Batch:
    """Defects that one run of pytest can try.

    Attributes:
        name: a name for them: the module of broken APIs, or the package of lessons.
        defects: the broken APIs of one module, or one package of lessons.
    """

    name: str
    defects: Sequence[Defect]

    def only(self, beginnings: Sequence[str]) -> Batch:
        """Return the batch of those defects whose short names begin with one of the *beginnings*."""
        return replace(self, defects=[d for d in self.defects if d.short_name.startswith(tuple(beginnings))])

    def try_all(self, *options: str) -> dict[Defect, Observations]:
        """Try every defect with all claims that it could break: of packages, with the claims of their lessons.

        Args:
            options: more options for pytest.
        """
        lessons_only = [f"--claim={lesson}." for lesson in lessons_of(self.defects) if self.defects[0].is_package]
        return self._run(["spec/", *lessons_only, *options])

    def try_claims(self, claims: Mapping[Defect, Sequence[str]], *options: str) -> dict[Defect, Observations]:
        """Try each defect with its *claims*; see `try_all`."""
        nodes = [f"{node_ids()[claim]}[{defect.mp}]" for defect in self.defects for claim in claims.get(defect, ())]
        return self._run([*nodes, *options]) if nodes else {defect: {} for defect in self.defects}

    def _run(self, arguments: Sequence[str]) -> dict[Defect, Observations]:
        packages = [f"--impl={defect.name}" for defect in self.defects if defect.is_package]
        targets = [f"--mp={defect.mp}" for defect in self.defects]
        run = verify(*arguments, *packages, *targets, *TRIAL_OPTIONS, seconds=RUN_SECONDS)
        return {
            defect: {claim: [verdict] for claim, verdict in run.on(defect.mp).items() if verdict != NOT_APPLICABLE}
            for defect in self.defects
        }


def families() -> list[Family]:
    """Return all broken APIs, module by module."""
    return [module.family for module in _modules(defects) if hasattr(module, "family")]


def packages() -> list[Defect]:
    """Return all broken packages of lessons."""
    return [defect for module in _modules(lessons) for defect in module.packages.defects]


def batches() -> list[Batch]:
    """Return all defects, in batches."""
    apis = [Batch(family.name.rpartition(".")[2], family.defects) for family in families()]
    return apis + [Batch(package.short_name, [package]) for package in packages()]


def all_defects() -> list[Defect]:
    """Return all defects."""
    return [defect for batch in batches() for defect in batch.defects]


def _modules(package: ModuleType) -> list[ModuleType]:
    return [
        importlib.import_module(f"{package.__name__}.{info.name}") for info in pkgutil.iter_modules(package.__path__)
    ]


def lessons_of(defects: Sequence[Defect]) -> list[str]:
    """Return the lessons of the claims that the *defects* declare."""
    return sorted({claim.partition(".")[0] for defect in defects for claim in defect.breaks})


@cache
def ids_here() -> list[str]:
    """Return the ids of the claims that apply to this Python; some apply to older or newer ones only."""
    return [claim.id for claim in Claim.all() if claim.suits_this_python]


@cache
def ids_under(context: str) -> list[str]:
    """Return the ids of the claims that apply on this Python.

    Args:
        context: a start method, such as ``fork``; followed by ``:managed`` for the objects of a manager.
    """
    start_method, _, managed = context.partition(":")
    traits = replace(TRAITS[start_method], managed=bool(managed))
    return [claim.id for claim in Claim.all() if claim.applies_to(traits)]


@cache
def faults_of_python() -> frozenset[tuple[str, str]]:
    """Return the claims that the standard library is known not to meet, each with the target."""
    targets, known = expand([DEFAULT]), collect([])
    return frozenset((claim, target.name) for claim in ids_here() for target in targets if known.find(claim, target))


def sample(defect: Defect, record: Record) -> list[str]:
    """Return the claims to try with *defect* in a self-test.

    They are all claims that it declares.  With a share of the defects, two more are tried: one that must hold, a
    neighbour of the declared ones, from the same lessons if possible; and one that the defect is recorded to break
    each time.  Defects and claims are chosen by a hash, so a sample stays as it is when claims are added, unless one
    of them is chosen.
    """

    def lot(claim: str = "") -> float:
        digest = sha256(f"{defect.name} {claim}".encode()).digest()
        return int.from_bytes(digest[:4], "big") / 2**32

    chosen = [claim for claim in ids_here() if claim in defect.breaks]
    if lot() >= SAMPLED_SHARE:
        return chosen
    others = [claim for claim in ids_under(defect.context) if claim not in defect.breaks]
    found = {claim: record.find(defect, claim) for claim in others}
    recorded = [claim for claim, breakage in found.items() if breakage and breakage.always]
    sound = [claim for claim, breakage in found.items() if not breakage]
    beginnings = tuple(f"{lesson}." for lesson in lessons_of([defect]))
    neighbours = [claim for claim in sound if claim.startswith(beginnings)] or sound
    if recorded:
        chosen.append(min(recorded, key=lot))
    if neighbours:
        chosen.append(min(neighbours, key=lot))
    return chosen


class RecordDifference(NamedTuple):
    """Verdicts that neither the declaration nor the record of a defect leads to expect.

    Attributes:
        defect: the defect.
        claim: the id of the claim.
        verdicts: the verdicts that the claim had with that defect, one for each time that it was tried.
        recorded: how the defect is recorded to break the claim, or None.
    """

    defect: Defect
    claim: str
    verdicts: Sequence[str]
    recorded: Optional[Breakage]

    @property
    def is_failed_purpose(self) -> bool:
        """Whether the defect does not break a claim that it was made to break.

        A race that is recorded to break it sometimes need not be lost in each try.
        """
        if self.claim not in self.defect.breaks:
            return False
        seen, expected = {*self.verdicts}, {*self.defect.verdicts}
        is_race = self.recorded is not None and not self.recorded.always
        return not seen & expected if is_race else not seen <= expected

    @property
    def is_of_verdicts_only(self) -> bool:
        """Whether the claim is broken, as recorded, but in another way: hung in place of violated, for example."""
        return {*self.verdicts} <= {*FAILURES} and self.recorded is not None and not self.is_failed_purpose

    @property
    def depends_on_the_run(self) -> bool:
        """Whether the claim broke in some tries and held in others, though the defect was not made to break it."""
        failing = {*self.verdicts} & {*FAILURES}
        return bool(failing) and failing != {*self.verdicts} and not self.is_failed_purpose

    def __str__(self) -> str:
        seen = " or ".join(sorted({*self.verdicts}))
        if self.is_failed_purpose:
            expected = f"but the defect is made to break it: {' or '.join(self.defect.verdicts)}"
            remedy = f"Change {self.defect.file}: the defect must break the claim, or declare another one."
        else:
            expected = (
                f"but {self.recorded} is recorded" if self.recorded else "which is neither declared nor recorded"
            )
            remedy = f"If this is right, record it: {COMMAND} {self.defect.short_name} --claim {self.claim}"
        return f"{self.defect.short_name}: the verdict on {self.claim} is {seen}, {expected}.\n    {remedy}"


def differences(defect: Defect, observations: Observations, record: Record) -> list[RecordDifference]:
    """Compare *observations* with what *defect* declares and with what *record* has about it."""
    found = [
        RecordDifference(defect, claim, verdicts, record.find(defect, claim))
        for claim, verdicts in observations.items()
        if claim in ids_here()
    ]
    return [difference for difference in found if difference.is_failed_purpose or not _is_recorded(difference)]


def _is_recorded(difference: RecordDifference) -> bool:
    """Return whether the record leads to expect each of the verdicts."""
    recorded = difference.recorded
    if recorded is None:
        return not {*difference.verdicts} & {*FAILURES}
    expected = recorded.verdicts if recorded.always else {*recorded.verdicts, *PASSING}
    return {*difference.verdicts} <= expected


def try_differences_again(
    batch: Batch, observed: Mapping[Defect, Observations], record: Record, *options: str
) -> None:
    """Try again what differs from the *record*, until it was tried `TRIES` times, and add the verdicts to *observed*.

    Defects that break most claims are not tried again: what they break is not recorded claim by claim.
    """
    doubtful = {
        defect: [difference.claim for difference in differences(defect, observations, record)]
        for defect, observations in observed.items()
        if not breaks_most(observations)
    }
    for _ in range(TRIES - 1):
        for defect, observations in batch.try_claims(doubtful, *options).items():
            for claim, verdicts in observations.items():
                observed[defect][claim] += verdicts


def breaks_most(observations: Observations) -> bool:
    """Return whether more than half of all claims were seen to be broken."""
    return sum(Breakage.seen(verdicts) is not None for verdicts in observations.values()) > len(node_ids()) / 2
