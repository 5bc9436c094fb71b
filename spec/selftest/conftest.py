"""Fixtures for the tests of the spec, and the order in which these tests run."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Callable

import pytest
from xdist.scheduler import LoadScopeScheduling

from spec.harness import deadline
from spec.harness.hosts import Network
from spec.harness.nursery import Nursery
from spec.report import document
from spec.report.document import Document
from spec.selftest.isolated_hosts import MakeHosts
from spec.selftest.runs import verify

Fork = Callable[..., int]

os.environ.pop("PYTHONUNBUFFERED", None)  # it would hide output that is lost in buffers without it
os.environ["LANGUAGE"] = "en"  # tests read messages


LONG_TESTS = ("test_defects.py", "test_hanging.py", "test_soak.py")
"""The modules whose tests take longest."""

WHOLE = (
    "test_failure_timelines.py",
    "test_installed.py",
    "test_report_command.py",
    "test_report_pages.py",
    "test_reports.py",
    "test_reproductions.py",
    "test_stage.py",
)
"""The modules whose tests look at one long run of pytest, or one installation, which each worker would need anew."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests, and give the tests here more time than a claim has: some run pytest itself."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.timeout(300))
    items.sort(key=lambda item: item.path.name not in LONG_TESTS)


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Gives each worker one test after another, except for some modules, which one worker takes as a whole.

    ``--dist loadgroup`` does the same, but it works only if the user gives it on the command line.

    """

    def _split_scope(self, nodeid: str) -> str:
        module, _, _ = nodeid.partition("::")
        return module if module.endswith(WHOLE) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    """Distribute the tests so that no worker has many left when the others are done."""
    return Scheduling(config, log)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let SIGINT interrupt the programs that are started, although a shell lets background programs ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def nothing_left() -> Iterator[None]:
    """Check that the test leaves no process behind."""
    with Nursery() as nursery:
        yield
        multiprocessing.active_children()  # joins those that have exited
    assert nursery.leftovers == []


@pytest.fixture
def fork(nothing_left: None) -> Iterator[Fork]:  # noqa: ARG001  it must close after this one
    """Fork a process that calls a function, and return its pid; all are killed and reaped at the end.

    It exits with status 0 once the function has returned, and with 1 if that raised an exception.
    """
    pids = []
    handler = signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a fork loses a signal for which Python has a handler

    def start(function: Callable[..., object], *args: object) -> int:
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                signal.signal(signal.SIGALRM, signal.SIG_DFL)  # the handler of pytest-timeout looks like a timer
                function(*args)
                status = 0
            finally:
                os._exit(status)
        pids.append(pid)
        return pid

    yield start
    for pid in pids:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    signal.signal(signal.SIGTERM, handler)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the harness wait 50 ms at most."""
    monkeypatch.setattr(deadline, "DEADLINE_SECONDS", 0.05)


@pytest.fixture(scope="session")
def report_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The reports of one run, by their suffixes; the run verifies isolation on two APIs, of which one violates it."""
    folder = tmp_path_factory.mktemp("reports")
    suffixes = [".json", ".md", ".html"]
    written = {suffix: folder / f"report{suffix}" for suffix in suffixes}
    targets = ["--mp", "multiprocessing:fork", "--mp", "multiprocessing.dummy"]
    chosen = ["--claim", "isolation", *targets, "--deviations", "none"]
    run = verify("spec/", *chosen, *(f"--report={file}" for file in written.values()))
    assert run.status == pytest.ExitCode.TESTS_FAILED
    assert [f"report: {file}" in run.output for file in written.values()] == [True] * len(written)
    return written


@pytest.fixture(scope="session")
def report(report_files: dict[str, Path]) -> Document:
    """The JSON report of that run."""
    return document.read(report_files[".json"])


@pytest.fixture
def network(tmp_path: Path, nothing_left: None) -> Iterator[MakeHosts]:  # noqa: ARG001  it must close after this one
    """Return what makes hosts that are network namespaces, which end with the test."""
    with Network(tmp_path, True) as network:
        yield network
