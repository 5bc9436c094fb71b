"""Mutants of a library: which tests reach a line, which of them notice a mutant, and what is kept and counted.

The tests remove code instead of using the operators of Cosmic Ray, which need not be installed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from spec.selftest.mutation.library import drawing, line_coverage, mutate_library
from spec.selftest.mutation.library.copies import Copy, Library
from spec.selftest.mutation.library.drawing import Mutant, draw
from spec.selftest.mutation.library.judgements import Judgement, Judgements
from spec.selftest.mutation.library.knowledge import Knowledge
from spec.selftest.mutation.library.outcomes import Outcome
from spec.selftest.mutation.library.results import Report, Result
from spec.selftest.mutation.library.score import table
from spec.selftest.mutation.library.suites import KILLED_AT_ONCE, Claims, OwnTests, SuiteRun, noticed_by
from spec.selftest.mutation.mutants import Change
from spec.tools.command_line import UsageError

API_SOURCE = '''
"""A small library."""

import multiprocessing
import sys

from tinymp.names import rename

_context = multiprocessing.get_context("fork")


class Process(_context.Process):
    def __init__(self, *args, name=None, **options):
        super().__init__(*args, **options)
        rename(self, name)


def get_context(method=None):
    return sys.modules[__name__]


def get_all_start_methods():
    return ["fork"]


def __getattr__(name):
    return getattr(_context, name)
'''

NAMES_SOURCE = '''
"""Names of processes."""

import sys


def rename(process, name):
    """Name a process."""
    process.name = name or process.name
    process.note = "renamed"
    if sys.platform == "win32":
        process.note = "on Windows"


def never_called():
    return None
'''

OWN_TEST = """
import tinymp.names


def test_rename():
    class Process:
        name = "a"
    tinymp.names.rename(Process, "b")
    assert Process.note
"""

NOTICING_CLAIM = "identity.child-has-the-name-it-was-given"


@pytest.fixture
def tinymp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """A library with two modules and a test of its own, which is installed while the test runs."""
    package = tmp_path / "installed" / "tinymp"
    (package / "tests").mkdir(parents=True)
    (package / "__init__.py").write_text(API_SOURCE, encoding="utf-8")
    (package / "names.py").write_text(NAMES_SOURCE, encoding="utf-8")
    (package / "tests" / "test_names.py").write_text(OWN_TEST, encoding="utf-8")
    monkeypatch.syspath_prepend(package.parent)
    monkeypatch.setattr(drawing, "LIBRARY_OPERATORS", [])
    return Library("tinymp")


def mutants_of(library: Library, seed: int = 1, left_out: str = "") -> list[Mutant]:
    """Return all mutants of *library*."""
    return list(draw(library.sources(), seed, lambda place: place == left_out))


def test_seed_decides_which_mutants_come_first(tinymp: Library) -> None:
    assert [mutant.key for mutant in mutants_of(tinymp)] == [mutant.key for mutant in mutants_of(tinymp)]
    assert mutants_of(tinymp) != mutants_of(tinymp, seed=2)
    assert sorted(mutants_of(tinymp)) == sorted(mutants_of(tinymp, seed=2))


def test_code_for_other_systems_and_places_that_are_left_out_have_no_mutants(tinymp: Library) -> None:
    texts = [mutant.change.before for mutant in mutants_of(tinymp, left_out="names.never_called")]
    assert 'process.note = "renamed"' in texts
    assert 'process.note = "on Windows"' not in texts
    assert "return None" not in texts


def test_code_for_systems_without_posix_has_no_mutants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "LIBRARY_OPERATORS", [])
    source = "if _USE_POSIX:\n    posix()\nelse:\n    windows()\n"
    found = draw({"module": source}, 1, lambda _: False)
    assert [mutant.change.before for mutant in found] == ["posix()"]


def test_same_line_twice_in_a_function_makes_two_mutants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "LIBRARY_OPERATORS", [])
    source = "def twice(process):\n    process.run()\n    process.run()\n"
    found = draw({"module": source}, 1, lambda _: False)
    assert sorted((mutant.line, mutant.nth) for mutant in found) == [(2, 0), (3, 1)]


def test_copy_runs_each_mutant_and_then_the_reference(tinymp: Library, tmp_path: Path) -> None:
    copy = Copy(tinymp, tmp_path / "copy")
    show = [sys.executable, "-c", "import tinymp.names; print(tinymp.names.word)"]
    for word in "one", "two":  # of the same size, and in the same second
        with copy.containing("names", f"word = {word!r}\nrename = None"):
            shown = subprocess.run(show, env={"PYTHONPATH": str(copy.folder)}, stdout=subprocess.PIPE, text=True)
        assert shown.stdout == f"{word}\n"
    assert (copy.folder / "tinymp" / "names.py").read_text(encoding="utf-8") == NAMES_SOURCE


def test_statements_are_noted_with_the_test_in_each_process(tmp_path: Path) -> None:
    source = '''
"""Docstring."""
from __future__ import annotations

import os


def choose(number):
    """Docstring."""
    try:
        if number:
            return 1
        raise ValueError
    except ValueError:
        return 0


choose(1)
'''
    (tmp_path / "chooser.py").write_text(line_coverage.instrumented("chooser", source), encoding="utf-8")
    (tmp_path / f"{line_coverage.RECORDER}.py").write_text(line_coverage.recorder(tmp_path), encoding="utf-8")
    call = (
        "import chooser, os; os.environ['PYTEST_CURRENT_TEST'] = 'a::test[b] (call)'; os.fork() or chooser.choose(0)"
    )
    subprocess.run([sys.executable, "-c", call], env={"PYTHONPATH": str(tmp_path)}, check=True)
    reached = line_coverage.read(tmp_path, ["a::test[b]", "another"])
    assert {line for _, line in reached["a::test[b]"]} == {10, 11, 13, 15}
    assert {line for _, line in reached[line_coverage.IMPORT]} == {5, 8, 18}
    assert reached["another"] == set()
    decisive = {line: line_coverage.decisive_line(source, line) for line in (8, 9, 11, 12, 14, 15, 18)}
    assert decisive == {8: 10, 9: 9, 11: 11, 12: 12, 14: 15, 15: 15, 18: 18}


class FakeSuite:
    """A suite whose tests have outcomes that are known beforehand, and which notes what is run."""

    def __init__(self, *runs: SuiteRun) -> None:
        self.runs = list(runs)
        self.asked: list[Sequence[str]] = []

    def run(self, _copy: Copy, tests: Sequence[str], *_options: str, seconds: float) -> SuiteRun:
        """Return the next outcome."""
        assert seconds > 0
        self.asked.append(tests)
        return self.runs.pop(0)


TOO_SLOW = SuiteRun([Outcome("a", failed=False, seconds=1)], succeeded=False, in_time=False)
PASSED, FAILED = SuiteRun([], succeeded=True), SuiteRun([Outcome("b", failed=True, seconds=1)], succeeded=False)


@pytest.mark.parametrize(
    ("runs", "asked", "found"),
    [
        ([PASSED], ["abc"], ""),
        ([FAILED, FAILED], ["abc", "b"], "b"),
        ([FAILED, PASSED, PASSED], ["abc", "b", "c"], ""),  # disturbed by something else
        ([SuiteRun([], succeeded=False)], ["abc"], KILLED_AT_ONCE),
        ([TOO_SLOW, TOO_SLOW], ["abc", "b"], "b"),
        ([SuiteRun([Outcome(test, False, 1) for test in "abc"], succeeded=False, in_time=False)], ["abc"], ""),
        ([TOO_SLOW, PASSED, PASSED], ["abc", "b", "c"], ""),  # the machine was busy
    ],
)
def test_mutant_is_noticed_if_a_test_fails_twice(
    runs: list[SuiteRun], asked: list[str], found: str, tinymp: Library, tmp_path: Path
) -> None:
    suite = FakeSuite(*runs)
    copy = Copy(tinymp, tmp_path / "copy")
    assert noticed_by(suite, copy, ["a", "b", "c"], dict.fromkeys("abc", 1.0)) == found
    assert ["".join(tests) for tests in suite.asked] == asked


def test_what_is_known_of_tests_is_kept(tmp_path: Path) -> None:
    knowledge = Knowledge({"a": 1.0, "b": 2.0}, {("m", 1): ["b"]}, {("m", 9)}, ["lock.one"])
    knowledge.add(Knowledge({"c": 3.0}, {("m", 1): ["c"]}, set(), ["lock.two"]))
    knowledge.save(tmp_path / "known.json")
    again = Knowledge.load(tmp_path / "known.json")
    assert again == knowledge
    assert again.tests(("m", 1)) == ["b", "c"]
    assert again.tests(("m", 2)) == []
    assert again.tests(("m", 9)) == ["a", "b", "c"]


MUTANT = Mutant("m", Change("m.C.f", "x = 1", "pass"), 0, 3, "")


@pytest.mark.parametrize(
    ("judgement", "fits"),
    [
        (Judgement("equivalent", "m.C", "..."), True),
        (Judgement("equivalent", "m.C.f", "...", "x = 1"), True),
        (Judgement("equivalent", "m.C.f", "...", "x = 1", ["x = 2", "pass"]), True),
        (Judgement("equivalent", "m.C.f", "...", "x = 1", ["x = 2"]), False),
        (Judgement("equivalent", "m.C.f", "...", "x = 1", nth=1), False),
        (Judgement("equivalent", "m.C", "...", "x = 1"), False),
        (Judgement("equivalent", "m.D", "..."), False),
        (Judgement("equivalent", "m.C.fu", "..."), False),
    ],
)
def test_judgement_is_about_some_mutants(judgement: Judgement, fits: bool) -> None:
    assert (Judgements([judgement]).find(MUTANT) is judgement) == fits


def test_judgement_about_code_that_is_gone_is_outdated(tmp_path: Path) -> None:
    (tmp_path / "lib.toml").write_text(
        """
        version = "1.0"
        equivalent = [{place = "m.f", before = "x = 1", because = "..."}, {place = "m.g", because = "..."}]
        unnoticeable = [{place = "m.f", before = "x = 2", because = "..."}]
        """,
        encoding="utf-8",
    )
    judgements = Judgements.load("lib", tmp_path)
    assert judgements.version == "1.0"
    outdated = judgements.outdated({"m": "def f():\n    x = 1  # a comment\n"})
    assert [(judgement.place, judgement.before) for judgement in outdated] == [("m.g", None), ("m.f", "x = 2")]


def test_report_is_kept_and_is_of_one_version(tmp_path: Path) -> None:
    report = Report("lib", "1.0")
    result = Result("key", "m.f", 3, reaching=2)
    report.results["key"] = result
    report.note_tried(result, ["a", "b"])
    report.save(tmp_path / "report.json")
    again = Report.load(tmp_path / "report.json", "lib", "1.0")
    assert again == report
    assert again.tried_on(again.results["key"]) == {"a", "b"}
    with pytest.raises(UsageError, match=r"is about lib 1\.0, not about lib 1\.1"):
        Report.load(tmp_path / "report.json", "lib", "1.1")
    (tmp_path / "report.json").write_text("[]", encoding="utf-8")
    with pytest.raises(UsageError, match="is not a report about mutants of a library"):
        Report.load(tmp_path / "report.json", "lib", "1.0")


def test_score_leaves_out_what_is_listed_unless_it_is_noticed() -> None:
    mutants = [MUTANT._replace(change=Change("m.f", "x = 1", f"x = {number}")) for number in range(4)]
    seen = [("claim", "test"), ("", "test"), ("", None), ("claim", "")]
    results = [Result(m.key, "m.f", 3, 1, [], *pair) for m, pair in zip(mutants, seen)]
    report = Report("lib", "1.0", results={result.key: result for result in results})
    judgements = Judgements([Judgement("equivalent", "m.f", "...", "x = 1", ["x = 0", "x = 1"])])
    assert table(mutants, report, judgements)[-1] == "| all | 3 | 2 | 67 % | 1 | 0 | 0 | 0 | 2 | 100 % | 50 % |"


def test_claims_and_own_tests_are_tried_and_go_on_from_the_report(
    tinymp: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutate_library, "check_cosmic_ray", lambda: None)
    parser = argparse.ArgumentParser()
    parser.add_argument("name", nargs="*")
    parser.add_argument("--claim", action="append")
    parser.add_argument("-n", default="2")
    mutate_library.add_arguments(parser)
    file = tmp_path / "report.json"
    line = f"names --library {tinymp.name} --count 9 --own-tests 9 --report {file} --claim {NOTICING_CLAIM}"
    assert mutate_library.run(parser.parse_args(line.split())) == 1
    results = {result.key: result for result in Report.load(file, "tinymp", "unknown").results.values()}
    noticed = {key.splitlines()[1]: (bool(r.noticed_by), bool(r.own_tests)) for key, r in results.items()}
    assert noticed == {
        "  - process.name = name or process.name": (True, False),
        '  - process.note = "renamed"': (False, True),
        "  - return None": (False, False),
    }
    assert "| all | 3 | 1 | 33 % | 0 | 0 | 0 | 0 | 3 | 33 % | 33 % |" in capsys.readouterr().out
    monkeypatch.setattr(Claims, "run", lambda *_, **__: pytest.fail("everything is known"))
    monkeypatch.setattr(OwnTests, "run", lambda *_, **__: pytest.fail("everything is known"))
    assert mutate_library.run(parser.parse_args(line.split())) == 1
