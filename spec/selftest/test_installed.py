"""The wheel, installed into an environment of its own that cannot be written to, works in any folder."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from impl.managed import SUFFIX, is_managed
from spec.__main__ import COMMANDS
from spec.engine import lessons
from spec.engine.claims import Claim
from spec.engine.targets import DEFAULT, TRAITS
from spec.learn import cutting
from spec.learn.exercises import exercises
from spec.paths import ROOT
from spec.selftest.environment import Environment, build_wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the project."""
    return build_wheel(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installation(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """A read-only environment in which the wheel is installed."""
    made = Environment(tmp_path_factory.mktemp("installation"))
    without = made.files().keys()
    made.install(wheel)
    before = made.files()
    yield made
    assert made.files() == before, "a run has written to the environment"
    made.uninstall()
    assert made.files().keys() == without, "pip has left files"


def command(installation: Environment, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the console command with the *arguments* in the folder *cwd*."""
    return installation.run(["multiprocessing-spec", *arguments], cwd)


def python(installation: Environment, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the environment's Python with the *arguments* in the folder *cwd*."""
    return installation.run(["python", *arguments], cwd)


def some_claims() -> list[str]:
    """Return, of each lesson, the first claim on each target, and the first one that runs a program there."""
    chosen: dict[tuple[str, str, bool], str] = {}
    targets = {**TRAITS, SUFFIX: replace(TRAITS["fork"], managed=True)}
    for claim in Claim.all():
        runs_program = "program" in inspect.signature(claim.function).parameters
        for method, traits in targets.items():
            if claim.applies_to(traits):
                chosen.setdefault((claim.lesson, method, runs_program), claim.id)
    return list(dict.fromkeys(chosen.values()))


def test_wheel_lacks_what_needs_a_checkout(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "multiprocessing_spec/suite/spec/README.md" in names
    assert [name for name in names if {"docs", "lesson_pages", "selftest"} & {*Path(name).parts}] == []


def test_claims_of_each_lesson_are_decided_under_each_start_method(installation: Environment, tmp_path: Path) -> None:
    asked = [f"--claim={claim}" for claim in some_claims()]
    done = command(installation, "verify", *asked, "-n", "2", "--report=report.json", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    report: dict[str, Any] = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    decided = {
        (verdict["claim"].partition(".")[0], verdict["target"])
        for verdict in report["verdicts"]
        if verdict["verdict"] in ("holds", "known deviation")
    }
    targets = [target["name"] for target in report["targets"] if not is_managed(target["name"])]
    assert {target.partition(":")[2] for target in targets} <= TRAITS.keys()
    assert ("lock", DEFAULT + SUFFIX) in decided
    assert decided >= {(lesson, target) for lesson in lessons.names() for target in targets}


def test_module_is_the_same_as_the_command(installation: Environment, tmp_path: Path) -> None:
    done = python(installation, "-m", "multiprocessing_spec", "claims", "zombie.l", cwd=tmp_path)
    assert (done.stdout, done.stderr) == (command(installation, "claims", "zombie.l", cwd=tmp_path).stdout, "")
    assert "zombie.lingers-until-joined" in done.stdout


def write(folder: Path, files: dict[str, str]) -> None:
    """Write text *files* in *folder*, by name."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


TRAP = "raise SystemExit('this is the code of the user')\n"

DEVIATIONS_FILE = """\
[[deviation]]
claims = ["isolation.child-is-another-process"]
target = "mylib:spawn"
intermittent = true
reason = "none"
"""


def test_what_is_under_test_is_found_in_the_current_folder_and_settings_of_pytest_are_not(
    installation: Environment, tmp_path: Path
) -> None:
    traps = dict.fromkeys(["conftest.py", "mylib/conftest.py", "spec/__init__.py", "impl/__init__.py"], TRAP)
    settings = {"pytest.ini": "[pytest]\naddopts = --nosuch\n", "pyproject.toml": "[tool.pytest]\nnosuch = true\n"}
    own = {
        "mylib/__init__.py": "from multiprocessing import *\nfrom multiprocessing import get_context\n",
        "mylessons/__init__.py": "",
        "mylessons/isolation.py": (ROOT / "impl" / "isolation.py").read_text(encoding="utf-8"),
        "deviations.toml": DEVIATIONS_FILE,
    }
    write(tmp_path, {**traps, **settings, **own})
    before = sorted(tmp_path.rglob("*"))
    under_test = ["--mp", "mylib:spawn", "--impl", "mylessons", "--claim", "isolation.child-is-another-process"]
    done = command(installation, "verify", *under_test, "--deviations", "deviations.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\nknown deviations: deviations.toml\n" in done.stdout
    assert "isolation.child-is-another-process  holds" in done.stdout
    assert sorted(tmp_path.rglob("*")) == before


def test_plain_python_finds_no_more_than_the_package(installation: Environment, tmp_path: Path) -> None:
    code = "import importlib.util; print(*map(importlib.util.find_spec, ['spec', 'impl', 'conftest']))"
    assert python(installation, "-c", code, cwd=tmp_path).stdout == "None None None\n"
    assert python(installation, "-c", "import multiprocessing_spec", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_or_says_that_it_needs_a_checkout(
    installation: Environment, tmp_path: Path, name: str
) -> None:
    done = command(installation, name, "--help", cwd=tmp_path)
    listed = f"\n  {name} " in command(installation, cwd=tmp_path).stdout
    if COMMANDS[name].in_checkout:
        answer = f"{name} works on the sources of the project: run python -m spec {name} in a checkout"
        assert (done.returncode, done.stderr) == (4, f"multiprocessing-spec: {answer}\n")
        assert not listed
    else:
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(f"usage: multiprocessing-spec {name}")
        assert listed


def test_exercises_are_cut_out_of_the_installed_lessons(installation: Environment, tmp_path: Path) -> None:
    done = command(installation, "learn", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "  then:       multiprocessing-spec learn check\n" in done.stdout
    written = (tmp_path / "mylessons" / f"{exercises()[0].lesson}.py").read_text(encoding="utf-8")
    assert written == cutting.with_holes(exercises()[0])
    done = installation.run(["multiprocessing-spec", "learn", "list"], tmp_path, LANGUAGE="zh_CN")
    assert "启动一个有名字的子进程" in done.stdout


def test_module_says_how_it_was_started(installation: Environment, tmp_path: Path) -> None:
    done = python(installation, "-m", "multiprocessing_spec", "claim", cwd=tmp_path)
    answer = "python -m multiprocessing_spec: there is no command 'claim'; did you mean claims?\n"
    assert (done.returncode, done.stderr) == (4, answer)


def names(wheel: Path) -> Sequence[str]:
    """Return the names of the files in a *wheel*."""
    with zipfile.ZipFile(wheel) as archive:
        return sorted(archive.namelist())


def test_source_distribution_makes_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    code = "import sys; from hatchling.build import build_sdist; build_sdist(sys.argv[1])"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=True)
    [source] = tmp_path.iterdir()
    assert names(build_wheel(source, tmp_path / "wheel")) == names(wheel)
