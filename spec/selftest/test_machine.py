"""The facts about a machine are true."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from spec.harness.process_table import ZOMBIE, children, state
from spec.harness.subreaper import become_subreaper, is_subreaper
from spec.harness.system_calls import P_ALL, WEXITED, WNOHANG, WNOWAIT, waitid
from spec.paths import ROOT
from spec.tools import machine


@pytest.fixture
def adopter() -> Iterator[int]:
    """Adopt orphans here."""
    was = is_subreaper()
    become_subreaper()
    yield os.getpid()
    become_subreaper(was)


def test_an_adopter_that_never_reaps_is_named(adopter: int) -> None:
    """The sheet names the process that adopts an orphan, and does not say that it reaped the zombie."""
    before = children(adopter)
    assert machine.orphan(seconds=0.05) == (adopter, None)
    [zombie] = set(children(adopter)) - set(before)
    assert state(zombie) == ZOMBIE
    os.waitpid(zombie, 0)
    assert children(adopter) == before


def test_an_adopter_that_reaps_is_timed(adopter: int) -> None:
    """The sheet names the process that adopts and reaps an orphan, with the time that it took."""

    def reap(*_: object) -> None:
        exited = waitid(P_ALL, 0, WEXITED | WNOHANG | WNOWAIT)
        if exited and exited.si_pid not in known and exited.si_status == signal.SIGKILL:
            os.waitpid(exited.si_pid, 0)

    known = children(adopter)
    before = signal.signal(signal.SIGCHLD, reap)
    try:
        found = machine.orphan(seconds=30)
    finally:
        signal.signal(signal.SIGCHLD, before)
    assert found.adopter == adopter
    assert found.seconds is not None
    assert 0 <= found.seconds < 30


@pytest.mark.usefixtures("adopter")
def test_the_sheet_says_what_was_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """In both cases the sheet says what became of the orphan."""
    for seconds, said in (0.0125, "reaped 12 ms after its exit"), (None, "still a zombie 7 s after its exit"):
        monkeypatch.setattr(machine, "orphan", lambda _limit, found=seconds: machine.Adoption(1, found))
        assert machine.sheet(machine.facts(7))["an orphan"] == f"adopted by pid 1, {machine.name(1)}; {said}"


@pytest.mark.usefixtures("adopter")
def test_an_adopter_that_cannot_be_seen_has_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sheet says if the adopter is outside this pid namespace."""
    monkeypatch.setattr(machine, "orphan", lambda _limit: machine.Adoption(0, 0.01))
    found = machine.facts()
    assert found["orphan"]["adopter"] == {"pid": 0, "name": None}
    assert machine.sheet(found)["an orphan"].startswith("adopted by pid 0, not visible from here; reaped ")


def test_where_claims_cannot_be_verified_the_sheet_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a platform that lacks something, no orphan is made, and the sheet says what is missing."""
    monkeypatch.setattr(machine, "missing", lambda: ("waitid(2)", "/proc"))
    found = machine.facts()
    assert (found["init"], found["orphan"]) == (None, None)
    told = machine.sheet(found)
    assert told["claims"] == "cannot be verified, as this platform lacks waitid(2); /proc"
    assert "an orphan" not in told


def show(*options: str) -> subprocess.CompletedProcess[str]:
    """Run ``python -m spec machine``, from the root of the project."""
    command = [sys.executable, "-m", "spec", "machine", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)


def test_it_is_a_command() -> None:
    """The sheet is printed with one fact in each line, and nothing else."""
    shown = show()
    lines = dict(line.split(":", 1) for line in shown.stdout.splitlines() if not line.startswith("lacks:"))
    assert list(lines) == ["platform", "Python", "processors", "start methods", "claims", "init", "an orphan"]
    assert lines["start methods"].strip().startswith(f"{multiprocessing.get_all_start_methods()[0]} (default)")
    assert shown.stderr == ""


def test_the_facts_are_printed_as_json() -> None:
    """The same facts can be printed as JSON."""
    found = json.loads(show("--json").stdout)
    assert found["start_methods"] == multiprocessing.get_all_start_methods()
    assert found["missing"] == []
    assert 1 <= found["usable_processors"] <= found["processors"]
    assert found["orphan"]["adopter"]["pid"] > 0
