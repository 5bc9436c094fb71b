"""The soak: each scene has its turn, and the log of a run that fails is kept."""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from spec.harness.process_table import GONE, state
from spec.paths import ROOT
from spec.tools.command_line import UsageError
from spec.tools.soak import HOG, PRESSURE, SURROUNDINGS, under_load
from spec.tools.soak import run as run_command


def soak(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run two claims of the lesson isolation over and over."""
    run = [sys.executable, "-m", "spec", "soak", "-o", str(folder), *arguments]
    claims = ["spec/claims/isolation", "--claim=isolation.child-is-another", "--claim=isolation.rebinding"]
    return subprocess.run(
        [*run, "--", *claims], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_every_scene_has_its_turn(tmp_path: Path) -> None:
    runs = sum(scene.runs for scene in SURROUNDINGS)
    done = soak(tmp_path, f"--runs={runs}", "--hogs=1", "--memory=0.01")
    assert done.returncode == 0, done.stdout
    *each, total = done.stdout.splitlines()
    assert len(each) == runs
    assert all(f"{scene.what}: passed; 6 passed" in done.stdout for scene in SURROUNDINGS)
    assert total.startswith(f"{runs} runs in ")
    assert total.endswith(": 0 failed")
    assert list(tmp_path.iterdir()) == []


def test_what_fails_is_kept_with_its_seed_and_the_state_of_processes(tmp_path: Path) -> None:
    failing = "spec.selftest.defects.locks:lets-two-in"
    run = [sys.executable, "-m", "spec", "soak", "-o", str(tmp_path), "--runs=1", "--seed=7"]
    done = subprocess.run(
        [*run, "--", "spec/claims/lock", "--claim=lock.admits", f"--mp={failing}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 1
    assert "--randomly-seed=7" in done.stdout
    assert "1 runs in" in done.stdout
    [log] = tmp_path.iterdir()
    assert str(log) in done.stdout
    assert "Processes at that moment" in log.read_text(encoding="utf-8")


def test_missing_plugin_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    asked = argparse.Namespace(o=tmp_path / "soak")
    with pytest.raises(
        UsageError, match=r"^a random order needs pytest-randomly; pip install '\.\[soak\]' installs it$"
    ):
        run_command(asked)
    assert list(tmp_path.iterdir()) == []


def test_run_that_does_not_end_has_failed(tmp_path: Path) -> None:
    done = soak(tmp_path, "--runs=1", "--minutes=0.001")
    assert done.returncode == 1
    assert "run 1, alone: failed; the run has not ended within 0.001 minutes" in done.stdout
    [log] = tmp_path.iterdir()
    assert re.search(r"^  process \d+, child of ", log.read_text(encoding="utf-8"), re.MULTILINE)


def test_load_ends_with_the_run(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    tell = f"open({str(file)!r}, 'w').write(str(os.getpid()))"
    hog = f"import os; {tell}; os.kill(os.getpid(), {signal.SIGSTOP})"
    with under_load([[sys.executable, "-c", hog]]):
        while not file.exists() or not file.read_text(encoding="utf-8"):
            os.sched_yield()
        assert state(int(file.read_text(encoding="utf-8"))) != GONE
    assert state(int(file.read_text(encoding="utf-8"))) == GONE


@pytest.mark.parametrize("code", [HOG, PRESSURE], ids=["hog", "pressure"])
def test_load_ends_with_its_starter(code: str) -> None:
    start = """
import os, subprocess, sys
print(subprocess.Popen([sys.executable, "-c", sys.argv[1], str(os.getpid()), "4096"], stdout=subprocess.DEVNULL).pid)
"""
    pid = int(subprocess.run([sys.executable, "-c", start, code], stdout=subprocess.PIPE, check=True).stdout)
    with suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(20)


@pytest.mark.parametrize("option", ["--runs=0", "--hogs=0", "--memory=1", "--memory=0"])
def test_what_makes_no_sense_is_refused(tmp_path: Path, option: str) -> None:
    done = soak(tmp_path, option)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    [line] = done.stdout.splitlines()
    assert line.startswith("python -m spec: ") and line.endswith("--memory a share between 0 and 1")
