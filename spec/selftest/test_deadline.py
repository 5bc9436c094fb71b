"""The deadline: how long the harness waits at most."""

from __future__ import annotations

import pytest

from spec.harness import deadline
from spec.harness.deadline import Backoff, Deadline, Hung


def test_time_remains_before_the_end() -> None:
    assert 0 < Deadline("the end", seconds=60).remaining() <= 60


def test_hung_after_the_end() -> None:
    with pytest.raises(Hung, match=r"^expected the end within 0 s$"):
        Deadline("the end", seconds=0).remaining()


def test_default_can_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "DEADLINE_SECONDS", 0)
    with pytest.raises(Hung):
        Deadline("the end").remaining()


def test_says_how_far_it_came() -> None:
    assert str(Deadline("ten", seconds=1.5).expired("three")) == "expected ten within 1.5 s, seen three"


def test_except_exception_does_not_swallow_hung() -> None:
    assert not issubclass(Hung, Exception)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """For how many seconds a `Backoff` would have slept, each time."""
    seconds: list[float] = []
    monkeypatch.setattr("spec.harness.deadline.time.sleep", seconds.append)
    return seconds


def backoff_that_has_waited() -> Backoff:
    """Return a `Backoff` that has waited 50 times."""
    backoff = Backoff("the end")
    for _ in range(50):
        backoff.wait()
    return backoff


def test_looks_less_often_the_longer_it_takes(slept: list[float]) -> None:
    backoff_that_has_waited()
    assert slept == sorted(slept)
    assert slept[0] < slept[-1] == Backoff.MOST


def test_looks_often_again_when_it_may_be_about_to_come(slept: list[float]) -> None:
    backoff_that_has_waited().wait(soon=True)
    assert slept[-1] == Backoff.LEAST


@pytest.mark.usefixtures("impatient")
def test_looks_no_longer_than_the_deadline() -> None:
    backoff = Backoff("the end")
    with pytest.raises(Hung, match=r"^expected the end within 0\.05 s$"):
        while True:
            backoff.wait()
