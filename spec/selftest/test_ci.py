"""The action, and the snippets of docs/ci.md: each is run, as far as that needs no network and no code host."""

from __future__ import annotations

import configparser
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from spec.engine import toml_file
from spec.paths import ROOT
from spec.selftest.environment import OFFLINE, Environment
from spec.selftest.trial import all_defects
from spec.tools import pyproject_table

DOCUMENT = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")

REQUIREMENT = "git+https://github.com/OWNER/multiprocessing-spec@TAG"
"""What the snippets install."""

PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "mylib"
version = "1.0"
"""

SOUND = "from multiprocessing import *\nfrom multiprocessing import get_context\n"

THREADS_MODULE = "from multiprocessing.dummy import *\n"
"""A library on which claims are violated."""

ASKED = {"PYTEST_ADDOPTS": "--claim=isolation.arguments-are-copies --claim=isolation.child-is-another"}
"""Lets runs verify these claims only, so that they end soon."""


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """An environment in which the project is not installed yet."""
    return Environment(tmp_path)


def library(folder: Path, code: str) -> Path:
    """Make the repository of a library with this *code* in *folder*, and return it."""
    (folder / "mylib").mkdir(parents=True)
    (folder / "mylib" / "__init__.py").write_text(code, encoding="utf-8")
    (folder / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    return folder


def snippets(language: str) -> list[str]:
    """Return the snippets of the document in this *language*."""
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)


def bash(
    environment: Environment, script: str, cwd: Path, *options: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a *script* of bash in the folder *cwd*; what it installs from a code host, it gets from this checkout."""
    script = script.replace(REQUIREMENT, str(ROOT))
    return environment.run(
        ["bash", "--noprofile", "--norc", *options, "-c", script], cwd, **OFFLINE, **ASKED, **variables
    )


def test_new_library_gets_a_job_that_passes(environment: Environment, tmp_path: Path) -> None:
    folder = library(tmp_path / "mylib", THREADS_MODULE)
    done = bash(environment, snippets("sh")[0].replace("-n auto", "-n 2"), folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 failed" in done.stdout
    assert "\nknown deviations: deviations.toml, reasons still to be found: " in done.stdout
    assert "2 known deviation" in done.stdout
    repaired = (folder / "mylib" / "__init__.py", folder / "deviations.toml")
    repaired[0].write_text(SOUND, encoding="utf-8")
    reinstalled = bash(environment, f"pip install .; {snippets('sh')[1]}", folder)
    assert reinstalled.returncode == 0, reinstalled.stdout + reinstalled.stderr
    assert "[[deviation]]" not in repaired[1].read_text(encoding="utf-8")


def action() -> list[dict[str, Any]]:
    """Return the steps of the action."""
    described = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert described["runs"]["using"] == "composite"
    steps: list[dict[str, Any]] = described["runs"]["steps"]
    inputs = {name: one["default"] for name, one in described["inputs"].items()}
    for step in steps:
        assert step["shell"] == "bash"
        for variable, value in step.get("env", {}).items():
            name = re.fullmatch(r"\$\{\{ inputs\.(\w+) \}\}", value)
            assert name is not None
            step["env"][variable] = inputs[name[1]]
    return steps


def run_action(
    environment: Environment, folder: Path, **variables: str
) -> Sequence[subprocess.CompletedProcess[str]]:
    """Run the steps of the action in *folder*, as GitHub does."""
    there = {"GITHUB_ACTION_PATH": str(ROOT), "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(folder)}
    summary = {"GITHUB_STEP_SUMMARY": str(folder / "summary")}
    return [
        bash(
            environment,
            step["run"],
            folder,
            "-eo",
            "pipefail",
            **there,
            **summary,
            **{**step.get("env", {}), **variables},
        )
        for step in action()
    ]


@pytest.mark.parametrize(("code", "status"), [(SOUND, 0), (THREADS_MODULE, 1)])
def test_action_verifies_and_reports(environment: Environment, tmp_path: Path, code: str, status: int) -> None:
    folder = library(tmp_path / "mylib", code)
    installed, verified = run_action(environment, folder, ARGUMENTS="--mp mylib -n 2")
    assert installed.returncode == 0, installed.stdout + installed.stderr
    assert verified.returncode == status, verified.stdout + verified.stderr
    annotations = [
        line for line in verified.stdout.splitlines() if line.startswith("::error file=mylib/__init__.py,")
    ]
    assert bool(annotations) is bool(status)
    assert (folder / "summary").read_text(encoding="utf-8").startswith("# Verdicts\n")
    reports = {path.name for path in (folder / "multiprocessing-spec").iterdir()}
    assert reports == {"report.json", "report.md", "report.html", "report.sarif", "repro"}


def test_action_passes_a_usage_error_on(environment: Environment, tmp_path: Path) -> None:
    folder = library(tmp_path / "mylib", SOUND)
    _, verified = run_action(environment, folder, ARGUMENTS="--mp nosuch")
    assert verified.returncode == pytest.ExitCode.USAGE_ERROR


def test_gitlab_job_writes_the_file_that_it_names(environment: Environment, tmp_path: Path) -> None:
    [job] = [
        found["multiprocessing-spec"]
        for found in map(yaml.safe_load, snippets("yaml"))
        if "multiprocessing-spec" in found
    ]
    folder = library(tmp_path / "mylib", SOUND)
    done = bash(environment, "\n".join(job["script"]), folder, "-eo", "pipefail")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / job["artifacts"]["reports"]["junit"]).is_file()


def test_workflow_uses_the_action_after_installing_the_library() -> None:
    [workflow] = [found for found in map(yaml.safe_load, snippets("yaml")) if "jobs" in found]
    steps = workflow["jobs"]["spec"]["steps"]
    done = [step.get("uses", step.get("run")) for step in steps]
    assert done.index("pip install .") < done.index("OWNER/multiprocessing-spec@TAG")
    assert steps[-1]["with"]["path"] == action()[1]["env"]["REPORTS"]


def test_weekly_matrix_leaves_no_defect_out() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "weekly.yml").read_text(encoding="utf-8"))
    jobs = workflow["jobs"]["long"]["strategy"]["matrix"]["include"]
    parts = [job["arguments"].split()[2:] for job in jobs if job["env"] == "matrix"]
    beginnings = tuple(name for part in parts for name in part)
    assert [defect.short_name for defect in all_defects() if not defect.short_name.startswith(beginnings)] == []


def test_tox_environment_runs_the_command() -> None:
    [text] = snippets("ini")
    parsed = configparser.ConfigParser()
    parsed.read_string(text)
    assert parsed["testenv:spec"]["deps"] == REQUIREMENT
    assert parsed["testenv:spec"]["commands"] == "multiprocessing-spec verify {posargs}"


def test_settings_are_possible(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    [text] = [text for text in snippets("toml") if "[tool.multiprocessing-spec]" in text]
    pyproject_table.PYPROJECT_FILE.write_text(text, encoding="utf-8")
    table = toml_file.parse(text)["tool"]["multiprocessing-spec"]
    stated = {argument.partition("=")[0] for argument in pyproject_table.arguments([])}
    assert stated >= {f"--{key}" for key in table if key != pyproject_table.FURTHER}
