"""The fork server of the self-tests: each run is a process of its own, and none outlives its client."""

from __future__ import annotations

from pathlib import Path

import pytest

from spec.harness.process_table import until_gone
from spec.selftest.fork_server import MOST_OF_A_RUN
from spec.selftest.runs import verify

PAUSES = """
import os, signal
with open(os.path.join(os.path.dirname(__file__), "pid"), "w") as file:
    file.write(str(os.getpid()))
signal.pause()
"""

FORKS = """
import os, signal
with open(os.path.join(os.path.dirname(__file__), "pid"), "w") as file:
    file.write(str(os.getpid()))
for _ in range({count}):
    if os.fork() == 0:
        signal.pause()
signal.pause()
"""

LEAVES = """
import os, signal
if os.fork() == 0:
    signal.pause()
"""


def test_no_run_knows_what_another_has_imported(tmp_path: Path) -> None:
    for folder in tmp_path / "one", tmp_path / "two":
        folder.mkdir()
        (folder / "of_this_name.py").write_text("from multiprocessing import *", encoding="utf-8")
        run = verify("--mp=of_this_name:fork", "--claim=isolation.child-is-another", path=folder)
        assert set(run.verdicts.values()) == {"holds"}
        assert f"{folder / 'of_this_name.py'}; " in run.output


def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    (tmp_path / "pauses.py").write_text(PAUSES, encoding="utf-8")
    with pytest.raises(TimeoutError, match=r"--mp=pauses takes more than 10 s"):
        verify("--mp=pauses", path=tmp_path, seconds=10)
    until_gone(int((tmp_path / "pid").read_text(encoding="utf-8")))


def test_what_is_left_behind_is_ended_and_named(tmp_path: Path) -> None:
    (tmp_path / "leaves.py").write_text(LEAVES, encoding="utf-8")
    run = verify("--mp=leaves", path=tmp_path)
    assert run.status == pytest.ExitCode.USAGE_ERROR
    [leftover] = run.leftovers
    pid = int(leftover.split()[1])
    until_gone(pid)


def test_too_many_processes_are_ended(tmp_path: Path) -> None:
    (tmp_path / "bomb.py").write_text(FORKS.format(count=MOST_OF_A_RUN + 1), encoding="utf-8")
    assert verify("--mp=bomb", path=tmp_path).status == -9
    until_gone(int((tmp_path / "pid").read_text(encoding="utf-8")))


def test_run_that_is_killed_says_by_what(tmp_path: Path) -> None:
    (tmp_path / "kills.py").write_text("import os; os.kill(os.getpid(), 9)", encoding="utf-8")
    assert verify("--mp=kills", path=tmp_path).status == -9
