"""What ``--repro`` writes shows the violation without the suite, and finds none where there is none.

Here these are the scripts of one run; ``python -m spec.selftest.reproduce`` runs all of them, on many APIs.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from spec.engine.claims import ids
from spec.report.reproductions import code, template
from spec.selftest import reproduce
from spec.selftest.verify import Run, verify

ABOUT_FILES = {
    "lock.bad-stock-is-refused",
    "lock.missing-stock-is-refused",
    "lock.query-never-sees-half-a-file",
    "lock.stock-is-data-never-code",
}
"""What no multiprocessing API can violate: how the lesson reads and writes a file."""

VIOLATING = "spec.selftest.defects.memory:drops-keyword-arguments"
HOLDING = "multiprocessing:fork"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    folder = tmp_path_factory.mktemp("repro") / "made"
    targets = [f"--mp={name}" for name in ("multiprocessing.dummy", VIOLATING, HOLDING)]
    claims = [f"--claim={claim}" for claim in ("isolation", "lock.bad-stock-is-refused")]
    return verify("spec/", *targets, *claims, f"--repro={folder}"), folder


def test_each_claim_on_apis_has_a_script() -> None:
    assert {claim for claim in ids() if template(claim) is None} == ABOUT_FILES


def test_violations_are_written_and_nothing_else(run: tuple[Run, Path]) -> None:
    verdicts, folder = run
    known = [key for key, verdict in verdicts.verdicts.items() if verdict in ("violated", "hung", "known deviation")]
    assert len(known) > 5
    assert {file.name for file in folder.iterdir()} == {
        f"{claim}-{target.replace(':', '-')}.py" for claim, target in known
    }
    assert f"reproductions: {len(known)} in {folder}" in verdicts.output


def test_no_script_blames_an_api_for_the_lessons(tmp_path: Path) -> None:
    faulty = "spec.selftest.defects.lessons.always_takes_the_lock"
    run = verify("--claim=sharing.loses", f"--impl={faulty}", f"--mp={HOLDING}", f"--repro={tmp_path}")
    assert run.claims("violated") == {"sharing.loses-updates-without-the-lock"}
    assert list(tmp_path.iterdir()) == []
    assert "no reproduction, as these are about the lessons, not the API: sharing.loses-" in run.output


def test_scripts_find_what_was_violated(run: tuple[Run, Path]) -> None:
    for file in run[1].iterdir():
        text = file.read_text(encoding="utf-8")
        assert text.startswith(("# multiprocessing.dummy (Python", f"# {VIOLATING} (Python"))
        status, output = reproduce.run(text)
        assert status == 1, f"{file.name}: {output}"
        assert "expected" in output or "AttributeError" in output, f"{file.name}: {output}"


def test_scripts_need_nothing_of_this_project(run: tuple[Run, Path]) -> None:
    scripts = list(run[1].glob("*dummy.py"))
    assert scripts
    for file in scripts:
        lines = file.read_text(encoding="utf-8").splitlines()
        assert not any(line.startswith(("import spec", "from spec", "import impl", "from impl")) for line in lines)


def test_scripts_pass_where_the_claim_holds(run: tuple[Run, Path]) -> None:
    verdicts, folder = run
    holding = {claim for claim, verdict in verdicts.on(HOLDING).items() if verdict == "holds"}
    violated = {file.stem.split("-multiprocessing")[0].split("-spec.selftest")[0] for file in folder.iterdir()}
    assert len(holding & violated) > 5
    for claim in holding & violated:
        text = code(claim, HOLDING)
        assert text is not None
        status, output = reproduce.run(text)
        assert (claim, status) == (claim, 0), output
