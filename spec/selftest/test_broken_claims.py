"""The record of what defects break: how it is read and written, and what an update changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from spec.engine.claims import Claim
from spec.engine.verdicts import FAILURES
from spec.selftest import completeness, trial
from spec.selftest.broken_claims import ANY, RECORD_FILE, Breakage, BrokenClaims, Record
from spec.selftest.defects.declaration import Defect
from spec.tools.matrix import updated

DECLARED, OTHER, THIRD = "lock.is-not-reentrant", "lock.acquire-can-be-timed", "lock.each-is-independent"
DEFECT_NAME = "spec.selftest.defects.locks:example"
DEFECT = Defect(DEFECT_NAME, "It is broken.", [DECLARED], DEFECT_NAME, "fork")
TABLE_KEY = ("locks:example", "fork")
ALWAYS_VIOLATED, SOMETIMES_HUNG = Breakage.parse("violated"), Breakage.parse("sometimes hung")


def update(
    before: BrokenClaims, observations: dict[str, list[str]], *, whole: bool = False, merge: bool = False
) -> BrokenClaims:
    """Return what is recorded about `DEFECT` after an update."""
    return updated(Record({TABLE_KEY: before}), DEFECT, observations, whole=whole, merge=merge)


def test_file_is_as_the_command_writes_it(tmp_path: Path) -> None:
    record = Record.load()
    record.save(tmp_path / "copy.toml")
    assert str(Record.load(tmp_path / "copy.toml")) == str(record)
    assert RECORD_FILE.read_text(encoding="utf-8") == str(record)


@pytest.mark.parametrize("text", ["violated", "hung or violated", "sometimes crashed"])
def test_breakage_is_written_as_it_is_read(text: str) -> None:
    assert str(Breakage.parse(text)) == text


@pytest.mark.parametrize("text", ["", "holds", "sometimes", "violated or holds"])
def test_other_verdicts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not made of the verdicts"):
        Breakage.parse(text)


def test_update_adds_what_broke() -> None:
    assert update({}, {DECLARED: ["violated"], OTHER: ["hung", "holds", "hung"], THIRD: ["holds"]}) == {
        DECLARED: ALWAYS_VIOLATED,
        OTHER: SOMETIMES_HUNG,
    }


def test_update_removes_what_held_each_time() -> None:
    before = {DECLARED: ALWAYS_VIOLATED, OTHER: ALWAYS_VIOLATED, THIRD: SOMETIMES_HUNG}
    after = update(before, {OTHER: ["holds"] * 3, THIRD: ["holds"] * 3})
    assert after == {DECLARED: ALWAYS_VIOLATED, THIRD: SOMETIMES_HUNG}  # what breaks sometimes may hold this time


def test_merge_marks_what_differs() -> None:
    after = update({OTHER: ALWAYS_VIOLATED}, {OTHER: ["holds"] * 3, THIRD: ["violated"] * 3}, merge=True)
    assert {claim: str(breakage) for claim, breakage in after.items()} == {
        OTHER: "sometimes violated",
        THIRD: "sometimes violated",
    }


def test_defect_that_breaks_most_claims_has_one_line_for_them() -> None:
    after = update({}, {claim.id: ["hung"] for claim in Claim.all()}, whole=True)
    assert set(after) == {DECLARED, ANY}
    record = Record({TABLE_KEY: after})
    assert trial.differences(DEFECT, {OTHER: ["violated"], THIRD: ["holds"]}, record) == []


@pytest.mark.parametrize(
    ("claim", "verdict", "message"),
    [
        (DECLARED, "holds", "Change spec/selftest/defects/locks.py"),
        (OTHER, "violated", f"python -m spec matrix --update locks:example --claim {OTHER}"),
        (THIRD, "holds", f"python -m spec matrix --update locks:example --claim {THIRD}"),
    ],
)
def test_difference_says_what_mends_it(claim: str, verdict: str, message: str) -> None:
    record = Record({TABLE_KEY: {DECLARED: ALWAYS_VIOLATED, THIRD: ALWAYS_VIOLATED}})
    [difference] = trial.differences(DEFECT, {claim: [verdict]}, record)
    assert message in str(difference)


@pytest.mark.parametrize(
    ("claim", "verdicts", "depends"),
    [
        (OTHER, ["violated", "holds"], True),
        (OTHER, ["violated", "hung"], False),
        (DECLARED, ["violated", "holds"], False),
    ],
)
def test_only_other_claims_may_depend_on_the_run(claim: str, verdicts: list[str], depends: bool) -> None:
    [difference] = trial.differences(DEFECT, {claim: verdicts}, Record({TABLE_KEY: {DECLARED: ALWAYS_VIOLATED}}))
    assert difference.depends_on_the_run == depends


def test_what_is_missing_is_named() -> None:
    """Each message has the file or the command that mends it."""
    claims = [claim for claim in Claim.all() if claim.id in (DECLARED, OTHER)]
    misspelt = Defect(DEFECT.name, DEFECT.fault, ["lock.is-not-rentrant"], DEFECT.mp, DEFECT.context)
    assert [line.partition(":")[0] for line in completeness.claims_without_defect(claims, [DEFECT])] == [OTHER]
    [line] = completeness.unknown_claims(claims, [misspelt])
    assert f"Is it {DECLARED}?" in line and "spec/selftest/defects/locks.py" in line
    [line] = completeness.gaps_in_record(claims, [DEFECT], Record({}))
    assert "python -m spec matrix --update locks:example" in line
    table = {DECLARED: ALWAYS_VIOLATED}
    assert list(completeness.gaps_in_record(claims, [DEFECT], Record({TABLE_KEY: table}))) == []
    gone = Record({TABLE_KEY: table, ("locks:gone", "fork"): table})
    [line] = completeness.gaps_in_record(claims, [DEFECT], gone)
    assert line.startswith("locks:gone:")


def test_verdicts_of_the_record_are_failures() -> None:
    assert {verdict for table in Record.load().tables.values() for b in table.values() for verdict in b.verdicts} <= {
        *FAILURES
    }
