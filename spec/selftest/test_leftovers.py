"""A run leaves nothing behind, also when a claim fails in it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from spec.harness import shared_memory
from spec.selftest.verify import verify

LEAKING = """
import multiprocessing, os

_fork = multiprocessing.get_context("fork")
get_start_method = _fork.get_start_method


class Process(_fork.Process):
    def start(self):
        with open("/dev/shm/sem.mp-%08d" % os.getpid(), "x"), open("/dev/shm/spec-meta-%d" % os.getpid(), "x"):
            super().start()
"""


def test_semaphore_that_is_left_is_named_and_removed_and_nothing_else_is(tmp_path: Path) -> None:
    """A semaphore that an implementation leaves is removed when the run ends, and named; other files are not ours."""
    (tmp_path / "leaking.py").write_text(LEAKING, encoding="utf-8")
    before = shared_memory.names()
    run = verify("--mp", "leaking", "--claim", "isolation.child-is-another", path=tmp_path)
    [other] = [name for name in shared_memory.names() - before if name.startswith("spec-meta-")]
    (shared_memory.FOLDER / other).unlink()
    semaphore = f"sem.mp-{int(other.rpartition('-')[2]):08}"
    assert "semaphores that nobody uses any more, removed" in run.output
    assert f"/dev/shm/{semaphore}" in run.output
    assert other not in run.output
    assert semaphore not in shared_memory.names()
    assert run.verdicts == {("isolation.child-is-another-process", "leaking"): "holds"}


@pytest.mark.parametrize("api", ["multiprocessing:spawn", "multiprocessing.dummy"])
def test_neither_files_nor_processes_are_left(api: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No temporary file and no process is left, whether the claims hold or fail."""
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("TMPDIR", folder)
        chosen = ["--claim", "zombie.lingers", "--claim", "sharing.counts", "--claim", "orphan.goes-on-running"]
        run = verify("spec/", "--mp", api, *chosen)
        assert run.verdicts
        left = [name for name in os.listdir(folder) if not name.startswith("tmp")]  # that is where junit.xml was
        assert left == []
    assert run.leftovers == []
