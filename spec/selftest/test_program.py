"""Programs: the main function of a lesson in an interpreter of its own."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from spec.harness.deadline import Hung
from spec.harness.process_table import GONE, state, until_exited
from spec.harness.program import Program, pack
from spec.harness.witness import Violation
from spec.selftest import processes

pytestmark = pytest.mark.usefixtures("nothing_left")


def test_calls_main_and_keeps_what_it_prints(tmp_path: Path) -> None:
    program = Program.calling(tmp_path / "program", "multiprocessing:fork", processes.greet, "you")
    assert program.exit_status() == 0
    assert (program.output, program.errors) == ("hello you\n", "trouble\n")
    assert (state(program.pid), program.running) == (GONE, False)


def test_waits_for_what_is_printed_after_the_end(tmp_path: Path) -> None:
    program = Program.calling(tmp_path / "program", "multiprocessing", processes.leave_a_complainer)
    assert program.exit_status() == 0
    assert program.all_errors() == "left alone\n"


def test_runs_a_module(tmp_path: Path) -> None:
    program = Program(tmp_path / "program", "-m", "this")
    assert program.exit_status() == 0
    assert "Beautiful is better than ugly." in program.output


@pytest.mark.parametrize("name", ["folder", "archive.zip"])
def test_runs_what_is_packed(tmp_path: Path, name: str) -> None:
    program = Program(tmp_path / "program", str(pack("import sys; print(__name__, sys.path[0])", tmp_path / name)))
    assert program.exit_status() == 0
    assert program.output == f"__main__ {tmp_path / name}\n"


def test_tells_the_exit_status(tmp_path: Path) -> None:
    program = Program.calling(tmp_path / "program", "multiprocessing", processes.leave, 7)
    assert [program.exit_status(), program.exit_status()] == [7, 7]


def test_can_be_killed(tmp_path: Path) -> None:
    program = Program.calling(tmp_path / "program", "multiprocessing", processes.linger)
    assert program.running
    program.kill()
    assert (program.exit_status(), state(program.pid)) == (-signal.SIGKILL, GONE)
    program.kill()


def test_children_import_next_to_nothing(tmp_path: Path) -> None:
    program = Program.calling(tmp_path / "program", "multiprocessing:spawn", processes.start_child)
    assert program.exit_status() == 0, program.errors
    assert program.output == "[]\n"


def test_does_not_take_for_success_that_somebody_else_has_reaped_it(tmp_path: Path) -> None:
    program = Program(tmp_path / "program", "-m", "this")
    until_exited(program.pid)
    os.waitpid(program.pid, 0)
    with pytest.raises(Violation):
        program.exit_status()
    program._process.wait()  # so that Popen knows, too


def test_hung_if_it_does_not_end(tmp_path: Path) -> None:
    program = Program.calling(tmp_path / "program", "multiprocessing", processes.linger)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("spec.harness.deadline.DEADLINE_SECONDS", 0.05)
        with pytest.raises(Hung, match=f"expected process {program.pid} to exit"):
            program.exit_status()
    program.kill()
