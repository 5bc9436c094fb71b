"""What ``--repro`` writes shows the violation without the suite, and sees nothing wrong where there is nothing.

Here these are the scripts of one run; ``python -m spec matrix --reproductions`` runs all of them, on many APIs.
"""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

import pytest

from spec.engine.claims import Claim
from spec.engine.targets import expand
from spec.report.scripts import generate
from spec.selftest import reproduce
from spec.selftest.runs import Run, verify

BROKEN_TARGET = "spec.selftest.defects.memory:drops-keyword-arguments"
FORK_TARGET = "multiprocessing:fork"

MOST_LINES = 205
"""At most so long is a script at the median, with its blank lines."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    """A run on APIs that violate claims, and the folder with the scripts that it wrote."""
    folder = tmp_path_factory.mktemp("repro") / "made"
    targets = [f"--mp={name}" for name in ("multiprocessing.dummy", BROKEN_TARGET, FORK_TARGET)]
    return verify("spec/", *targets, "--claim=isolation", f"--repro={folder}"), folder


@pytest.fixture(scope="module")
def claims() -> dict[str, Claim]:
    """All claims by id."""
    return {claim.id: claim for claim in Claim.all()}


def test_violations_are_written_and_nothing_else(run: tuple[Run, Path]) -> None:
    verdicts, folder = run
    known = [key for key, verdict in verdicts.verdicts.items() if verdict in ("violated", "hung", "known deviation")]
    assert len(known) > 5
    assert {file.name for file in folder.iterdir()} == {
        f"{claim}-{target.replace(':', '-')}.py" for claim, target in known
    }
    assert f"reproductions: {len(known)} in {folder}" in verdicts.output


def test_no_script_blames_an_api_for_the_lessons(tmp_path: Path) -> None:
    faulty = "spec.selftest.defects.lessons.sharing.always_takes_the_lock"
    run = verify("--claim=sharing.loses", f"--impl={faulty}", f"--mp={FORK_TARGET}", f"--repro={tmp_path}")
    assert run.claims("violated") == {"sharing.loses-updates-without-the-lock"}
    assert list(tmp_path.iterdir()) == []
    assert (
        "no reproduction of sharing.loses-updates-without-the-lock: it may be the fault of the lessons" in run.output
    )


def test_scripts_see_what_was_violated(run: tuple[Run, Path]) -> None:
    for file in run[1].iterdir():
        text = file.read_text(encoding="utf-8")
        assert text.startswith(("# multiprocessing.dummy (Python", f"# {BROKEN_TARGET} (Python"))
        status, output = reproduce.run(text)
        assert status == 1, f"{file.name}: {output}"
        assert "expected" in output or "Error" in output, f"{file.name}: {output}"


def test_scripts_need_nothing_of_this_project(run: tuple[Run, Path]) -> None:
    scripts = list(run[1].glob("*dummy.py"))
    assert scripts
    for file in scripts:
        imported = {
            name.partition(".")[0]
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            for name in (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
        }
        assert not imported & {"spec", "impl", "pytest", "psutil", "hypothesis"}, file.name


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_scripts_see_nothing_wrong_where_the_claim_holds(claims: dict[str, Claim], method: str) -> None:
    """One of each lesson."""
    [target] = expand([f"multiprocessing:{method}"])
    chosen = {claim.lesson: claim for claim in claims.values() if target in reproduce.sound(claim)}
    found = [reproduce.complaint(claim, target, True) for claim in chosen.values()]
    assert "".join(found) == ""


def test_script_about_hosts_has_what_its_scene_needs(claims: dict[str, Claim]) -> None:
    """The scene is in another module, calls functions of the lesson, and kills a program that it has started."""
    [target] = expand([FORK_TARGET])
    assert reproduce.complaint(claims["remote.killed-buyer-keeps-the-lock"], target, True) == ""


def test_each_claim_has_a_short_script(claims: dict[str, Claim]) -> None:
    targets = {claim: reproduce.sound(claim) for claim in claims.values()}
    lines = [len(generate(claim, sound[0]).splitlines()) for claim, sound in targets.items() if sound]
    assert statistics.median(lines) <= MOST_LINES


def test_script_begins_with_the_claim_and_ends_with_what_runs_it(claims: dict[str, Claim]) -> None:
    claim = claims["daemon.ends-with-main"]
    text = generate(claim, reproduce.sound(claim)[0])
    parts = text.split("\n# ---- ")
    titles = [part.partition(" ----\n")[0] for part in parts[1:]]
    assert titles == [
        "The claim",
        "The lesson",
        "What runs in other processes",
        "How it is seen",
        "How the claim is run",
    ]
    assert "\ndef test_ends_with_main(" in parts[1]
    assert "\nclosing = " in parts[-1], "the title stands before the first constant of its part"
    assert parts[-1].rstrip().endswith("60))")


def test_script_ends_though_a_stopped_process_is_left(claims: dict[str, Claim]) -> None:
    claim = claims["semaphore.stopped-waiter-delays-no-other"]
    [target] = expand(["spec.selftest.defects.semaphores:hands-it-to-the-first"])
    status, output = reproduce.run(generate(claim, target, seconds=3))
    assert status == 1
    assert "the claim does not hold" in output


def test_scripts_by_hand_see_the_faults_of_this_python() -> None:
    """Those about libraries are run where a library is installed, by ``python -m spec matrix --reproductions``."""
    assert reproduce.by_hand_here()
    assert "".join(reproduce.complaints_by_hand()) == ""
