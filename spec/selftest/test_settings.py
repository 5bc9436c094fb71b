"""The settings in a library's pyproject.toml: what a run makes of them, and how nonsense is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Optional

import pytest

from spec.paths import ROOT
from spec.tools import pyproject_table
from spec.tools.command_line import UsageError

SETTINGS_TABLE = """
[tool.multiprocessing-spec]
mp = ["multiprocessing:fork", "multiprocessing:spawn"]
claim = ["zombie.piles-up"]
report = ["report.json"]
hang-after = 2
options = ["-q", "--timeout=90"]
"""


def settle(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write *text* to the pyproject.toml of *folder*, and make that the current folder."""
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(folder)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], "--mp=multiprocessing:fork --mp=multiprocessing:spawn --claim=zombie.piles-up --report=report.json"),
        (["--mp=mylib"], "--claim=zombie.piles-up --report=report.json"),
        (["--mp", "mylib", "--claim", "lock"], "--report=report.json"),
    ],
)
def test_command_line_replaces_a_key(
    given: Sequence[str], expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(tmp_path, SETTINGS_TABLE, monkeypatch)
    assert pyproject_table.arguments(given) == [*expected.split(), "--hang-after=2", "-q", "--timeout=90"]


@pytest.mark.parametrize("text", [None, "", "[tool.other]\nmp = 3", "tool = 3"])
def test_other_folders_have_no_settings(text: Optional[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(tmp_path, text or "", monkeypatch)
    if text is None:
        (tmp_path / "pyproject.toml").unlink()
    assert pyproject_table.arguments(["--mp=mylib"]) == []


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ('target = "mylib"', "unknown key 'target'; the keys are mp, impl, claim, deviations, scale, hang-after, "),
        ('deviation = ["a"]', "unknown key 'deviation'; did you mean deviations?"),
        ('mp = "mylib"', "mp must be a list of texts, not 'mylib'"),
        ("mp = [1]", "mp must be a list of texts, not [1]"),
        ("impl = []", "impl must be a text, not []"),
        ("scale = 1.5", "scale must be a whole number, not 1.5"),
        ("scale = true", "scale must be a whole number, not True"),
        ('hang-after = "2"', "hang-after must be a number, not '2'"),
        ('options = "-q"', "options must be a list of texts, not '-q'"),
        ('options = ["-q", "--mp=mylib"]', "--mp has a key of its own: mp = ..."),
    ],
)
def test_one_line_says_what_is_wrong(line: str, answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(tmp_path, f"[tool.multiprocessing-spec]\n{line}\n", monkeypatch)
    with pytest.raises(UsageError) as refusal:
        pyproject_table.arguments([])
    assert str(refusal.value).startswith(f"pyproject.toml, [tool.multiprocessing-spec]: {answer}")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("[tool", "pyproject.toml is not TOML: "),
        ("[tool]\nmultiprocessing-spec = 3", "pyproject.toml, [tool.multiprocessing-spec]: it is no table"),
    ],
)
def test_file_that_makes_no_sense_is_refused(
    text: str, answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(tmp_path, text, monkeypatch)
    with pytest.raises(UsageError, match=answer.replace("[", r"\[")):
        pyproject_table.arguments([])


def verify(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run ``verify`` without arguments in *folder*."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(folder / "cache")}
    command = [sys.executable, "-m", "spec", "verify"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_command_alone_is_the_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(tmp_path, SETTINGS_TABLE, monkeypatch)
    done = verify(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    verdicts = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["verdicts"]
    assert [(one["claim"], one["target"], one["verdict"]) for one in verdicts] == [
        ("zombie.piles-up", "multiprocessing:fork", "holds"),
        ("zombie.piles-up", "multiprocessing:spawn", "holds"),
    ]


def test_bad_setting_is_a_usage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(tmp_path, "[tool.multiprocessing-spec]\nmp = 3\n", monkeypatch)
    done = verify(tmp_path)
    answer = "python -m spec: pyproject.toml, [tool.multiprocessing-spec]: mp must be a list of texts, not 3\n"
    assert (done.returncode, done.stdout, done.stderr) == (4, "", answer)
