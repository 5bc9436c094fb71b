"""Named semaphores and shared memory: which process uses them, and which are used no more."""

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
    monkeypatch.setattr(shared_memory, "SHARED_FOLDER", tmp_path)
    monkeypatch.setattr(shared_memory, "UNUSED_SECONDS", 0.05)
    monkeypatch.setattr(shared_memory, "INTERVAL_BETWEEN_SCANS", 0.01)
    return tmp_path


OLD, NEW = "sem.mp-0123abcd", "sem.loky-42-_bcdefgh"


def inodes() -> list[int]:
    """Return the inodes of all files there."""
    return list(shared_memory.inodes_of(shared_memory.names()).values())


def test_removes_and_names_what_nobody_uses_and_nothing_else(shm: Path) -> None:
    (shm / OLD).touch()
    (shm / NEW).touch()
    assert shared_memory.remove_abandoned([(shm / NEW).stat().st_ino]) == [NEW]
    assert shared_memory.names() == {OLD}


def test_leaves_what_is_open(shm: Path) -> None:
    with (shm / NEW).open("w"):
        assert shared_memory.remove_abandoned(inodes()) == []
    assert shared_memory.remove_abandoned(inodes()) == [NEW]


def test_leaves_what_is_mapped_under_another_name(shm: Path) -> None:
    """Make a semaphore as `sem_open` does."""
    with (shm / "draft").open("w+b") as file:
        file.truncate(32)
        mapped = mmap.mmap(file.fileno(), 32)
    os.link(shm / "draft", shm / NEW)
    (shm / "draft").unlink()
    assert shared_memory.remove_abandoned(inodes()) == []
    mapped.close()
    assert shared_memory.remove_abandoned(inodes()) == [NEW]


def test_leaves_a_semaphore_of_another_run(fork: Fork) -> None:
    def make_one() -> None:  # in a process that ends, together with the resource tracker that it starts
        lock: Any = multiprocessing.get_context("spawn").Lock()
        name = f"sem.{lock._semlock.name[1:]}"
        assert name in shared_memory.names()
        assert shared_memory.remove_abandoned([shared_memory.inodes_of([name])[name]]) == []
        assert name in shared_memory.names()

    assert exit_of(fork(make_one)).code == 0


def test_tells_what_a_process_uses_and_what_is_there_of_it() -> None:
    before = set(shared_memory.used_by(os.getpid()))
    lock: Any = multiprocessing.get_context("spawn").Lock()
    mine = set(shared_memory.used_by(os.getpid())) - before
    assert shared_memory.remaining(mine) == [f"sem.{lock._semlock.name[1:]}"]


def test_leaves_what_is_somebody_elses(shm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shm / NEW).touch()
    made = inodes()
    monkeypatch.setattr(os, "geteuid", lambda: -1)
    assert shared_memory.remove_abandoned(made) == []
    assert shared_memory.names() == {NEW}


def test_is_patient_with_what_is_about_to_be_removed(shm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shm / NEW).touch()
    monkeypatch.setattr(time, "sleep", lambda _seconds: (shm / NEW).unlink())
    assert shared_memory.remove_abandoned(inodes()) == []


def test_there_may_be_no_such_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_memory, "SHARED_FOLDER", Path("/nonexistent"))
    assert shared_memory.remove_abandoned([1]) == []
