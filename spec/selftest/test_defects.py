"""Every claim has been seen to fail: each defect breaks the claims that it was made to break.

With a share of the defects, other claims are tried too: one that must hold, and one that is recorded to break.
``python -m spec matrix`` tries each defect with all claims.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import pytest

from spec.engine import lessons
from spec.selftest import completeness, trial
from spec.selftest.broken_claims import Record
from spec.selftest.defects.declaration import Family
from spec.selftest.trial import Batch

TOLERATED = 0.1
"""The share of the pairs of a defect and a claim that it does not declare which may differ from the record."""


@pytest.fixture(scope="module")
def record() -> Record:
    """What all defects are recorded to break."""
    return Record.load()


def test_declarations_and_record_are_complete() -> None:
    assert "\n".join(completeness.problems()) == ""


@pytest.mark.parametrize("family", trial.families(), ids=lambda family: str(family.name.rpartition(".")[2]))
def test_broken_apis_break_what_they_declare(family: Family, record: Record) -> None:
    check([Batch(family.name, [defect for defect in family.defects if not defect.slow])], record)


@pytest.mark.parametrize("lesson", lessons.names())
def test_broken_lessons_break_what_they_declare(lesson: str, record: Record) -> None:
    packages = [package for package in trial.packages() if package.breaks[0].startswith(f"{lesson}.")]
    check([Batch(package.name, [package]) for package in packages], record)


def check(batches: Sequence[Batch], record: Record) -> None:
    """Try a sample of claims with each defect of the *batches*.

    Each defect must break the claims that it declares.  What else it breaks may depend on the machine, so a pair
    that differs from the record is a warning, with the command that records it, up to a share of `TOLERATED`.
    """
    problems, tried = [], 0
    for batch in batches:
        chosen = {defect: trial.sample(defect, record) for defect in batch.defects}
        observed = batch.try_claims(chosen)
        trial.try_differences_again(batch, observed, record)
        for defect, observations in observed.items():
            untried = [claim for claim in chosen[defect] if claim in defect.breaks and claim not in observations]
            assert not untried, f"{defect.name} was not tried with {untried}"
            tried += len(observations.keys() - defect.breaks)
            problems += trial.differences(defect, observations, record)
    failed = [str(difference) for difference in problems if difference.is_failed_purpose]
    assert not failed, "\n".join(failed)
    unexpected = [
        str(difference)
        for difference in problems
        if not difference.is_of_verdicts_only and not difference.depends_on_the_run
    ]
    for text in unexpected:
        warnings.warn(text, stacklevel=1)
    assert len(unexpected) <= max(1, TOLERATED * tried), "The record is out of date:\n" + "\n".join(unexpected)
