"""The catalogue is made from the tests, and each test reads as a claim."""

from __future__ import annotations

import pytest

from spec.engine import catalogue
from spec.engine.claims import Claim, ids


@pytest.fixture(scope="module")
def claims() -> list[Claim]:
    """All claims."""
    return Claim.all()


def test_file_is_up_to_date(claims: list[Claim]) -> None:
    """`spec/CLAIMS.md` says what the tests say."""
    command = "run python -m spec.engine.catalogue"
    assert catalogue.FILE.read_text(encoding="utf-8") == catalogue.markdown(claims), command


def test_ids_are_unique_and_complete(claims: list[Claim]) -> None:
    """No two claims share an id, and the ids read without importing the tests are the same."""
    assert sorted(claim.id for claim in claims) == sorted(set(ids()))


def test_each_wording_is_one_sentence(claims: list[Claim]) -> None:
    """A claim's wording begins with a capital, ends with a full stop, and has no other sentence in it."""
    for claim in claims:
        assert claim.wording[:1].isupper() or not claim.wording[:1].isalpha(), claim
        assert claim.wording.endswith(".") and ". " not in claim.wording, claim
        assert "``" not in claim.wording and claim.wording.count("`") % 2 == 0, claim


def test_every_claim_applies_somewhere(claims: list[Claim]) -> None:
    """There is no claim that no start method meets the conditions of."""
    assert [claim.id for claim in claims if not catalogue.start_methods(claim)] == []
