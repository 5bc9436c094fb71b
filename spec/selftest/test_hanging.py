"""A target that hangs in every call costs each claim about a second, and leaves nothing behind."""

from __future__ import annotations

import pytest

from spec.engine.claims import node_ids
from spec.engine.verdicts import CRASHED, HUNG
from spec.selftest.runs import verify

TARGET = "spec.selftest.defects.hostile:everything-hangs"


def test_run_of_claims_of_all_lessons_ends() -> None:
    """Waiting uses no CPU, so many claims can hang at once.  Every fourth claim is run."""
    tests = [*node_ids().values()][::4]
    run = verify(*(f"{test}[{TARGET}]" for test in tests), f"--mp={TARGET}", "-n", "8")
    assert len(run.on(TARGET)) == len(tests)
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
