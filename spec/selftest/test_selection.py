"""The options that select tests."""

from __future__ import annotations

from typing import Optional

import psutil
import pytest

from spec.engine import plugin, xdist_workers
from spec.harness.cgroups import usable_processors
from spec.paths import CLAIMS_FOLDER
from spec.selftest.runs import verify


def test_the_claims_do_not_drag_in_the_tests_of_the_spec() -> None:
    """`pytest spec/` collects no test of the spec itself."""
    run = verify("spec/", "--collect-only", "-q")
    assert "spec/claims/zombie" in run.output
    assert "spec/selftest" not in run.output


def test_the_tests_of_the_spec_do_not_drag_in_the_claims() -> None:
    """`pytest spec/selftest` collects no claim, and files and tests in it can be named as usual."""
    for argument in "spec/selftest", "spec/selftest/test_selection.py", f"{__file__}::test_claim_chooses_by_prefix":
        run = verify(argument, "--collect-only", "-q")
        assert "spec/selftest/test_selection.py" in run.output
        assert "spec/claims/zombie/test_" not in run.output


def test_claim_chooses_by_prefix() -> None:
    """`--claim` runs the claims whose ids begin with its argument and no others; it can be repeated."""
    run = verify(
        "spec/", "--mp", "multiprocessing:fork", "--claim", "zombie.lingers", "--claim", "isolation.arguments-are-cop"
    )
    assert run.on("multiprocessing:fork") == {
        "isolation.arguments-are-copied-at-the-start": "holds",
        "isolation.arguments-are-copies": "holds",
        "zombie.lingers-until-joined": "holds",
    }
    assert run.status == 0


def test_only_modules_with_claims_that_are_asked_for_are_collected() -> None:
    """A module that is named is collected all the same."""
    asked = ["--claim", "zombie.lingers", "--claim", "lock.rlock-waiter", "--mp", "multiprocessing:fork"]
    run = verify("spec/", *asked, "--collect-only", "-q")
    modules = [CLAIMS_FOLDER / "zombie" / "test_zombie.py", CLAIMS_FOLDER / "lock" / "test_rlock.py"]
    tests = sum(module.read_text(encoding="utf-8").count("\ndef test_") for module in modules)
    assert f"/{tests} tests collected" in run.output
    run = verify("spec/claims/lock/test_rlock.py", "--claim", "zombie.lingers", "--collect-only")
    assert "deselected" in run.output


def test_verdicts_do_not_depend_on_the_number_of_workers() -> None:
    """`-n 2` and `-n 0` lead to the same verdicts, even for claims that fail."""
    claims = ["--claim", "isolation.a", "--claim", "zombie.lingers", "--claim", "zombie.piles"]
    chosen = ["spec/", *claims, "--mp", "multiprocessing", "--mp", "multiprocessing.dummy", "--deviations", "none"]
    alone, together = verify(*chosen, "-n", "0"), verify(*chosen, "-n", "2")
    assert alone.verdicts == together.verdicts
    assert alone.status == together.status == 1


@pytest.mark.parametrize("asked", [None, 2])
def test_auto_is_half_as_many_claims_again_as_processors(
    monkeypatch: pytest.MonkeyPatch, asked: Optional[int]
) -> None:
    """This does not apply if the user sets the number of xdist workers for ``auto``."""
    monkeypatch.delenv("PYTEST_XDIST_AUTO_NUM_WORKERS", raising=False)
    if asked is not None:
        monkeypatch.setenv("PYTEST_XDIST_AUTO_NUM_WORKERS", str(asked))
    processors = min(psutil.cpu_count(logical=False) or psutil.cpu_count() or 1, usable_processors())
    run = verify("spec/", "-n", "auto", "--mp=multiprocessing:fork", "--claim=identity.no-pid")
    assert f"\n{asked or (processors * 3 + 1) // 2} workers [1 item]" in run.output


def test_auto_counts_the_processors_that_it_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_XDIST_AUTO_NUM_WORKERS", raising=False)
    monkeypatch.setattr(xdist_workers, "usable_processors", lambda: 2)
    hook = plugin.pytest_xdist_auto_num_workers()
    next(hook)
    with pytest.raises(StopIteration) as answer:
        hook.send(64)
    assert answer.value.value == 3
