"""The calls of the C library do what the functions of `os` do, which some Pythons lack."""

from __future__ import annotations

import errno
import os
import select
import signal
import sys
from collections.abc import Iterator

import pytest

from spec.harness import system_calls
from spec.harness.process_table import GONE, ZOMBIE, state
from spec.harness.system_calls import CLD_EXITED, P_ALL, P_PID, WEXITED, WNOHANG, WNOWAIT, pidfd_open, waitid

CLD_KILLED = 2
"""See `waitid(2) <https://man7.org/linux/man-pages/man2/waitid.2.html>`_."""


@pytest.fixture(params=["os", "libc"], autouse=True)
def _by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test with the functions of `os`, where they exist, and with those of the C library."""
    for name in "waitid", "pidfd_open":
        if request.param == "libc":
            monkeypatch.delattr(os, name, raising=False)
        elif not hasattr(os, name):
            pytest.skip(f"this Python has no os.{name}")


@pytest.fixture
def waiting() -> Iterator[int]:
    """A child that waits for a signal; it is killed and reaped at the end, unless it was before."""
    pid = os.fork()
    if pid == 0:
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.pause()
        finally:
            os._exit(0)
    yield pid
    if state(pid) != GONE:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_an_exit_is_told_and_the_zombie_stays() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(7)
    for _ in range(2):
        told = waitid(P_PID, pid, WEXITED | WNOWAIT)
        assert told == (pid, os.getuid(), signal.SIGCHLD, 7, CLD_EXITED)
    assert state(pid) == ZOMBIE
    assert waitid(P_PID, pid, WEXITED) == told
    assert state(pid) == GONE


def test_a_death_by_a_signal_is_told(waiting: int) -> None:
    os.kill(waiting, signal.SIGKILL)
    told = waitid(P_PID, waiting, WEXITED | WNOWAIT)
    assert told == (waiting, os.getuid(), signal.SIGCHLD, signal.SIGKILL, CLD_KILLED)


def test_a_child_that_runs_is_not_waited_for(waiting: int) -> None:
    assert waitid(P_PID, waiting, WEXITED | WNOHANG | WNOWAIT) is None
    assert waitid(P_ALL, 0, WEXITED | WNOHANG | WNOWAIT) is None


def test_the_wait_goes_on_after_a_signal(waiting: int) -> None:
    before = signal.signal(signal.SIGALRM, lambda *_: os.kill(waiting, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        told = waitid(P_PID, waiting, WEXITED | WNOWAIT)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert told is not None
    assert (told.si_status, told.si_code) == (signal.SIGKILL, CLD_KILLED)


def test_whoever_is_no_child_is_refused() -> None:
    with pytest.raises(ChildProcessError):
        waitid(P_PID, os.getppid(), WEXITED | WNOHANG)


def test_a_pidfd_is_readable_once_the_process_has_exited(waiting: int) -> None:
    pidfd = pidfd_open(waiting)
    try:
        poll = select.poll()
        poll.register(pidfd, select.POLLIN)
        assert poll.poll(0) == []
        os.kill(waiting, signal.SIGKILL)
        assert poll.poll() == [(pidfd, select.POLLIN)]
        assert state(waiting) == ZOMBIE
        assert not os.get_inheritable(pidfd)
    finally:
        os.close(pidfd)


def test_a_pidfd_of_nobody_is_refused(waiting: int) -> None:
    os.kill(waiting, signal.SIGKILL)
    os.waitpid(waiting, 0)
    with pytest.raises(ProcessLookupError):
        pidfd_open(waiting)


def test_the_constants_are_those_of_this_machine() -> None:
    for name in ["P_ALL", "P_PID", "P_PIDFD", "WNOHANG", "WEXITED", "WNOWAIT", "CLD_EXITED"]:
        if hasattr(os, name):
            assert getattr(system_calls, name) == getattr(os, name)


def test_elsewhere_the_c_library_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(OSError) as refused:
        system_calls.call_libc("getpid")
    assert refused.value.errno == errno.ENOSYS
