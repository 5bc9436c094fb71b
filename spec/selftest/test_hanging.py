"""A target that hangs in whatever is called costs each claim a moment, and leaves nothing behind."""

from __future__ import annotations

import pytest

from spec.engine.verdicts import CRASHED, HUNG
from spec.selftest.verify import verify

TARGET = "spec.selftest.defects.hostile:everything-hangs"

SECONDS = 180.0
"""Several times what the run takes on two cores that have nothing else to do: less than a minute."""


def test_whole_run_ends() -> None:
    """Who waits needs no processor, so many claims can hang at once."""
    run = verify("spec/", f"--mp={TARGET}", "-n", "8", seconds=SECONDS)
    assert run.leftovers == []
    assert run.status == pytest.ExitCode.TESTS_FAILED
    verdicts = run.on(TARGET)
    assert CRASHED not in verdicts.values()
    assert list(verdicts.values()).count(HUNG) > len(verdicts) / 2


def test_slow_is_not_hung() -> None:
    """What takes its time, and sleeps meanwhile, is not taken for what hangs, nor a start of it for a join."""
    target = "spec.selftest.slow:forkserver"
    claims = [f"--claim={claim}" for claim in ("fanout.failed", "lifecycle.join-goes-on", "queue.join-thread-waits")]
    assert set(verify("spec/", f"--mp={target}", *claims, "-n", "4").on(target).values()) == {"holds"}
