"""The stage: whatever an implementation does to its caller affects one claim only.

Each fault below is an API that does what multiprocessing does under fork, except that in one claim, `FAULTY_CLAIM`,
joining a child has the fault.  All are verified in one run of pytest.



"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from spec.engine import hangs
from spec.engine.verdicts import CRASHED, HOLDS, HUNG, VIOLATED
from spec.selftest.runs import Run, verify

FAULTY_CLAIM = "isolation.arguments-are-copies"
OTHER_CLAIMS = {"isolation.rebinding-stays-in-the-child", "isolation.siblings-share-nothing"}

FAULTY_API = """
import ctypes, multiprocessing, os, signal, sys, threading, time

_fork = multiprocessing.get_context("fork")
active_children = _fork.active_children


def get_start_method():
    return "fork"


class Process(_fork.Process):
    def __init__(self, *, target, **others):
        super().__init__(target=target, **others)
        self.is_the_one = "function append at" in repr(target)

    def join(self, timeout=None):
        super().join(timeout)
        if self.is_the_one:
            fault()


def fault():
"""


class Fault(NamedTuple):
    """A fault of an implementation, and the verdict on the claim in which it happens."""

    code: str
    verdict: str
    why: str


WHEN_STILL, WHEN_TIMED, WHEN_IDLE = hangs.STILL.message(0.5), hangs.TIMED.message(1), hangs.IDLE.message(1)
WHEN_LATE = hangs.LATE.message(3)

FAULTS = {
    "none": Fault("pass", HOLDS, ""),
    "hangs": Fault("lock = threading.Lock(); lock.acquire(); lock.acquire()", HUNG, WHEN_STILL),
    "hangs_and_says_no": Fault(
        """
        while True:
            try:
                signal.pause()
            except BaseException:
                pass
        """,
        HUNG,
        WHEN_STILL,
    ),
    "hangs_and_goes_on": Fault(
        """
        try:
            signal.pause()
        except BaseException:
            pass
        """,
        HUNG,
        WHEN_STILL,
    ),
    "is_slow": Fault("time.sleep(0.8)", HOLDS, ""),
    "waits_for_a_moment": Fault("threading.Event().wait(0.7)", HOLDS, ""),
    "waits_for_an_hour": Fault("threading.Event().wait(3600)", HUNG, WHEN_TIMED),
    "waits_in_a_loop": Fault("while True: time.sleep(0.2)", HUNG, WHEN_IDLE),
    "loops_deaf_to_alarms": Fault(
        """
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        while True:
            pass
        """,
        HUNG,
        WHEN_LATE,
    ),
    "stops_its_caller": Fault("os.kill(os.getpid(), signal.SIGSTOP)", HUNG, WHEN_STILL),
    "exits": Fault("os._exit(0)", CRASHED, "the process that called it exited with status 0"),
    "segfaults": Fault("ctypes.string_at(0)", CRASHED, "the process that called it was killed by SIGSEGV\n  File "),
    "kills_its_group": Fault(
        "os.killpg(0, signal.SIGKILL)", CRASHED, "the process that called it was killed by SIGKILL"
    ),
    "sends_a_nameless_signal": Fault(
        "os.kill(os.getpid(), 40)", CRASHED, "the process that called it was killed by signal 40"
    ),
    "interrupts": Fault("raise KeyboardInterrupt", CRASHED, "the process that called it exited with status 1"),
    "leaks_a_process": Fault(
        """
        if os.fork() == 0:
            os.setsid()
            while True:
                signal.pause()
        """,
        VIOLATED,
        "what is left behind: expected nothing, seen process ",
    ),
    "leaks_a_busy_process": Fault(
        """
        if os.fork() == 0:
            while True:
                pass
        """,
        VIOLATED,
        "what is left behind: expected nothing, seen process ",
    ),
    "leaks_many_processes": Fault(
        """
        for _ in range(7):
            if os.fork() == 0:
                while True:
                    signal.pause()
        """,
        VIOLATED,
        " and 2 more",
    ),
    "raises": Fault(
        'raise OSError("no more processes")',
        VIOLATED,
        "Process.join() of raises: expected no exception, seen OSError: no more processes",
    ),
    "prints_megabytes": Fault("os.write(1, b'x' * 5_000_000)", HOLDS, ""),
    "prints_megabytes_and_raises": Fault(
        "sys.stdout.write('x' * 5_000_000); raise OSError('out of ink')", VIOLATED, "OSError: out of ink"
    ),
    "lets_a_child_escape": Fault("os.fork()", HOLDS, ""),
}


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an API for each fault."""
    folder = tmp_path_factory.mktemp("modules")
    for name, fault in FAULTS.items():
        code = fault.code if fault.code.startswith("\n") else f"    {fault.code}\n"
        (folder / f"{name}.py").write_text(FAULTY_API + code, encoding="utf-8")
    return folder


WAYS: dict[str, list[str]] = {"one process": [], "two workers": ["-n2"]}
"""The ways to run pytest: the options for each."""


@pytest.fixture(scope="module")
def runs(modules: Path) -> dict[str, Run]:
    """A run of pytest on all faults in each way; the runs are parallel because they mostly wait."""
    targets = [f"--mp={name}" for name in FAULTS]
    selected = "arguments_are_copies or rebinding_stays or siblings_share"
    options = ["spec/claims/isolation", "-k", selected, "--hang-after=0.5", "--timeout=3", *targets]
    with ThreadPoolExecutor() as pool:
        pending = {way: pool.submit(verify, *options, *more, path=modules) for way, more in WAYS.items()}
    return {way: future.result() for way, future in pending.items()}


@pytest.fixture(params=WAYS)
def run(request: pytest.FixtureRequest, runs: dict[str, Run]) -> Run:
    """The run of pytest in each way."""
    return runs[request.param]


@pytest.mark.parametrize("name", FAULTS)
def test_costs_its_own_claim(run: Run, name: str) -> None:
    assert run.on(name)[FAULTY_CLAIM] == FAULTS[name].verdict
    assert FAULTS[name].why in run.output


@pytest.mark.parametrize("name", FAULTS)
def test_costs_no_other_claim(run: Run, name: str) -> None:
    assert {run.on(name)[claim] for claim in OTHER_CLAIMS} == {HOLDS}


def test_fails_the_run(run: Run) -> None:
    assert run.status == pytest.ExitCode.TESTS_FAILED


def test_leaves_nothing_behind(run: Run) -> None:
    assert run.leftovers == []


def test_keeps_the_output_short(run: Run) -> None:
    assert len(run.output) < 100_000


SCARCE = """
import errno, os
from spec.engine import watcher

fork, calls = watcher._fork, []


def scarce():
    calls.append(fork)
    if len(calls) == 1:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    return fork()


watcher._fork = scarce
"""


def test_process_that_cannot_be_started_costs_its_own_claim(tmp_path: Path) -> None:
    (tmp_path / "scarce.py").write_text(SCARCE, encoding="utf-8")
    chosen = "--claim=isolation.child-is-another", "--claim=isolation.rebinding"
    run = verify("spec/", "-p", "scarce", "--mp=multiprocessing:fork", *chosen, path=tmp_path)
    assert list(run.verdicts.values()) == ["crashed", "holds"]
    assert "Crashed: it could not be started: [Errno 11] Resource temporarily unavailable" in run.output


def test_environment_may_say_how_long_a_claim_may_take(
    monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    """The watcher gives the stage more time than pytest-timeout gives the claim in it."""
    now = 0.0
    monkeypatch.setattr(hangs, "time", SimpleNamespace(monotonic=lambda: now))
    monkeypatch.setenv("PYTEST_TIMEOUT", "100")
    limited = hangs.HangDetector(pytestconfig)
    monkeypatch.setenv("PYTEST_TIMEOUT", "0")
    unlimited = hangs.HangDetector(pytestconfig)
    now = 101.0
    assert limited.check([os.getpid()]) is None
    now = 110.0
    assert limited.check([os.getpid()]) == "the claim has not ended within 100 s (--timeout)"
    assert unlimited.check([os.getpid()]) is None
