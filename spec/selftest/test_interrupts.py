"""Interrupts of the run."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from spec.engine import interrupts
from spec.selftest.conftest import Fork

pytestmark = [
    pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM]),
    pytest.mark.usefixtures("interruptible"),  # xdist workers ignore SIGINT
]


def exit_status(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_signal_is_an_exception(number: int, fork: Fork) -> None:
    def be_interrupted() -> None:
        interrupts.listen()
        interrupts.check()
        with pytest.raises(KeyboardInterrupt, match=signal.Signals(number).name):
            signal.raise_signal(number)

    assert exit_status(fork(be_interrupted)) == 0


def test_signal_is_not_lost_where_python_ignores_exceptions(number: int, fork: Fork) -> None:
    class Interrupting:
        def __del__(self) -> None:
            signal.raise_signal(number)

    def be_interrupted() -> None:
        sys.unraisablehook = lambda _: None
        interrupts.listen()
        Interrupting()
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()

    assert exit_status(fork(be_interrupted)) == 0


def test_signal_can_be_deferred(number: int, fork: Fork) -> None:
    def be_interrupted() -> None:
        interrupts.listen()
        reached = False
        with pytest.raises(KeyboardInterrupt), interrupts.deferred():
            signal.raise_signal(number)
            reached = True
        assert reached

    assert exit_status(fork(be_interrupted)) == 0


def test_fork_ends_as_by_default(number: int, fork: Fork) -> None:
    def be_killed() -> None:
        interrupts.listen()
        pid = os.fork()
        if pid == 0:
            try:
                signal.raise_signal(number)
            except KeyboardInterrupt:
                os._exit(42)
        assert exit_status(pid) == (42 if number == signal.SIGINT else -number)

    assert exit_status(fork(be_killed)) == 0
