"""The outcome of a whole run: what does not count, what is not a success, and how a signal ends the run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from spec.engine.claims import node_ids
from spec.paths import ROOT
from spec.selftest.runs import verify

FORK_TARGET = "multiprocessing:fork"

DEAD = """
import multiprocessing

_fork = multiprocessing.get_context("fork")


def get_start_method():
    return "fork"


class Process(_fork.Process):
    def run(self):
        raise OSError("no more paper")


def __getattr__(name):
    return getattr(_fork, name)
"""


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    """A package called `mylessons` with one empty lesson, in a folder to import it from."""
    package = tmp_path / "mylessons"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "lock.py").touch()
    return tmp_path


def test_claims_that_call_nothing_of_a_package_do_not_count_for_it(lessons: Path) -> None:
    run = verify("spec/", "--impl=mylessons", f"--mp={FORK_TARGET}", "--claim=lock", "--claim=queue", path=lessons)
    assert set(run.on(FORK_TARGET).values()) == {"not provided", "not applicable"}
    assert run.on(FORK_TARGET)["queue.get-waits-while-empty"] == "not applicable"


def test_nothing_decided_is_no_success(lessons: Path) -> None:
    run = verify("spec/", "--impl=mylessons", f"--mp={FORK_TARGET}", "--claim=lock.admits", path=lessons)
    assert "no claim was decided, so nothing was verified" in run.output
    assert run.status == pytest.ExitCode.NO_TESTS_COLLECTED


def test_quiet_run_has_a_table_of_what_fails() -> None:
    claims = "isolation.arguments-are-copies", "isolation.large-arguments-arrive"
    run = verify(
        "spec/", "-q", "--mp=multiprocessing.dummy", "--deviations=none", *(f"--claim={claim}" for claim in claims)
    )
    assert f"\n{claims[0]}  VIOLATED\n" in run.output
    assert f"\n{claims[1]} " not in run.output


def test_quiet_run_has_no_table_if_nothing_fails() -> None:
    run = verify("spec/", "-q", f"--mp={FORK_TARGET}", "--claim=lock.rlock-is-reentrant", "--claim=lock.admits")
    assert "= claims =" not in run.output and "2 passed" in run.output


def test_nothing_that_applies_is_no_success() -> None:
    assert (
        verify("spec/", f"--mp={FORK_TARGET}", "--claim=zombie.starter-never").status
        == pytest.ExitCode.NO_TESTS_COLLECTED
    )


def test_dead_caller_is_crashed(tmp_path: Path) -> None:
    """A worker ends before it takes an order, or a forked call raises while the claim waits for its child."""
    (tmp_path / "dead.py").write_text(DEAD, encoding="utf-8")
    run = verify("spec/", "--mp=dead", "--claim=lock.rlock-is-reentrant", path=tmp_path)
    assert run.on("dead") == {"lock.rlock-is-reentrant": "crashed"}
    assert "E   Crashed: worker-0, a child that the API started, exited with status 1" in run.output
    assert "OSError: no more paper" in run.output


def test_contexts_are_offered_where_a_module_has_no_process(tmp_path: Path) -> None:
    (tmp_path / "contexts_only.py").write_text(
        "def get_context(name):\n    raise ValueError(f'{name} is none of: cold, warm')\n", encoding="utf-8"
    )
    error = verify("spec/", "--mp=contexts_only", path=tmp_path).error
    assert error == (
        "--mp: 'contexts_only' has no Process, but contexts: name one, as in contexts_only:CONTEXT"
        " (? is none of: cold, warm)"
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.usefixtures("interruptible")
def test_interrupted_run_says_so_and_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    """The signal is sent once the name of the first claim was printed."""
    command = ["pytest", "spec/", "--mp=spec.selftest.defects.hostile:everything-hangs", "--hang-after=60", "-v"]
    with subprocess.Popen(
        [sys.executable, "-m", *command, "--claim=isolation", "-p", "no:cacheprovider"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        bufsize=0,
    ) as process:
        assert process.stdout is not None
        printed = b""
        while b"::test_" not in printed:
            printed += process.stdout.read(1)
        process.send_signal(number)
        rest = process.stdout.read().decode()
    assert process.wait() == pytest.ExitCode.INTERRUPTED
    assert "KeyboardInterrupt" in rest
    assert list(tmp_path.iterdir()) == []


LACKING = """
import multiprocessing

_fork = multiprocessing.get_context("fork")
Process = _fork.Process


def get_start_method():
    return "fork"


def __getattr__(name):
    if name in ("get_all_start_methods", "get_context", {name!r}):
        raise AttributeError(name)
    return getattr(_fork, name)
"""

CONCERNED = {
    "JoinableQueue": ["joinable"],
    "Lock": ["lock", "sharing"],
    "Manager": ["sharing"],
    "Pipe": ["queue"],
    "Queue": ["isolation", "queue"],
    "RLock": ["lock"],
    "active_children": ["fanout", "lifecycle", "zombie"],
    "current_process": ["daemon", "identity"],
    "parent_process": ["daemon", "identity", "orphan"],
}
"""The lessons that use each of these names of an API."""


def test_missing_name_is_not_provided_whatever_the_claim_does_with_it(tmp_path: Path) -> None:
    """No claim is violated by an API that lacks one name; every second claim of these lessons is run."""
    chosen = []
    for name, lessons in CONCERNED.items():
        (tmp_path / f"without_{name}.py").write_text(LACKING.format(name=name), encoding="utf-8")
        concerned = [test for claim, test in node_ids().items() if claim.split(".")[0] in lessons]
        chosen += [f"{test}[without_{name}]" for test in concerned[::2]]
    run = verify(*chosen, *(f"--mp=without_{name}" for name in CONCERNED), "-n2", path=tmp_path)
    for name in CONCERNED:
        verdicts = set(run.on(f"without_{name}").values())
        harmless = {"holds", "known deviation", "not provided", "not applicable"}
        assert "not provided" in verdicts and verdicts <= harmless, name
