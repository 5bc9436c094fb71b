"""``python -m spec COMMAND``: each command is found, and each mistake gets one line and the exit status of pytest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from spec.__main__ import COMMANDS
from spec.paths import ROOT


def run(*arguments: str, cwd: Path = ROOT, module: str = "spec") -> subprocess.CompletedProcess[str]:
    """Run ``python -m spec``, or another *module* of the project, with the *arguments* in the folder *cwd*."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_lists_every_command() -> None:
    done = run()
    assert [name for name in COMMANDS if f"\n  {name} " not in done.stdout] == []
    assert done.returncode == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help(name: str) -> None:
    done = run(name, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"usage: python -m spec {name}")


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ("verfy", "python -m spec: there is no command 'verfy'; did you mean verify?"),
        ("claims nosuch", "python -m spec: no claim begins with 'nosuch'"),
        ("claims --nosuch", "python -m spec claims: unrecognized arguments: --nosuch"),
        ("new claim zombi.x", "python -m spec: there is no lesson 'zombi'; did you mean zombie?"),
        ("new claim zombie", "python -m spec: 'zombie' is not of the form LESSON.WHAT-IS-CLAIMED, such as "),
        ("new claim zombie.Piles_up", "python -m spec: 'zombie.Piles_up' is not of the form LESSON.WHAT-IS-CLAIMED"),
        ("claims zombei", "python -m spec: no claim begins with 'zombei'; did you mean zombie?"),
        ("verify --claim zombei", "ERROR: --claim: no claim begins with 'zombei'; did you mean zombie?"),
        ("verify --mpp billiard", "ERROR: there is no option --mpp; did you mean --mp?"),
        ("verify --repot=x.json", "ERROR: there is no option --repot; did you mean --report?"),
        ("verify --maxfial=1 -n 2", "ERROR: there is no option --maxfial; did you mean --maxfail?"),
        ("verify -Q", "ERROR: there is no option -Q; python -m spec verify --help lists the options"),
        ("diff multiprocessing:fork", "python -m spec diff: the following arguments are required: B"),
        ("new claim zombie.piles-up", "python -m spec: zombie.piles-up exists already: spec/claims/zombie/"),
        ("new claim zombie.new --in ../x", "python -m spec: '../x' cannot be SUBJECT: it is the name of a module"),
        ("new lesson lock", "python -m spec: the lesson lock exists already: impl/lock.py, spec/claims/lock"),
        ("deviations --mp nosuch", "python -m spec: nothing is declared for nosuch; there are declarations for "),
        ("deviations nosuch.toml", "python -m spec: nosuch.toml cannot be read: No such file or directory"),
        ("matrix --mutants --library nosuch", "python -m spec: no module named 'nosuch' here; is it installed?"),
        ("matrix --mutants --library nosuch.part", "python -m spec: no module named 'nosuch.part' here; is it "),
        ("matrix --mutants --library multiprocessing", "python -m spec: 'multiprocessing' is part of Python, "),
        ("matrix --mutants --library py", "python -m spec: 'py' is a single file; name a library that is a "),
        (
            "matrix --mutants --library pytest nosuch",
            "python -m spec: pytest has no module 'nosuch'; its modules are ",
        ),
        ("matrix --mutants --library pytest --count 0", "python -m spec: --count takes a whole number, 1 or more"),
        ("matrix --mutants --library pytest --seconds 0", "python -m spec: --seconds takes a number above zero"),
        ("matrix --mutants --library pytest -n x", "python -m spec: -n takes a whole number, 1 or more"),
        ("matrix --mutants --library pytest --own-tests 1", "python -m spec: pytest is installed without tests of "),
        ("matrix --mutants --library pytest --claim nosuch", "python -m spec: no claim begins with 'nosuch'"),
        ("matrix --mutants --library pytest --report .", "python -m spec: . is not a report about mutants of a "),
        ("verify --claim zombie.nosuch", "ERROR: --claim: no claim begins with 'zombie.nosuch'; did you mean "),
    ],
)
def test_one_line_says_what_is_wrong(arguments: str, answer: str) -> None:
    done = run(*arguments.split())
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line]
    assert len(lines) == 1 and lines[0].startswith(answer)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR


def test_a_reader_may_stop_reading() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "spec", "claims"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 0)


def test_verify_writes_to_the_cache_of_the_user_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    done = run("verify", "--mp=multiprocessing:fork", "--claim=identity.any-text", "-q", cwd=empty)
    assert done.returncode == 0, done.stdout
    assert list(empty.iterdir()) == []
    assert (tmp_path / "cache" / "multiprocessing-spec" / "pytest").is_dir()


def test_package_is_the_same_in_a_checkout(tmp_path: Path) -> None:
    done = run("claims", "zombie.l", cwd=tmp_path, module="multiprocessing_spec")
    assert (done.stdout, done.stderr) == (run("claims", "zombie.l").stdout, "")


def test_verify_is_pytest_on_the_claims() -> None:
    done = run("verify", "--mp=multiprocessing:fork", "--claim=zombie.piles")
    assert "zombie.piles-up  holds" in done.stdout
    assert done.returncode == 0
