"""The catalogue is made from the tests, and each test reads as a claim."""

from __future__ import annotations

import pytest

from spec.engine.claims import Claim, ids
from spec.tools import catalogue


@pytest.fixture(scope="module")
def claims() -> list[Claim]:
    """All claims."""
    return Claim.all()


def test_ids_are_unique_and_complete(claims: list[Claim]) -> None:
    """No two claims share an id, and the ids read without importing the tests are the same."""
    assert sorted(claim.id for claim in claims) == sorted(set(ids()))


def test_every_claim_applies_somewhere(claims: list[Claim]) -> None:
    """Each claim applies to at least one start method."""
    assert [claim.id for claim in claims if not catalogue.start_methods(claim)] == []


def test_each_claim_is_listed(claims: list[Claim]) -> None:
    """The catalogue has each claim, with its wording, where it applies, and its test."""
    listed = catalogue.text(claims)
    for claim in claims:
        line = listed.index(f"  {claim.id} ({catalogue.start_methods(claim)})")
        assert listed[line + 1].strip() == claim.wording
        assert listed[line + 2 + len(claim.sources)].strip() == f"test: {claim.test}"
    assert "  zombie.lingers-until-joined (fork, spawn)" in listed
