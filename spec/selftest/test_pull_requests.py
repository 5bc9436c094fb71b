"""What is shown at a pull request: SARIF, the annotations of GitHub Actions, and the file that they point at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Optional

import jsonschema
import pytest

from spec.report import github, places, sarif
from spec.report.document import Document, TargetData
from spec.selftest.runs import verify

TEXT = {
    "type": "object",
    "required": ["text"],
    "properties": {"text": {"type": "string", "minLength": 1}},
    "additionalProperties": False,
}

RULE = {
    "type": "object",
    "required": ["id", "shortDescription", "help"],
    "properties": {
        "id": {"type": "string"},
        "shortDescription": TEXT,
        "help": TEXT,
        "helpUri": {"type": "string", "pattern": "^https://"},
        "properties": {"type": "object", "required": ["tags"]},
    },
    "additionalProperties": False,
}

LOCATION = {
    "type": "object",
    "required": ["physicalLocation"],
    "properties": {
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation", "region"],
            "properties": {
                "artifactLocation": {
                    "required": ["uri"],
                    "properties": {"uri": {"type": "string", "pattern": "^[^/].*$"}},
                    "additionalProperties": False,
                },
                "region": {
                    "required": ["startLine"],
                    "properties": {"startLine": {"type": "integer", "minimum": 1}},
                    "additionalProperties": False,
                },
            },
            "additionalProperties": False,
        }
    },
    "additionalProperties": False,
}

RESULT = {
    "type": "object",
    "required": ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"],
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": {"enum": ["none", "note", "warning", "error"]},
        "message": TEXT,
        "locations": {"type": "array", "items": LOCATION},
        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "additionalProperties": False,
}

RUN = {
    "type": "object",
    "required": ["tool", "results"],
    "properties": {
        "tool": {
            "required": ["driver"],
            "properties": {
                "driver": {
                    "required": ["name", "rules"],
                    "properties": {
                        "name": {"type": "string"},
                        "version": {"type": "string"},
                        "rules": {"type": "array", "items": RULE, "uniqueItems": True},
                    },
                    "additionalProperties": False,
                }
            },
            "additionalProperties": False,
        },
        "results": {"type": "array", "items": RESULT},
    },
    "additionalProperties": False,
}

LOG = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string"},
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "items": RUN},
    },
    "additionalProperties": False,
}
"""What SARIF 2.1.0 demands of the parts that are written, and what GitHub demands to show them."""


def target(name: str, file: str = "built in") -> dict[str, Any]:
    """Return a target of a report."""
    return {"name": name, "module": name.partition(":")[0], "version": "1.0", "file": file}


def claim(name: str) -> dict[str, Any]:
    """Return a claim of a report."""
    sources = [
        {"where": "impl.zombie.reap", "kind": "contract"},
        {"where": "https://example.org/", "kind": "observed"},
    ]
    return {"id": name, "lesson": "zombie", "wording": f"It is {name}.", "sources": sources}


def report(**verdicts: str) -> Document:
    """Return a report with a claim for each of the *verdicts*, which is on both targets."""
    targets = [target("lib:fork"), target("lib:spawn")]
    made: Any = {
        "project": "0.1",
        "python": "3.11.0",
        "implementation": "CPython",
        "platform": "Linux",
        "created": "today",
        "targets": targets,
        "claims": [claim(name) for name in verdicts],
        "verdicts": [
            {"claim": name, "target": one["name"], "verdict": verdict, "explanation": f"100%: seen {name}\nby\r all"}
            for name, verdict in verdicts.items()
            for one in targets
        ],
    }
    found: Document = made
    return found


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(*names: str) -> None:
    """Make empty files with these *names*."""
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()


def log(*documents: Document) -> dict[str, Any]:
    """Return the SARIF of *documents*, once it is valid."""
    found: dict[str, Any] = json.loads(sarif.render(documents))
    jsonschema.validate(found, LOG)
    for run in found["runs"]:
        for result in run["results"]:
            assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    return found


def test_sarif_has_a_result_for_each_claim_that_fails() -> None:
    write("src/lib/__init__.py")
    [run] = log(report(a="holds", b="violated", c="known deviation", d="hung", e="fixed", f="crashed"))["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["b", "d", "e", "f"]
    assert {result["level"] for result in run["results"]} == {"error"}
    first, _, third, _ = run["results"]
    assert first["message"]["text"].startswith(
        "It is b.\nlib:fork 1.0, Python 3.11.0: violated: 100%: seen b\nby\n all\nlib:spawn 1.0, "
    )
    assert "remove the declaration" in third["message"]["text"]
    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "src/lib/__init__.py"


def test_sarif_of_several_runs_and_of_none_that_fails() -> None:
    assert [len(run["results"]) for run in log(report(a="violated"), report(a="holds"))["runs"]] == [1, 0]
    assert log(report(a="violated"))["runs"][0]["results"][0]["locations"] == []


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([], None),
        (["pyproject.toml"], "pyproject.toml"),
        (["pyproject.toml", "lib/part.py"], "lib/part.py"),
        (["pyproject.toml", "src/lib/part/__init__.py"], "src/lib/part/__init__.py"),
        (["pyproject.toml", ".venv/site-packages/lib/part.py"], "pyproject.toml"),
        (["lib/part.py", "built/part.py"], "built/part.py"),
    ],
)
def test_file_in_the_repository_stands_for_the_module(
    repository: Path, files: list[str], expected: Optional[str]
) -> None:
    write(*files)
    file = next((name for name in files if name.startswith((".venv", "built"))), "/usr/lib/part.py")
    described: Any = target("lib.part:fork", str(repository / file))
    found: TargetData = described
    assert places.source_path(found) == expected


def test_paths_are_relative_to_the_workspace(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("inner/lib/__init__.py")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(repository))
    monkeypatch.chdir(repository / "inner")
    described: Any = target("lib")
    found: TargetData = described
    assert places.source_path(found) == "inner/lib/__init__.py"


def test_annotation_for_each_cause_is_one_line() -> None:
    write("lib/__init__.py")
    assert github.lines(report(a="violated", b="holds", c="fixed")) == [
        "::error file=lib/__init__.py,line=1,title=a on lib%3Afork and 1 more::"
        "violated: 100%25: seen a%0Aa: It is a.",
        "::error file=lib/__init__.py,line=1,title=fixed%3A c on lib%3Afork and 1 more::"
        "the claim holds though it is declared not to; remove the declaration%0Ac on lib:fork%0Ac on lib:spawn",
    ]


@pytest.mark.parametrize(("count", "more"), [(10, None), (12, "3 more causes are in the log of this step")])
def test_annotations_are_no_more_than_github_shows(count: int, more: Optional[str]) -> None:
    lines = github.lines(report(**{f"claim{number}": "violated" for number in range(count)}))
    assert len(lines) == 10
    assert [line.rpartition("::")[2] for line in lines if line.startswith("::error title=more")] == [more] * bool(
        more
    )


@pytest.mark.parametrize("job", ["true", ""])
def test_run_annotates_in_a_job_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, job: str) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", job)
    chosen = ["--mp=multiprocessing.dummy", "--claim=isolation.arguments-are-copies", "--deviations=none"]
    run = verify("spec/", *chosen, f"--report={tmp_path / 'report.sarif'}", "-n", "2" if job else "0")
    lines = [line for line in run.output.splitlines() if line.startswith("::error")]
    assert [line.partition(" on multiprocessing.dummy::")[0].rpartition("title=")[2] for line in lines] == [
        "isolation.arguments-are-copies"
    ] * bool(job)
    written = json.loads((tmp_path / "report.sarif").read_text(encoding="utf-8"))
    jsonschema.validate(written, LOG)
    assert [result["ruleId"] for result in written["runs"][0]["results"]] == ["isolation.arguments-are-copies"]
