"""Witnesses: the message of a claim that does not hold."""

from __future__ import annotations

import gc
import weakref

import pytest

from spec.harness.deadline import Hung
from spec.harness.heartbeat import beats
from spec.harness.witness import (
    Violation,
    at_least,
    at_most,
    caller,
    containing,
    gatekeeper,
    kernel,
    one_of,
    other_than,
    recorder,
    refuses,
)


def complaint(seen: object, expected: object) -> str:
    with pytest.raises(Violation) as raised:
        kernel.shows("the child", seen, expected=expected)
    return str(raised.value)


def test_is_silent_where_it_is_so() -> None:
    kernel.shows("the child", "zombie", expected="zombie")
    recorder.shows("the values", [1, 2], expected=[1, 2])


def test_says_what_was_expected_and_seen_and_by_whom() -> None:
    assert complaint("gone", "zombie") == ("the child: expected zombie, seen gone\n  seen by  the kernel")


def test_says_which_claim_on_what_first() -> None:
    violation = Violation("it", "one", "two", "the kernel")
    violation.context = {"claim": "zombie.lingers: It lingers.", "target": "billiard:fork"}
    assert str(violation) == (
        "it: expected one, seen two\n"
        "  claim    zombie.lingers: It lingers.\n"
        "  target   billiard:fork\n"
        "  seen by  the kernel"
    )


def test_names_of_the_witnesses() -> None:
    assert [witness.name for witness in (kernel, recorder, gatekeeper, caller)] == [
        "the kernel",
        "code in the child, through the recorder",
        "a checkpoint",
        "the caller",
    ]


@pytest.mark.parametrize(
    ("such", "good", "bad", "words"),
    [
        (other_than(1), 2, 1, "other than 1"),
        (one_of(1, "a"), "a", 2, "one of 1, 'a'"),
        (at_least(3), 3, 2, "3 or more"),
        (at_most(3), 3, 4, "3 or less"),
        (containing("a"), ["a"], "b", "something that contains 'a'"),
    ],
)
def test_expectations(such: object, good: object, bad: object, words: str) -> None:
    kernel.shows("it", good, expected=such)
    assert complaint(bad, such).startswith(f"the child: expected {words}, seen ")


@pytest.mark.parametrize("such", [at_least(1), containing("a")])
def test_a_value_of_the_wrong_kind_is_not_as_expected(such: object) -> None:
    assert "seen None" in complaint(None, such)


def test_shows_the_ends_of_what_is_long() -> None:
    text = complaint("a" * 5000 + "z" * 5000, "short")
    assert len(text) < 5000
    assert "aaa ... (8000 more characters) ... zzz" in text


def test_refusal() -> None:
    with refuses(ValueError, "too large"):
        raise ValueError("it is too large")


def test_refusal_of_any_kind() -> None:
    with refuses(SystemExit):
        raise SystemExit


@pytest.mark.parametrize(
    ("error", "seen"),
    [
        (None, "no exception"),
        (ValueError("too small"), "ValueError: too small"),
        (KeyError("too large"), "KeyError: 'too large'"),
    ],
)
def test_refusal_that_is_none(error: Exception, seen: str) -> None:
    with pytest.raises(Violation) as raised, refuses(ValueError, "too large"):
        if error:
            raise error
    assert str(raised.value) == (
        f"the outcome of the call: expected ValueError (too large), seen {seen}\n  seen by  the caller"
    )


@pytest.mark.parametrize("error", [Hung, KeyboardInterrupt])
def test_refusal_is_no_place_for_hangs_and_interrupts_to_end(error: type[BaseException]) -> None:
    with pytest.raises(error), refuses(ValueError):
        raise error


def test_refusal_leaves_nothing_to_the_garbage_collector() -> None:
    """From Python 3.12 on, a traceback may contain its own exception."""
    refused: list[weakref.ref[Exception]] = []

    class Refused(ValueError):
        def __init__(self) -> None:
            super().__init__()
            refused.append(weakref.ref(self))

    gc.disable()
    try:
        with refuses(Refused):
            raise Refused
        [error] = refused
        assert error() is None
    finally:
        gc.enable()


def test_what_is_stated_is_a_sign_of_life() -> None:
    before = beats()
    kernel.shows("the answer", 42, expected=42)
    assert beats() != before
