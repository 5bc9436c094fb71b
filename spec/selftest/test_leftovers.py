"""A run leaves nothing behind, even if a claim fails."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

import pytest

from spec.harness import dev_shm
from spec.selftest.runs import verify

LEAKING = """
import multiprocessing, os

_fork = multiprocessing.get_context("fork")
get_start_method = _fork.get_start_method
kept = []


class Process(_fork.Process):
    def start(self):
        kept.append(open("/dev/shm/spec-leak-{name}-%d" % os.getpid(), "x"))
        open("/dev/shm/spec-other-{name}-%d" % os.getpid(), "x").close()
        super().start()
"""


@pytest.mark.parametrize("options", [[], ["-n2"]], ids=["one process", "two workers"])
def test_what_the_run_had_in_use_is_removed_and_named_and_nothing_else_is(tmp_path: Path, options: list[str]) -> None:
    """At its end the run removes those files from /dev/shm that one of its processes is known to have used."""
    name = secrets.token_hex(8)  # other tests, and other programs, leave files there at the same time
    (tmp_path / "leaking.py").write_text(LEAKING.format(name=name), encoding="utf-8")
    run = verify("--mp", "leaking", "--claim", "isolation.child-is-another", *options, path=tmp_path)
    [other] = [file for file in dev_shm.names() if file.startswith(f"spec-other-{name}-")]
    (dev_shm.SHARED_FOLDER / other).unlink()
    leak = other.replace("other", "leak")
    assert "left behind in shared memory, removed" in run.output
    assert f"/dev/shm/{leak}" in run.output
    assert other not in run.output
    assert leak not in dev_shm.names()
    assert run.verdicts == {("isolation.child-is-another-process", "leaking"): "holds"}


@pytest.mark.parametrize("api", ["multiprocessing:spawn", "multiprocessing.dummy"])
def test_neither_files_nor_processes_are_left(api: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No temporary file and no process is left, whether the claims hold or fail."""
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("TMPDIR", folder)
        chosen = ["--claim", "zombie.lingers", "--claim", "sharing.counts", "--claim", "orphan.goes-on-running"]
        run = verify("spec/", "--mp", api, *chosen)
        assert run.verdicts
        left = [name for name in os.listdir(folder) if not name.startswith("tmp")]  # junit.xml was there
        assert left == []
    assert run.leftovers == []
