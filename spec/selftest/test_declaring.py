"""``deviations --from REPORT``: a file to start with, and what ``--prune`` takes out of one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Optional, Union

import pytest

from spec.engine import deviations, toml_file
from spec.engine.deviations import NONE
from spec.engine.lessons import REFERENCE
from spec.paths import ROOT
from spec.report import causes, declaring, document
from spec.report.document import Document
from spec.report.pruning import CannotPrune, prune
from spec.selftest.runs import Run, verify

THREADS_TARGET = "multiprocessing.dummy"
"""A target on which some claims are violated."""

KILL = "kill(): expected no exception, seen AttributeError: no attribute 'kill'\nseen by the caller"
CLOSE = "close(): expected no exception, seen AttributeError: no attribute 'kill'\nseen by the caller"
WRONG_CODE = "the exit code: expected 7, seen 255\nseen by the caller"
SILENCE = "no process has made progress for 1 s (--hang-after):\n  process 7: runs the claim"


def target(name: str, method: Optional[str]) -> dict[str, Any]:
    """Return a target of a report."""
    return {"name": name, "module": name.partition(":")[0], "version": "1.0", "start_method": method}


LIB_TARGETS = [target(f"lib:{method}", method) for method in ("fork", "spawn")]


def report(*verdicts: tuple[str, str, str, str], targets: Sequence[dict[str, Any]] = LIB_TARGETS) -> Document:
    """Return a report with these verdicts: claim, target, verdict and explanation each."""
    keys = ("claim", "target", "verdict", "explanation")
    made: Any = {
        "python": "3.11.0",
        "implementation": "CPython",
        "platform": "Linux",
        "lessons": REFERENCE,
        "created": "today",
        "targets": targets,
        "verdicts": [dict(zip(keys, verdict)) for verdict in verdicts],
    }
    found: Document = made
    return found


def grouped(*documents: Document) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the claims and the targets of each group."""
    return [(group.claims, group.targets) for group in causes.group(documents)]


def test_what_was_seen_alike_on_the_same_targets_is_one_cause() -> None:
    run = report(
        ("lifecycle.a", "lib:fork", "violated", KILL),
        ("lifecycle.b", "lib:fork", "violated", CLOSE),
        ("lifecycle.c", "lib:fork", "violated", WRONG_CODE),
        ("lifecycle.d", "lib:fork", "violated", WRONG_CODE),
        ("lifecycle.d", "lib:spawn", "crashed", "it ended"),
        ("lifecycle.e", "lib:fork", "hung", SILENCE),
        ("lifecycle.f", "lib:fork", "hung", SILENCE),
        ("lifecycle.g", "lib:fork", "known deviation", WRONG_CODE),
        ("lifecycle.h", "lib:fork", "holds", ""),
    )
    fork, both = ("lib:fork",), ("lib:fork", "lib:spawn")
    assert grouped(run) == [
        (("lifecycle.a", "lifecycle.b"), fork),
        (("lifecycle.c",), fork),
        (("lifecycle.d",), both),
        (("lifecycle.e",), fork),
        (("lifecycle.f",), fork),
    ]


def test_processes_have_no_pid_in_a_cause() -> None:
    left = "what is left behind: expected nothing, seen process {} (python -m lib)"
    claims = [("zombie.a", 7), ("zombie.b", 8)]
    run = report(*((claim, "lib:fork", "violated", left.format(pid)) for claim, pid in claims))
    [group] = causes.group([run])
    assert group.seen == "violated: what is left behind: expected nothing, seen a process"


def tables(*documents: Document) -> list[dict[str, Any]]:
    """Return the tables of the file to start with."""
    made: list[dict[str, Any]] = toml_file.parse(declaring.render(documents))["deviation"]
    return made


def test_start_methods_tell_targets_apart_or_the_context_is_named() -> None:
    [table] = tables(report(("zombie.a", "lib:fork", "violated", WRONG_CODE)))
    assert (table["target"], table["start-methods"]) == ("lib", ["fork"])
    contexts = [target("lib:one", "fork"), target("lib:two", "fork"), target("plain", None)]
    bad = [(claim, name, "violated", WRONG_CODE) for claim, name in [("zombie.a", "lib:two"), ("zombie.a", "plain")]]
    assert [(table["target"], "start-methods" in table) for table in tables(report(*bad, targets=contexts))] == [
        ("lib:two", False),
        ("plain", False),
    ]


def test_what_holds_in_another_run_is_intermittent() -> None:
    bad, good = (report(("zombie.a", "lib:fork", verdict, WRONG_CODE)) for verdict in ("violated", "holds"))
    assert ["intermittent" in table for table in tables(bad)] == [False]
    assert [table["intermittent"] for table in tables(bad, good)] == [True]


def test_any_text_can_be_seen() -> None:
    [table] = tables(report(("zombie.a", "lib:fork", "violated", 'x: seen "\\\x7f\x1b\udc80é'), targets=LIB_TARGETS))
    assert table["reason"] == 'TODO: violated: x: seen "\\\x7f\x1b?é'


def command(*arguments: Union[str, Path]) -> subprocess.CompletedProcess[str]:
    """Run ``python -m spec deviations`` with the *arguments*."""
    line = [sys.executable, "-m", "spec", "deviations", *map(str, arguments)]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)


def test_run_with_the_file_passes_and_counts_the_reasons_to_find(tmp_path: Path) -> None:
    asked, seen, new = (
        [f"--mp={THREADS_TARGET}", "--claim=isolation"],
        tmp_path / "report.json",
        tmp_path / "new.toml",
    )
    before = verify("spec/", *asked, f"--deviations={NONE}", f"--report={seen}")
    assert before.status == pytest.ExitCode.TESTS_FAILED
    assert command("--from", seen, "-o", new).returncode == 0
    declared = [claim for one in deviations.read(new).deviations for claim in one.claims]
    assert sorted(declared) == sorted(before.claims("violated"))
    after = verify("spec/", *asked, f"--deviations={NONE}", f"--deviations={new}")
    assert after.status == 0
    count = len(deviations.read(new).deviations)
    assert f"known deviations: {new}, reasons still to be found: {count}\n" in after.output
    assert command("--from", seen, "-o", new).stderr.startswith(f"python -m spec: {new} exists already;")


def test_file_is_about_the_package_of_lessons_that_was_verified(tmp_path: Path) -> None:
    """With it a run of that package passes; runs of the reference are not concerned."""
    package = "spec.selftest.defects.lessons.isolation.calls_the_task"
    asked, seen, new = (
        ["--mp=multiprocessing:fork", "--claim=isolation"],
        tmp_path / "seen.json",
        tmp_path / "new.toml",
    )
    assert verify("spec/", *asked, f"--impl={package}", f"--report={seen}").status == pytest.ExitCode.TESTS_FAILED
    assert command("--from", seen, "-o", new).returncode == 0
    assert {one.lessons for one in deviations.read(new).deviations} == {package}
    after = verify("spec/", *asked, f"--impl={package}", f"--deviations={new}", f"--report={tmp_path / 'after.json'}")
    assert (after.status, after.claims("violated")) == (0, set())
    assert after.claims("known deviation")
    reference = verify("spec/", *asked, f"--deviations={new}", f"--report={tmp_path / 'reference.json'}")
    assert (reference.status, reference.claims("fixed")) == (0, set())
    assert f"known deviations: {new}, none of them about what is under test\n" in reference.output
    assert "several" not in command("--from", tmp_path / "reference.json", "--prune", new).stdout
    mixed = command("--from", seen, "--from", tmp_path / "reference.json")
    assert mixed.stderr.endswith(f"a file is about one package of lessons, the reports are about impl, {package}\n")


FILE = """\
# What is known of lib.

# The first.
[[deviation]]
claims = [
    "zombie.piles-up",  # since 1.0
    "zombie.kill-cannot-remove-it",
    # this is the worst
    'zombie.is-alive-reaps',
]
target = "lib"
reason = "no reason"

# The second,
# in two lines.
[[deviation]]
claims = ["zombie.wait-frees-the-pid"]
target = "lib"
start-methods = ["fork"]
reason = "claims"

# The third.
[[deviation]]
reason = "none"
target = "lib:spawn"
claims = ["zombie.piles-up", "zombie.join-drops-the-child", "zombie.joining-reaps-each"]
[copies]
"copy" = "lib"
"""


def pruned(folder: Path, text: str, *documents: Document) -> tuple[str, list[str], list[str]]:
    """Return what is left of a file, what was removed, and what has to be limited by hand."""
    path = folder / "deviations.toml"
    path.write_text(text, encoding="utf-8")
    return prune(path, documents)


def fixed(*cases: tuple[str, str]) -> Document:
    """Return a report by which these claims hold on these targets, though they are declared not to."""
    return report(*((f"zombie.{claim}", f"lib:{method}", "fixed", "") for claim, method in cases))


def test_claims_that_hold_are_taken_out_and_the_rest_stays_as_it_is(tmp_path: Path) -> None:
    run = fixed(("is-alive-reaps", "fork"), ("is-alive-reaps", "spawn"), ("join-drops-the-child", "spawn"))
    left, removed, split = pruned(tmp_path, FILE, run)
    assert removed == ["zombie.is-alive-reaps", "zombie.join-drops-the-child"]
    assert split == []
    assert left == FILE.replace("    'zombie.is-alive-reaps',\n", "").replace('"zombie.join-drops-the-child", ', "")


def test_table_without_claims_goes_with_its_comment(tmp_path: Path) -> None:
    left, _, _ = pruned(tmp_path, FILE, fixed(("wait-frees-the-pid", "fork")))
    begin, end = FILE.index("# The second"), FILE.index("# The third")
    assert left == FILE[:begin] + FILE[end:]


def test_last_claims_of_the_file_can_go(tmp_path: Path) -> None:
    text = FILE[FILE.index("# The second") : FILE.index("# The third")]
    assert pruned(tmp_path, text, fixed(("wait-frees-the-pid", "fork")))[0] == ""


@pytest.mark.parametrize("verdict", ["known deviation", "violated", "hung"])
def test_what_holds_on_some_targets_is_left_to_a_person(tmp_path: Path, verdict: str) -> None:
    other = report(("zombie.piles-up", "lib:fork", verdict, WRONG_CODE))
    left, removed, split = pruned(tmp_path, FILE, fixed(("piles-up", "spawn")), other)
    assert (removed, split) == (
        ["zombie.piles-up"],
        ["zombie.piles-up holds on lib:spawn only: limit its declaration"],
    )
    assert left == FILE.replace('["zombie.piles-up", ', "[")


def test_what_was_not_decided_or_is_intermittent_stays(tmp_path: Path) -> None:
    text = FILE.replace('reason = "no reason"', 'reason = "no reason"\nintermittent = true')
    run = report(("zombie.piles-up", "lib:fork", "holds", ""), ("zombie.wait-frees-the-pid", "lib:fork", "n/a", ""))
    assert pruned(tmp_path, text, run) == (text, [], [])


@pytest.mark.parametrize(
    "text",
    [
        'deviation = [{claims = ["zombie.piles-up"], target = "lib", reason = "x"}]',
        '[[deviation]]\nclaims = ["zombie\\u002epiles-up", "zombie.is-alive-reaps"]\ntarget = "lib"\nreason = "x"\n',
    ],
)
def test_unusual_form_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(CannotPrune, match=r"its form is unusual; remove by hand: zombie\.piles-up"):
        pruned(tmp_path, text, fixed(("piles-up", "fork"), ("piles-up", "spawn")))


def a_fixed_run(folder: Path) -> tuple[Path, Run]:
    """Return a file that declares what holds, and the run that says so."""
    declared = folder / "declared.toml"
    text = '[[deviation]]\nclaims = ["zombie.piles-up"]\ntarget = "multiprocessing"\nreason = "x"\n'
    declared.write_text(text, encoding="utf-8")
    options = ["--mp=multiprocessing:fork", "--claim=zombie.piles-up", f"--report={folder / 'report.json'}"]
    return declared, verify("spec/", *options, f"--deviations={declared}")


def test_command_prunes_what_a_run_has_found(tmp_path: Path) -> None:
    declared, run = a_fixed_run(tmp_path)
    assert run.claims("fixed") == {"zombie.piles-up"}
    assert document.read(tmp_path / "report.json")["verdicts"][0]["verdict"] == "fixed"
    done = command("--from", tmp_path / "report.json", "--prune", declared)
    assert (done.returncode, done.stdout) == (0, f"{declared}: zombie.piles-up holds: removed\n")
    assert declared.read_text(encoding="utf-8") == ""


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ("--prune x.toml", "--prune needs --from REPORT"),
        ("-o x.toml", "-o needs --from REPORT"),
        ("--from a.json --prune", "--prune takes --from REPORT and the FILEs to change, and neither -o nor --mp"),
        ("--from a.json x.toml", "--from REPORT takes -o FILE, or --prune and the FILEs to change, and not --mp"),
        ("--from nosuch.json", "nosuch.json cannot be read: No such file or directory"),
    ],
)
def test_one_line_says_what_is_wrong(arguments: str, answer: str) -> None:
    done = command(*arguments.split())
    assert (done.returncode, done.stdout, done.stderr) == (4, "", f"python -m spec: {answer}\n")
