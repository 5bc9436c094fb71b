"""``python -m spec report``: what it makes from several reports, and the messages about bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Optional
from xml.etree import ElementTree

import pytest

from spec.paths import ROOT
from spec.report import counts, deaths, document, found, insertion
from spec.report.document import Document
from spec.selftest.report_variants import nasty, small

BEGIN, END = insertion.marks(found.FOUND_PART)


def merge(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run ``python -m spec report`` with the *arguments*."""
    command = [sys.executable, "-m", "spec", "report", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_several_runs_make_one_matrix(report: Document, report_files: dict[str, Path], tmp_path: Path) -> None:
    other: Any = json.loads(json.dumps(report))
    other["python"] = "3.99.0"
    (tmp_path / "other.json").write_text(json.dumps(other), encoding="utf-8")
    made = tmp_path / "compare.md"
    assert merge(report_files[".json"], tmp_path / "other.json", "-o", made).returncode == 0
    head = next(line for line in made.read_text(encoding="utf-8").splitlines() if line.startswith("| claim"))
    assert head.count("multiprocessing:fork") == 2
    assert "Python 3.99.0" in head


def test_what_was_found_is_told_by_cause(report: Document, tmp_path: Path) -> None:
    known = small(report, verdict="known deviation", reason="It shares.", link="https://example.org/")
    first = known["verdicts"][0]["claim"]
    see = f"`pytest spec/ --mp lib:fork --claim {first} --deviations none`"
    row = f"| lib 1.2 | fork | `{first}` and 1 more | It shares. [more](https://example.org/) | {see} |"
    assert found.render([known, known]) == f"{found.FOUND_HEAD}{row}\n"
    file = tmp_path / "known.json"
    document.write(known, file)
    readme = tmp_path / "readme.md"
    readme.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    for _ in range(2):
        assert merge(file, "--found", readme).returncode == 0
        written = readme.read_text(encoding="utf-8")
        assert written == f"before\n{BEGIN}\n{found.FOUND_HEAD}{row}\n{END}\nafter\n"


def test_counts_are_told_by_library(report: Document, tmp_path: Path) -> None:
    held, known = small(report, verdict="holds"), small(report, verdict="known deviation")
    table = (
        "| library | Python | holds | known deviation |\n| --- | --- | --- | --- |\n"
        f"| lib 1.2 | {report['python']} | 2 | 2 |\n"
    )
    assert counts.render([held, known]) == table
    file, made = tmp_path / "held.json", tmp_path / "counts.md"
    document.write(held, file)
    assert merge(file, "--counts", made).returncode == 0
    assert made.read_text(encoding="utf-8").splitlines()[3] == f"| lib 1.2 | {report['python']} | 2 |"


def test_counts_are_told_by_lesson(report: Document, tmp_path: Path) -> None:
    """A lesson of which nothing is decided has no row."""
    run: Any = small(report, verdict="holds")
    lessons = ["lock", "zombie", "zombie", "event"]
    run["claims"] = [{**run["claims"][0], "id": f"{number}", "lesson": name} for number, name in enumerate(lessons)]
    run["verdicts"] = [
        {**run["verdicts"][0], "claim": f"{number}", "verdict": verdict}
        for number, verdict in enumerate(["holds", "violated", "not provided", "not provided"])
    ]
    file, made = tmp_path / "run.json", tmp_path / "lessons.md"
    document.write(run, file)
    assert merge(file, "--lessons", made).returncode == 0
    assert made.read_text(encoding="utf-8").splitlines()[1:-1] == [
        "| lesson | package | target | holds | violated | not provided |",
        "| --- | --- | --- | --- | --- | --- |",
        "| zombie | impl | lib:fork 1.2 | 0 | 1 | 1 |",
        "| lock | impl | lib:fork 1.2 | 1 | 0 | 0 |",
    ]


@pytest.mark.parametrize(
    ("verdicts", "answer"),
    [
        (("holds", "holds"), "yes"),
        (("holds", "known deviation"), "no: spawn"),
        (("hung", "violated"), "no"),
        (("hung", "not applicable"), "no"),
        (("not provided", "not applicable"), "-"),
    ],
)
def test_what_becomes_of_the_others_is_told_by_library(
    report: Document, verdicts: tuple[str, str], answer: str
) -> None:
    run: Any = small(report, verdict="holds")
    first, other = run["claims"][:2]
    first.update(test="spec/claims/lock/test_killed_processes.py::test_it", wording="A waiter | goes on.")
    other.update(test="spec/claims/lock/test_rlock.py::test_other")
    [target] = run["targets"]
    run["targets"] = [{**target, "name": f"lib:{context}"} for context in ("fork", "spawn")]
    run["verdicts"] = [
        {**run["verdicts"][0], "claim": claim["id"], "target": one["name"], "verdict": verdict}
        for claim in (first, other)
        for one, verdict in zip(run["targets"], verdicts)
    ]
    assert deaths.render([run]).splitlines() == [
        "| when a process dies | lib 1.2 |",
        "| --- | --- |",
        f"| A waiter \\| goes on. `{first['id']}` | {answer} |",
    ]


def test_what_is_not_known_has_a_row_for_each_claim(report: Document) -> None:
    rows = found.render([small(report, verdict="violated", explanation="a: expected 1, seen 2\nmore", reason="")])
    assert rows.count("\n| lib 1.2 |") == 2
    assert rows.count("| violated: a: expected 1, seen 2 |") == 2


def test_what_conforms_is_found_to_conform(report: Document) -> None:
    held = found.render([small(report, verdict="holds")])
    assert held.startswith(f"{found.FOUND_HEAD}| lib 1.2 | fork | none | Each claim ")
    assert held.endswith("| `pytest spec/ --mp lib` |\n")


@pytest.mark.parametrize("verdict", ["violated", "known deviation"])
def test_what_was_found_is_escaped(report: Document, verdict: str) -> None:
    wild = nasty(small(report, verdict=verdict))
    rows = found.render([wild]).splitlines()[2:]
    assert rows
    for row in rows:
        assert "<script>" not in row.replace("\\<script\\>", "")
        assert "](javascript" not in row
        assert row.replace("\\|", "").count("|") == 6


def test_what_was_found_replaces_nothing_that_was_not_made_for_it(
    report_files: dict[str, Path], tmp_path: Path
) -> None:
    readme = tmp_path / "readme.md"
    readme.write_text("mine", encoding="utf-8")
    done = merge(report_files[".json"], "--found", readme)
    assert done.returncode == 4
    assert done.stderr.startswith(f"python -m spec: {readme} lacks the lines {BEGIN} and {END}")
    assert readme.read_text(encoding="utf-8") == "mine"


def test_badges(report: Document, report_files: dict[str, Path], tmp_path: Path) -> None:
    image, endpoint = tmp_path / "badge.svg", tmp_path / "badge.json"
    assert merge(report_files[".json"], "--badge", image, "--badge", endpoint, "--label", "a & b").returncode == 0
    facts = json.loads(endpoint.read_text(encoding="utf-8"))
    holding = sum(one["verdict"] == "holds" for one in report["verdicts"])
    assert facts["schemaVersion"] == 1
    assert facts["message"].startswith(f"{holding} hold")
    title = ElementTree.parse(image).getroot().find("{http://www.w3.org/2000/svg}title")
    assert title is not None and title.text == f"a & b: {facts['message']}"


def test_pictures_of_failures_are_counted(report: Document, report_files: dict[str, Path], tmp_path: Path) -> None:
    failed = sum("timeline" in verdict for verdict in report["verdicts"])
    assert failed > 0
    made = merge(report_files[".json"], "--timelines", tmp_path / "pictures")
    assert (made.returncode, made.stdout) == (0, f"timelines: {failed} in {tmp_path / 'pictures'}\n")
    assert len([*(tmp_path / "pictures").iterdir()]) == failed
    refused = merge(report_files[".json"], "--timelines", tmp_path / "pictures")
    assert refused.returncode == pytest.ExitCode.USAGE_ERROR
    assert refused.stderr.count("\n") == 1
    assert "has files in it: name a new folder or an empty one" in refused.stderr


def test_report_that_is_named_twice_is_refused(report_files: dict[str, Path], tmp_path: Path) -> None:
    done = merge(report_files[".json"], report_files[".json"], "-o", tmp_path / "page.md")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert done.stderr == "python -m spec: a report is named twice\n"


@pytest.mark.parametrize(
    "content, message",
    [
        (None, "cannot be read: No such file or directory"),
        ("{", "is not JSON: "),
        ("[]", "is not a report: pytest spec/ --report a.json writes one"),
        ('{"schema": 1, "verdicts": []}', "has version 1 of the schema; the supported version is 2"),
        ('{"schema": 2, "verdicts": []}', "is not a report: it lacks claims, created, "),
    ],
)
def test_what_is_no_report_is_refused(tmp_path: Path, content: Optional[str], message: str) -> None:
    file = tmp_path / "a.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    done = merge(file, "-o", tmp_path / "b.md")
    assert done.returncode == 4
    assert done.stderr.startswith(f"python -m spec: {file} {message}")
    assert done.stderr.count("\n") == 1
