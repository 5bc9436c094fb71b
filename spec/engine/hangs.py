"""What decides that a claim hangs: the rules, their limits, and the options that change them.

| rule | the claim hangs when | option |
|---|---|---|

is made from `RULES` for the documentation.  Everything else in the project only calls what is here, or raises
`spec.harness.deadline.Hung` when its own `Deadline` has passed.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import NamedTuple, Optional

import pytest
from pytest_timeout import get_env_settings

from spec.harness import deadline
from spec.harness.heartbeat import beats
from spec.harness.stillness import Idleness, Stillness
from spec.harness.waits import sleeps, waits_for_limited_time

WATCH_INTERVAL = 0.1
"""Seconds between two looks at the processes of a claim."""

IDLE_FACTOR = 2
"""A claim whose processes only poll gets this multiple of --hang-after."""

TIMED_FACTOR = 2
"""A claim in which a process waits for a limited time gets this multiple of --hang-after: the wait can end."""

SLEEP_FACTOR = 5
"""A claim in which a process sleeps for a time that it has chosen gets this multiple of --hang-after."""

CLEANUP_SECONDS = 2.0
"""Seconds that the stage gets to clean up once it was told that the claim hangs."""


class Rule(NamedTuple):
    """A rule by which a claim hangs.

    Attributes:
        when: what is so when the claim hangs, with the limit as ``{seconds}``.
        default: the limit in seconds, unless the option changes it.
        option: the option of the command line that changes the limit.
    """

    when: str
    default: float
    option: str

    def message(self, seconds: float) -> str:
        """Say that the rule applies, with a limit of this many *seconds*."""
        return f"{self.when.format(seconds=f'{seconds:g}')} ({self.option})"


STILL = Rule("no process has made progress for {seconds} s", 1.0, "--hang-after")
TIMED = Rule(
    "a process waits for a limited time, and none has made progress for {seconds} s",
    TIMED_FACTOR * STILL.default,
    "--hang-after",
)
ASLEEP = Rule(
    "a process sleeps, and none has made progress for {seconds} s", SLEEP_FACTOR * STILL.default, "--hang-after"
)
IDLE = Rule("all processes have only polled for {seconds} s", IDLE_FACTOR * STILL.default, "--hang-after")
LATE = Rule("the claim has not ended within {seconds} s", 60.0, "--timeout")
MISSED = Rule(
    "an event that the claim waits for has not come within {seconds} s", deadline.DEADLINE_SECONDS, "--scale"
)

RULES = (STILL, TIMED, ASLEEP, IDLE, LATE, MISSED)
"""All of them.  The last is decided where the harness waits, by a `spec.harness.deadline.Deadline`."""


class HangDetector:
    """Looks at the processes of a claim until one of the rules applies.

    Args:
        config: the options of the run.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._hang_after: float = config.getoption("hang_after")
        self._timeout = float(get_env_settings(config).timeout or "inf")
        # Later than pytest-timeout, which acts on the stage.
        self._end = time.monotonic() + self._timeout + 2 * CLEANUP_SECONDS
        self._stillness = Stillness(self._hang_after)
        self._idleness, self._beats = Idleness(IDLE_FACTOR * self._hang_after), beats()

    def check(self, pids: Collection[int]) -> Optional[str]:
        """Look at the processes of the claim, and return by which rule the claim hangs, or None if it does not."""
        if beats() != self._beats:
            self._idleness, self._beats = Idleness(IDLE_FACTOR * self._hang_after), beats()
        if self._stillness.lasts(pids):
            rule, factor = _rule_of_stillness(pids)
            seconds = factor * self._hang_after
            return rule.message(seconds) if self._stillness.elapsed >= seconds else None
        if self._idleness.lasts(pids):
            return IDLE.message(IDLE_FACTOR * self._hang_after)
        if time.monotonic() > self._end:
            return LATE.message(self._timeout)
        return None


def _rule_of_stillness(pids: Collection[int]) -> tuple[Rule, float]:
    """Return the rule for processes that are still, and the multiple of --hang-after that they get."""
    if any(map(sleeps, pids)):
        return ASLEEP, SLEEP_FACTOR
    if any(map(waits_for_limited_time, pids)):
        return TIMED, TIMED_FACTOR
    return STILL, 1


def timed_out(error: Optional[BaseException]) -> Optional[str]:
    """Return by which rule the claim hangs if *error* is what pytest-timeout raises, or None if it is not."""
    if not isinstance(error, pytest.fail.Exception) or not str(error).startswith(_TIMEOUT):
        return None
    return LATE.message(float(str(error)[len(_TIMEOUT) :].split("s")[0]))


_TIMEOUT = "Timeout (>"
"""How the message of pytest-timeout begins; the number of seconds follows, as in ``Timeout (>60.0s)``."""
