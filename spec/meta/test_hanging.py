"""A target that hangs in whatever is called costs each claim a moment, and the whole run less than a minute."""

from __future__ import annotations

import time

import pytest

from spec.harness.nursery import Nursery
from spec.meta.verify import verify
from spec.verdicts import CRASHED, HUNG

TARGET = "spec.meta.defects.hostile:everything-hangs"

MINUTE = 60.0


def test_whole_run_ends_within_a_minute() -> None:
    """Who waits needs no processor, so many claims can hang at once."""
    begun = time.monotonic()
    with Nursery() as nursery:
        run = verify("spec/", f"--mp={TARGET}", "-n", "8", "--hang-after", "1", seconds=300)
    seconds = time.monotonic() - begun
    assert nursery.leftovers == []
    assert run.status == pytest.ExitCode.TESTS_FAILED
    verdicts = run.on(TARGET)
    assert CRASHED not in verdicts.values()
    assert list(verdicts.values()).count(HUNG) > len(verdicts) / 2
    assert seconds < MINUTE
