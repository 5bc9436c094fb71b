"""What differs between two targets, Pythons or runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Optional

import pytest

from spec.engine.verdicts import CRASHED, FIXED, HOLDS, HUNG, KNOWN, NOT_APPLICABLE, NOT_PROVIDED, VIOLATED
from spec.paths import ROOT
from spec.report import comparison, differences
from spec.report.differences import BadPair, Kind
from spec.report.document import ClaimData, Document, TargetData, VerdictData


def verdict(word: str, claim: str = "lock.x") -> VerdictData:
    explanation = "" if word == HOLDS else f"it {word}\nand more"
    return VerdictData(
        claim=claim, target="a", verdict=word, seconds=0.1, explanation=explanation, reason="", link=""
    )


def made(*targets: str, python: str = "3.11.7", **verdicts: str) -> Document:
    """Return the report of a run with the same *verdicts* on each target, by the last part of the claim's id."""
    parts: dict[str, Any] = {
        "python": python,
        "implementation": "CPython",
        "platform": "Linux",
        "created": "now",
        "lessons": "impl",
        "planned": len(verdicts),
        "targets": [target(name) for name in targets],
        "claims": [claim(name) for name in verdicts],
        "verdicts": [
            {**verdict(word, f"lock.{name}"), "target": one} for one in targets for name, word in verdicts.items()
        ],
    }
    return {**dict.fromkeys(Document.__annotations__, ""), **parts}  # type: ignore[typeddict-item]


def target(name: str) -> TargetData:
    parts: dict[str, Any] = {"name": name, "module": name.partition(":")[0], "start_method": None, "version": None}
    return {**dict.fromkeys(TargetData.__annotations__, ""), **parts}  # type: ignore[typeddict-item]


def claim(name: str) -> ClaimData:
    parts: dict[str, Any] = {"id": f"lock.{name}", "lesson": "lock", "wording": f"A lock does `{name}`."}
    parts.update(sources=[], conditions=[], needs=[])
    return {**dict.fromkeys(ClaimData.__annotations__, ""), **parts}  # type: ignore[typeddict-item]


def diff(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "spec", "diff", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        (HOLDS, HOLDS, None),
        (HOLDS, FIXED, None),
        (HOLDS, VIOLATED, Kind.HOLDS_LEFT),
        (KNOWN, HOLDS, Kind.HOLDS_RIGHT),
        (HUNG, FIXED, Kind.HOLDS_RIGHT),
        (VIOLATED, HUNG, Kind.FAILS_OTHERWISE),
        (CRASHED, CRASHED, None),
        (KNOWN, HUNG, None),
        (NOT_APPLICABLE, NOT_PROVIDED, None),
        (HOLDS, NOT_APPLICABLE, Kind.APPLIES_LEFT),
        (NOT_PROVIDED, KNOWN, Kind.APPLIES_RIGHT),
        (HOLDS, None, Kind.VERIFIED_LEFT),
        (None, NOT_APPLICABLE, Kind.VERIFIED_RIGHT),
    ],
)
def test_kinds(left: Optional[str], right: Optional[str], kind: Optional[Kind]) -> None:
    assert Kind.of(left and verdict(left), right and verdict(right)) == kind  # type: ignore[arg-type]
    assert differences.differ([left and verdict(left), right and verdict(right)]) == (kind is not None)  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("left", "right", "pairs"),
    [
        (["a:fork", "a:spawn"], ["a:spawn", "a:fork"], [("a:fork", "a:fork"), ("a:spawn", "a:spawn")]),
        (["a:fork", "a:spawn"], ["b:spawn", "b:loky"], [("a:spawn", "b:spawn")]),
        (["a:fork"], ["a:spawn"], [("a:fork", "a:spawn")]),
    ],
)
def test_pairs(left: list[str], right: list[str], pairs: list[tuple[str, str]]) -> None:
    columns = (comparison.columns([made(*names, x=HOLDS)]) for names in (left, right))
    found = [(pair.left.target["name"], pair.right.target["name"]) for pair in differences.pairs(*columns)]
    assert found == pairs


def test_what_has_nothing_in_common_is_refused() -> None:
    columns = (comparison.columns([made(*names)]) for names in (["a:fork", "a:spawn"], ["b:loky"]))
    with pytest.raises(BadPair, match="a:fork, a:spawn and b:loky have no target in common"):
        differences.pairs(*columns)


def test_reports_of_two_pythons(tmp_path: Path) -> None:
    old, new, page = tmp_path / "old.json", tmp_path / "new.json", tmp_path / "page.html"
    old.write_text(json.dumps({**made("a", python="3.13.1", x=HOLDS, y=HOLDS), "schema": 2}), encoding="utf-8")
    new.write_text(json.dumps({**made("a", python="3.14.0", x=HUNG, y=HOLDS), "schema": 2}), encoding="utf-8")
    done = diff(str(old), f"{new}#a", "-o", str(tmp_path / "page.md"), "-o", str(page))
    assert done.stdout.splitlines() == [
        "a on Python 3.13.1, and a on Python 3.14.0: 1 of 2 claims differ",
        "",
        "holds on Python 3.13.1, not on Python 3.14.0 (1):",
        "  lock.x",
        "      A lock does `x`.",
        "      Python 3.14.0: hung: it hung",
    ]
    assert (done.returncode, done.stderr) == (1, "")
    assert "- `lock.x`: A lock does `x`." in (tmp_path / "page.md").read_text(encoding="utf-8")
    assert 'id="only-differing" checked' in page.read_text(encoding="utf-8")
    assert diff(str(old), str(old)).returncode == 0


def test_targets_are_verified_now() -> None:
    done = diff("multiprocessing:fork", "multiprocessing:spawn", "--claim=isolation.child-begins", "-n0")
    assert done.stdout.startswith("multiprocessing:fork on Python ")
    assert "\napplies to multiprocessing:spawn only (1):\n  isolation.child-begins-with-fresh-memory\n" in done.stdout
    assert done.returncode == 1


def test_pythons_verify_the_targets_of_the_command_line() -> None:
    sides = [sys.executable, sys.executable]
    done = diff(*sides, "--mp=multiprocessing:fork", "--claim=zombie.lingers", "-n0")
    assert "multiprocessing:fork on Python" in done.stdout
    assert "none of 1 claims differ" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["nosuch.json", "a.json"], "nosuch.json cannot be read: No such file or directory"),
        (
            ["multiprocessing:fork", "nosuch"],
            "--mp=nosuch did not verify: ERROR: --mp: no module named 'nosuch' here",
        ),
        (["a.json", "b.json", "-o", "c.txt"], "c.txt: the suffix determines the format, and is one of .md, .html"),
    ],
)
def test_one_line_says_what_is_wrong(arguments: list[str], answer: str) -> None:
    done = diff(*arguments, "--claim=zombie.lingers", "-n0")
    assert answer in done.stderr
    assert (len(done.stderr.splitlines()), done.stdout) == (1, "")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
