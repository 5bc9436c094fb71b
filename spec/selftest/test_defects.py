"""Every claim has been seen to fail: each defect breaks the claims that it was made to break.

A sample of the other claims is tried too: one that the defect is recorded to break, and one that must hold.
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

    What depends on the run is left to ``python -m spec matrix``, which records it as ``sometimes``.  A pair of an
    older defect and a newer claim that nobody has tried yet is a warning, which says what command records it.
    """
    found = []
    for batch in batches:
        chosen = {defect: trial.sample(defect, record) for defect in batch.defects}
        observed = batch.try_claims(chosen)
        trial.try_differences_again(batch, observed, record)
        for defect, observations in observed.items():
            untried = [claim for claim in chosen[defect] if claim in defect.breaks and claim not in observations]
            assert not untried, f"{defect.name} was not tried with {untried}"
            for difference in trial.differences(defect, observations, record):
                if difference.is_of_verdicts_only or difference.depends_on_the_run:
                    continue
                if difference.recorded is None and difference.claim not in defect.breaks:
                    warnings.warn(str(difference), stacklevel=1)
                else:
                    found.append(str(difference))
    assert not found, "\n".join(found)
