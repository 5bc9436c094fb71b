"""The verdicts of reports as a small file: ``python -m spec report --verdicts``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from spec.paths import ROOT
from spec.report import document, verdict_file
from spec.report.document import Document
from spec.report.verdict_file import BadVerdictFile, VerifiedLibrary
from spec.report.writers import CannotWrite


def report(module: str, verdicts: dict[str, dict[str, str]]) -> Document:
    """Return a report on a *module*: the verdicts on claims, by its contexts."""
    ids = {claim for by_claim in verdicts.values() for claim in by_claim}
    made: Any = {
        **dict.fromkeys(Document.__required_keys__, ""),
        "schema": document.REPORT_SCHEMA,
        "implementation": "CPython",
        "python": "3.11.7",
        "targets": [{"name": f"{module}:{context}", "module": module, "version": "1.2"} for context in verdicts],
        "claims": [{"id": claim} for claim in ids],
        "verdicts": [
            {
                "claim": claim,
                "target": f"{module}:{context}",
                "verdict": verdict,
                "reason": "It\n shares.",
                "link": "x",
            }
            for context, by_claim in verdicts.items()
            for claim, verdict in by_claim.items()
        ],
    }
    found: Document = made
    return found


REPORTS = [
    report("here", {"fork": {"a.b": "holds", "a.a": "holds"}, "spawn": {"a.b": "violated", "a.a": "holds"}}),
    report("there", {"fork": {"a.b": "known deviation"}}),
]

WRITTEN = """\
{
"schema": 1,
"libraries": [
{"library": "here 1.2", "python": "Python 3.11.7", "contexts": ["fork", "spawn"]},
{"library": "there 1.2", "python": "Python 3.11.7", "contexts": ["fork"]}
],
"verdicts": {
"a.a": ["holds", null],
"a.b": [{"holds": ["fork"], "violated": ["spawn"]}, "known deviation"]
},
"causes": [
{"library": "there 1.2", "reason": "It shares.", "link": "x", "claims": ["a.b"]}
]
}
"""


def test_a_claim_has_a_line(tmp_path: Path) -> None:
    for number, one in enumerate(REPORTS):
        document.write(one, tmp_path / f"{number}.json")
    file = tmp_path / "verdicts.json"
    asked = [*(str(tmp_path / name) for name in ("0.json", "1.json")), "--verdicts", str(file)]
    for _ in range(2):
        subprocess.run([sys.executable, "-m", "spec", "report", *asked], cwd=ROOT, check=True)
        assert file.read_text(encoding="utf-8") == WRITTEN


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    file = tmp_path / "verdicts.json"
    verdict_file.write(REPORTS, file)
    read = verdict_file.read(file)
    assert read == verdict_file.of(REPORTS)
    assert read.libraries[1] == VerifiedLibrary("there 1.2", "Python 3.11.7", ["fork"])
    assert read.verdicts["a.a"] == [{"holds": ["fork", "spawn"]}, None]


def test_interrupted_run_has_no_verdict_in_the_other_contexts(tmp_path: Path) -> None:
    file = tmp_path / "verdicts.json"
    verdict_file.write([report("here", {"fork": {"a.a": "holds"}, "spawn": {}})], file)
    assert verdict_file.read(file).verdicts["a.a"] == [{"holds": ["fork"]}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("precious", " is not a file of --verdicts"),
        ("[]", " is not a file of --verdicts"),
        ('{"schema": 9}', " has the schema 9, not 1"),
        (WRITTEN.replace(", null", ""), " is not a file of --verdicts"),
    ],
)
def test_another_file_is_not_overwritten(text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "verdicts.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadVerdictFile) as bad:
        verdict_file.read(file)
    assert str(bad.value) == f"{file}{message}"
    with pytest.raises(CannotWrite, match="name a new file"):
        verdict_file.write(REPORTS, file)
    assert file.read_text(encoding="utf-8") == text


def test_a_file_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    with pytest.raises(BadVerdictFile, match="cannot be read: No such file"):
        verdict_file.read(tmp_path / "none.json")
    with pytest.raises(CannotWrite, match="cannot be written: No such file"):
        verdict_file.write(REPORTS, tmp_path / "none" / "verdicts.json")


def test_the_file_of_the_documentation_can_be_read() -> None:
    found = verdict_file.read(ROOT / "docs" / "verdicts.json")
    assert found.libraries[0].name.startswith("multiprocessing of ")
    assert len(found.verdicts) > 1000
