"""A target that hangs in every call costs each claim about a second, and leaves nothing behind."""

from __future__ import annotations

import pytest

from spec.engine.verdicts import CRASHED, HUNG
from spec.selftest.runs import verify

TARGET = "spec.selftest.defects.hostile:everything-hangs"

WHOLE_RUN_SECONDS = 600.0
"""Several times the time that the run takes on two idle cores, which is some two minutes."""


def test_whole_run_ends() -> None:
    """Waiting uses no CPU, so many claims can hang at once."""
    run = verify("spec/", f"--mp={TARGET}", "-n", "8", seconds=WHOLE_RUN_SECONDS)
    assert run.leftovers == []
    assert run.status == pytest.ExitCode.TESTS_FAILED
    verdicts = run.on(TARGET)
    assert CRASHED not in verdicts.values()
    assert list(verdicts.values()).count(HUNG) > len(verdicts) / 2


def test_slow_is_not_hung() -> None:
    """An API that is slow, and sleeps meanwhile, is not reported as hung, neither in a start nor in a join."""
    target = "spec.selftest.slow:forkserver"
    claims = [f"--claim={claim}" for claim in ("fanout.failed", "lifecycle.join-goes-on", "queue.join-thread-waits")]
    assert set(verify("spec/", f"--mp={target}", *claims, "-n", "4").on(target).values()) == {"holds"}
