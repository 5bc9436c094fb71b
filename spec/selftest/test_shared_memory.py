"""Named semaphores and shared memory: whose they are, and whose no more."""

from __future__ import annotations

import mmap
import multiprocessing
import os
import time
from pathlib import Path
from typing import Any

import pytest

from spec.harness import shared_memory
from spec.harness.process_table import exit_of
from spec.selftest.conftest import Fork


@pytest.fixture
def shm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for /dev/shm."""
    monkeypatch.setattr(shared_memory, "FOLDER", tmp_path)
    monkeypatch.setattr(shared_memory, "PATIENCE", 0.05)
    monkeypatch.setattr(shared_memory, "LOOK", 0.01)
    return tmp_path


OLD, NEW = "sem.mp-0123abcd", "sem.loky-42-_bcdefgh"


def test_removes_and_names_what_nobody_uses(shm: Path) -> None:
    (shm / OLD).touch()
    since = shared_memory.names()
    (shm / NEW).touch()
    assert shared_memory.remove_abandoned(since) == [NEW]
    assert shared_memory.names() == {OLD}


def test_leaves_what_somebody_may_know_by_name(shm: Path) -> None:
    (shm / "psm_0123abcd").touch()
    (shm / "sem.mine").touch()
    (shm / "folder").mkdir()
    assert shared_memory.remove_abandoned(frozenset()) == []
    assert shared_memory.names() == {"psm_0123abcd", "sem.mine", "folder"}


def test_leaves_what_is_open(shm: Path) -> None:
    with (shm / NEW).open("w"):
        assert shared_memory.remove_abandoned(frozenset()) == []
    assert shared_memory.remove_abandoned(frozenset()) == [NEW]


def test_leaves_what_is_mapped_under_another_name(shm: Path) -> None:
    """As `sem_open` makes a semaphore."""
    with (shm / "draft").open("w+b") as file:
        file.truncate(32)
        mapped = mmap.mmap(file.fileno(), 32)
    os.link(shm / "draft", shm / NEW)
    (shm / "draft").unlink()
    assert shared_memory.remove_abandoned(frozenset()) == []
    mapped.close()
    assert shared_memory.remove_abandoned(frozenset()) == [NEW]


def test_leaves_a_semaphore_of_another_run(fork: Fork) -> None:
    def make_one() -> None:  # in a process that ends, and so does the resource tracker that it starts
        lock: Any = multiprocessing.get_context("spawn").Lock()
        name = f"sem.{lock._semlock.name[1:]}"
        assert name in shared_memory.names()
        assert name not in shared_memory.remove_abandoned(shared_memory.names() - {name})
        assert name in shared_memory.names()

    assert exit_of(fork(make_one)).code == 0


def test_tells_what_a_process_uses_and_what_is_there_of_it() -> None:
    before = set(shared_memory.used_by(os.getpid()))
    lock: Any = multiprocessing.get_context("spawn").Lock()
    mine = set(shared_memory.used_by(os.getpid())) - before
    assert shared_memory.remaining(mine) == [f"sem.{lock._semlock.name[1:]}"]


def test_leaves_what_is_somebody_elses(shm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shm / NEW).touch()
    monkeypatch.setattr(os, "geteuid", lambda: -1)
    assert shared_memory.remove_abandoned(frozenset()) == []
    assert shared_memory.names() == {NEW}


def test_is_patient_with_what_is_about_to_be_removed(shm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shm / NEW).touch()
    monkeypatch.setattr(time, "sleep", lambda _seconds: (shm / NEW).unlink())
    assert shared_memory.remove_abandoned(frozenset()) == []


def test_there_may_be_no_such_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_memory, "FOLDER", Path("/nonexistent"))
    assert shared_memory.remove_abandoned(shared_memory.names()) == []
