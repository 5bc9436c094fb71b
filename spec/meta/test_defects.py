"""Every claim has a defect that breaks it; `spec.meta.try_defects` sees whether it does."""

from __future__ import annotations

from spec.claims import ids
from spec.meta import trial


def test_each_claim_is_broken_by_a_defect() -> None:
    defects = [*(defect for family in trial.families() for defect in family.defects), *trial.packages()]
    broken = {claim for defect in defects for claim in defect.breaks}
    assert sorted(set(ids()) - broken) == []
    assert sorted(broken - set(ids())) == []
