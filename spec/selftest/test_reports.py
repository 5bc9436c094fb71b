"""What a run writes and prints: the report as data, early ends, what has changed, and bad file names."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from spec.engine.claims import ids
from spec.paths import ROOT
from spec.report import badge, document, markdown, page
from spec.report.document import Document
from spec.selftest.runs import verify


def test_json_is_as_the_schema_says(report: Document) -> None:
    schema = json.loads((ROOT / "spec" / "report" / "schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(report, schema)
    names = {"document": schema, **schema["$defs"]}
    types: dict[str, Any] = {
        "document": document.Document,
        "target": document.TargetData,
        "claim": document.ClaimData,
        "source": document.SourceData,
        "verdict": document.VerdictData,
        "timeline": document.TimelineData,
        "lane": document.LaneData,
        "parent": document.ParentData,
        "span": document.SpanData,
        "note": document.NoteData,
        "failure": document.FailureData,
    }
    for name, described in names.items():
        assert set(described["properties"]) == types[name].__required_keys__ | types[name].__optional_keys__
        assert set(described["required"]) == types[name].__required_keys__


def test_json_tells_all(report: Document) -> None:
    assert [claim["id"] for claim in report["claims"]] == ids()
    found = {(one["claim"], one["target"]): one for one in report["verdicts"]}
    held = found["isolation.arguments-are-copies", "multiprocessing:fork"]
    violated = found["isolation.arguments-are-copies", "multiprocessing.dummy"]
    assert (held["verdict"], held["explanation"]) == ("holds", "")
    assert violated["verdict"] == "violated"
    assert "expected" in violated["explanation"] and "seen by" in violated["explanation"]
    assert report["exit_status"] == 1
    assert report["planned"] == len(report["verdicts"])
    [lingers] = [claim for claim in report["claims"] if claim["id"] == "zombie.lingers-until-joined"]
    assert [source["kind"] for source in lingers["sources"]] == ["documented"]


def test_run_that_ended_early_says_so_everywhere(report: Document) -> None:
    cut = Document({**report, "verdicts": report["verdicts"][:2]})
    early = f"ended early: 2 of {report['planned']} verdicts"
    assert early in document.shortfall(cut)
    assert early in page.render([cut]) and early in markdown.render([cut])
    assert badge.message([cut])[0].startswith("incomplete")
    assert early not in page.render([report]) + markdown.render([report])


def test_badge_of_a_run_that_decided_nothing(report: Document) -> None:
    verdicts = [{**one, "verdict": "not applicable"} for one in report["verdicts"]]
    assert badge.message([{**report, "verdicts": verdicts}])[0] == "nothing verified"  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (
            ["--report", "x.pdf"],
            "ERROR: --report: x.pdf: the suffix determines the format, and is one of .json, .md, .html, .sarif",
        ),
        (["--report", "nowhere/x.md"], "ERROR: --report: nowhere/x.md: there is no folder "),
        (["--report", "/proc/x.md"], "ERROR: --report: /proc/x.md: it cannot be written: No such file or directory"),
    ],
)
def test_bad_report_is_refused_at_once(arguments: list[str], message: str) -> None:
    run = verify("spec/", *arguments)
    assert message in run.output
    assert run.status == pytest.ExitCode.USAGE_ERROR


def test_folder_in_the_place_of_a_report_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "report.md"
    folder.mkdir()
    assert f"ERROR: --report: {folder}: it is a folder" in verify("spec/", f"--report={folder}").output


def test_end_of_a_run_tells_likely_causes_and_what_has_changed(report_files: dict[str, Path], tmp_path: Path) -> None:
    earlier = json.loads(report_files[".json"].read_text(encoding="utf-8"))
    fork = next(one for one in earlier["verdicts"] if one["verdict"] == "holds" and one["target"].endswith("fork"))
    fork["verdict"] = "hung"
    baseline = tmp_path / "earlier.json"
    baseline.write_text(json.dumps(earlier), encoding="utf-8")
    chosen = ["--claim", "isolation", "--mp", "multiprocessing:fork", "--mp", "multiprocessing.dummy"]
    run = verify("spec/", *chosen, "--deviations", "none", "--baseline", str(baseline))
    assert f" since {baseline}, {earlier['created']} " in run.output
    assert f"\nholds now: {fork['claim']} on multiprocessing:fork\n" in run.output
    assert " likely causes " in run.output
    assert re.search(
        r"^isolation\.[\w.-]+, isolation.* on multiprocessing\.dummy: violated: ", run.output, re.MULTILINE
    )


def test_baseline_without_changes_and_one_that_is_none(report_files: dict[str, Path], tmp_path: Path) -> None:
    chosen = ["--claim", "isolation.child-is", "--mp", "multiprocessing:fork", "--mp", "multiprocessing:spawn"]
    run = verify("spec/", *chosen, "--baseline", str(report_files[".json"]))
    assert "\nnot verified then: multiprocessing:spawn\n" in run.output
    assert verify("spec/", *chosen[:4], "--baseline", str(report_files[".json"])).output.count(
        "\nno verdict has changed\n"
    )
    assert verify("spec/", "--baseline", str(tmp_path / "nosuch.json")).error == (
        f"--baseline: {tmp_path}/nosuch.json cannot be read: No such file or directory"
    )
