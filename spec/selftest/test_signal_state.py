"""Signals that the caller of the run ignores or blocks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from spec.harness import deadline, signal_state
from spec.harness.deadline import Hung
from spec.harness.signal_state import (
    blocked_signals,
    keep_exited_children,
    restore_defaults,
    signals_sent,
    until_taken,
)
from spec.paths import ROOT
from spec.selftest import processes
from spec.selftest.conftest import Fork

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP, signal.SIGUSR1)

CALLER = f"""
import os, signal, sys
for number in {[int(number) for number in NUMBERS]}:
    if "ignore" in sys.argv[1]:
        signal.signal(number, signal.SIG_IGN)
    else:
        signal.pthread_sigmask(signal.SIG_BLOCK, [number])
os.execv(sys.executable, [sys.executable, "-m", "pytest", *sys.argv[2:]])
"""

SIGNAL_CLAIMS = (
    "lifecycle.terminated-child-dies-of-sigterm",
    "lifecycle.exit-code-of-an-interrupt",
    "daemon.ends-with-main",
    "zombie.lingers-until-joined",
)


@pytest.mark.parametrize("how", ["ignore", "block"])
def test_verdicts_are_the_same_whatever_the_caller_has_made_of_signals(how: str) -> None:
    claims = [f"--claim={claim}" for claim in SIGNAL_CLAIMS]
    arguments = ["spec", "-q", "-p", "no:cacheprovider", "--mp=multiprocessing:fork", *claims]
    done = subprocess.run(
        [sys.executable, "-c", CALLER, how, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert f"{len(SIGNAL_CLAIMS)} passed" in done.stdout
    assert done.returncode == 0


def test_nothing_is_ignored_or_blocked_any_more(fork: Fork) -> None:
    def look() -> None:
        for number in NUMBERS:
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, NUMBERS)
        restore_defaults()
        assert signal.SIG_IGN not in map(signal.getsignal, NUMBERS)
        assert blocked_signals() == set()

    assert os.waitstatus_to_exitcode(os.waitpid(fork(look), 0)[1]) == 0


def test_signals_of_the_c_library_are_left_alone(fork: Fork, monkeypatch: pytest.MonkeyPatch) -> None:
    """They may be ignored, and Python refuses to set them."""
    monkeypatch.setattr(signal_state, "signals_of", lambda _pid, _mask: {33, int(signal.SIGUSR1)})

    def look() -> None:
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        restore_defaults()
        assert signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL

    assert os.waitstatus_to_exitcode(os.waitpid(fork(look), 0)[1]) == 0


def test_an_interrupt_is_an_exception(fork: Fork) -> None:
    def be_interrupted() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        restore_defaults()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)

    assert os.waitstatus_to_exitcode(os.waitpid(fork(be_interrupted), 0)[1]) == 0


def test_python_still_ignores_what_it_does_by_itself(fork: Fork) -> None:
    def look() -> None:
        restore_defaults()
        assert signal.getsignal(signal.SIGPIPE) is signal.SIG_IGN

    assert os.waitstatus_to_exitcode(os.waitpid(fork(look), 0)[1]) == 0


def test_exit_status_of_a_child_is_kept(fork: Fork) -> None:
    def look() -> None:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        keep_exited_children()
        pid = os.fork()
        if pid == 0:
            os._exit(7)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7

    assert os.waitstatus_to_exitcode(os.waitpid(fork(look), 0)[1]) == 0


def test_what_is_sent_from_then_on_is_noted(fork: Fork) -> None:
    def send() -> None:
        os.kill(os.getpid(), signal.SIGCHLD)
        sent = signals_sent()
        os.kill(os.getpid(), 0)
        assert sent == []
        os.kill(os.getpid(), signal.SIGCHLD)
        assert sent == [(os.getpid(), signal.SIGCHLD)]

    assert os.waitstatus_to_exitcode(os.waitpid(fork(send), 0)[1]) == 0


def test_signal_is_taken_once_it_is_not_pending(fork: Fork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "DEADLINE_SECONDS", 0.2)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    try:
        blocking = fork(processes.wait)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
    os.kill(blocking, signal.SIGUSR1)
    with pytest.raises(Hung, match=f"process {blocking} to take signal {signal.SIGUSR1:d}"):
        until_taken(blocking, signal.SIGUSR1)
    ended = fork(processes.wait)
    os.kill(ended, signal.SIGUSR1)
    until_taken(ended, signal.SIGUSR1)
    assert os.waitstatus_to_exitcode(os.waitpid(ended, 0)[1]) == -signal.SIGUSR1
