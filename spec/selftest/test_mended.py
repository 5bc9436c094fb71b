"""What the standard library is known not to meet, or does not provide, can be met."""

from __future__ import annotations

import pytest

from spec.engine.verdicts import HOLDS
from spec.selftest.defects import mended, shipped
from spec.selftest.runs import verify


def test_each_fault_of_the_standard_library_can_be_mended() -> None:
    met = {claim for claims in mended.MEETS.values() for claim in claims}
    live = {claim for defect in shipped.family.defects for claim in defect.breaks}
    assert met == live


@pytest.mark.parametrize("name", mended.MEETS)
def test_claims_hold_where_the_fault_is_mended(name: str) -> None:
    target, claims = f"{mended.__name__}:{name}", mended.MEETS[name]
    run = verify("spec/", f"--mp={target}", *(f"--claim={claim}" for claim in claims))
    assert run.on(target) == dict.fromkeys(claims, HOLDS), run.output


@pytest.mark.parametrize("name", mended.PROVIDES)
def test_claims_hold_where_more_is_provided(name: str) -> None:
    target, claims = f"{mended.__name__}:{name}", mended.PROVIDES[name]
    run = verify("spec/", f"--mp={target}", *(f"--claim={claim}" for claim in claims))
    assert run.on(target) == dict.fromkeys(claims, HOLDS), run.output
