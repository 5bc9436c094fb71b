"""What the tests of the harness can ask for."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Callable

import pytest

from spec.harness import deadline
from spec.harness.nursery import Nursery

Fork = Callable[..., int]

os.environ.pop("PYTHONUNBUFFERED", None)  # with it, what is lost for most users in buffers would be seen here


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests here more time than a claim has: some run pytest itself, several times, on a busy machine."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture
def nothing_left() -> Iterator[None]:
    """See to it that the test leaves no process behind."""
    with Nursery() as nursery:
        yield
        multiprocessing.active_children()  # joins those that have exited
    assert nursery.leftovers == []


@pytest.fixture
def fork(nothing_left: None) -> Iterator[Fork]:  # noqa: ARG001  it must close after this one
    """Fork a process that calls a function, and return its pid; all are killed and reaped in the end.

    It exits with status 0 once the function has returned, and with 1 if that raised an exception.
    """
    pids = []

    def start(function: Callable[..., object], *args: object) -> int:
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
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


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the harness wait 50 ms at most."""
    monkeypatch.setattr(deadline, "SECONDS", 0.05)
