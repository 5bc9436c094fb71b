"""Named semaphores and shared memory: which process uses them, and which are used no more."""

from __future__ import annotations

import mmap
import multiprocessing
import os
import time
from pathlib import Path
from typing import Any

import pytest

from spec.harness import dev_shm
from spec.harness.process_table import exit_of
from spec.selftest.conftest import Fork


@pytest.fixture
def shm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for /dev/shm."""
    monkeypatch.setattr(dev_shm, "SHARED_FOLDER", tmp_path)
    monkeypatch.setattr(dev_shm, "UNUSED_SECONDS", 0.05)
    monkeypatch.setattr(dev_shm, "INTERVAL_BETWEEN_SCANS", 0.01)
    return tmp_path


OLD, NEW = "sem.mp-0123abcd", "sem.loky-42-_bcdefgh"


def inodes() -> list[int]:
    """Return the inodes of all files there."""
    return list(dev_shm.inodes_of(dev_shm.names()).values())


def test_removes_and_names_what_nobody_uses_and_nothing_else(shm: Path) -> None:
    (shm / OLD).touch()
    (shm / NEW).touch()
    assert dev_shm.remove_abandoned([(shm / NEW).stat().st_ino]) == [NEW]
    assert dev_shm.names() == {OLD}


def test_leaves_what_is_open(shm: Path) -> None:
    with (shm / NEW).open("w"):
        assert dev_shm.remove_abandoned(inodes()) == []
    assert dev_shm.remove_abandoned(inodes()) == [NEW]


def test_leaves_what_is_mapped_under_another_name(shm: Path) -> None:
    """Make a semaphore as `sem_open` does."""
    with (shm / "draft").open("w+b") as file:
        file.truncate(32)
        mapped = mmap.mmap(file.fileno(), 32)
    os.link(shm / "draft", shm / NEW)
    (shm / "draft").unlink()
    assert dev_shm.remove_abandoned(inodes()) == []
    mapped.close()
    assert dev_shm.remove_abandoned(inodes()) == [NEW]


def test_leaves_a_semaphore_of_another_run(fork: Fork) -> None:
    def make_one() -> None:  # in a process that ends, together with the resource tracker that it starts
        lock: Any = multiprocessing.get_context("spawn").Lock()
        name = f"sem.{lock._semlock.name[1:]}"
        assert name in dev_shm.names()
        assert dev_shm.remove_abandoned([dev_shm.inodes_of([name])[name]]) == []
        assert name in dev_shm.names()

    assert exit_of(fork(make_one)).code == 0


def test_tells_what_a_process_uses_and_what_is_there_of_it() -> None:
    before = set(dev_shm.used_by(os.getpid()))
    lock: Any = multiprocessing.get_context("spawn").Lock()
    mine = set(dev_shm.used_by(os.getpid())) - before
    assert dev_shm.remaining(mine) == [f"sem.{lock._semlock.name[1:]}"]


def test_leaves_what_is_somebody_elses(shm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shm / NEW).touch()
    made = inodes()
    monkeypatch.setattr(os, "geteuid", lambda: -1)
    assert dev_shm.remove_abandoned(made) == []
    assert dev_shm.names() == {NEW}


def test_is_patient_with_what_is_about_to_be_removed(shm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shm / NEW).touch()
    monkeypatch.setattr(time, "sleep", lambda _seconds: (shm / NEW).unlink())
    assert dev_shm.remove_abandoned(inodes()) == []


def test_there_may_be_no_such_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev_shm, "SHARED_FOLDER", Path("/nonexistent"))
    assert dev_shm.remove_abandoned([1]) == []
