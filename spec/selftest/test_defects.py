"""Every claim has been seen to fail: each defect breaks what it declares, and nothing else.

Here each defect is tried with a few of the claims that it declares to break, and with one that it must leave alone;
``python -m spec.tools.matrix`` tries each with all.
"""

from __future__ import annotations

import pytest

from spec.engine import lessons
from spec.engine.claims import ids
from spec.selftest import trial
from spec.selftest.defects.declaration import Defect, Family
from spec.selftest.trial import Verdicts


def test_each_claim_is_broken_by_a_defect() -> None:
    defects = [*(defect for family in trial.families() for defect in family.defects), *trial.packages()]
    broken = {claim for defect in defects for claim in defect.breaks}
    assert sorted(set(ids()) - broken) == []
    assert sorted(broken - set(ids())) == []


@pytest.mark.parametrize("family", trial.families(), ids=lambda family: str(family.name.rpartition(".")[2]))
def test_broken_apis_break_what_they_declare(family: Family) -> None:
    check(family.defects, trial.try_apis(family.defects))


@pytest.mark.parametrize("lesson", lessons.names())
def test_broken_lessons_break_what_they_declare(lesson: str) -> None:
    packages = [package for package in trial.packages() if package.breaks[0].startswith(f"{lesson}.")]
    check(packages, trial.try_packages(packages))


def check(defects: list[Defect], verdicts: dict[str, Verdicts]) -> None:
    """See that the *defects* did as they declare."""
    complaints = [line for defect in defects for line in trial.complaints(defect, verdicts[defect.name])]
    assert not complaints, "\n".join(complaints)
