"""Every claim has been seen to fail: each defect breaks what it declares, and nothing else.

Here each defect is tried with the claims that it declares, and with a few that it must leave alone;
``python -m spec.meta.matrix`` tries each with all.
"""

from __future__ import annotations

import pytest

from spec.claims import ids
from spec.meta import trial
from spec.meta.defects.declaration import Defect, Family


def test_each_claim_is_broken_by_a_defect() -> None:
    defects = [*(defect for family in trial.families() for defect in family.defects), *trial.packages()]
    broken = {claim for defect in defects for claim in defect.breaks}
    assert sorted(set(ids()) - broken) == []
    assert sorted(broken - set(ids())) == []


@pytest.mark.parametrize("family", trial.families(), ids=lambda family: str(family.name))
def test_broken_apis_break_what_they_declare(family: Family) -> None:
    verdicts = trial.try_apis(family.defects)
    assert [line for defect in family.defects for line in trial.complaints(defect, verdicts[defect.name])] == []


@pytest.mark.parametrize("package", trial.packages(), ids=lambda defect: str(defect.name.rpartition(".")[2]))
def test_broken_lessons_break_what_they_declare(package: Defect) -> None:
    assert trial.complaints(package, trial.try_package(package)) == []
