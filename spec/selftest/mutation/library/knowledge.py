"""What is known of the tests of a suite before a mutant is tried: how long each takes, and what it reaches."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spec.selftest.mutation.library import line_coverage
from spec.selftest.mutation.library.copies import Copy, Library
from spec.selftest.mutation.library.line_coverage import Statement
from spec.selftest.mutation.library.suites import WHOLE_SECONDS, Suite


@dataclass
class Knowledge:
    """What is known of the tests of a suite.

    Attributes:
        seconds: how long each test takes, of those that pass without a mutant.
        reaching: the tests that reach each statement.
        at_import: the statements that run before any test.
        claims: the ids of the claims that were looked at, if the tests are claims.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    reaching: dict[Statement, list[str]] = field(default_factory=dict)
    at_import: set[Statement] = field(default_factory=set)
    claims: list[str] = field(default_factory=list)

    def tests(self, statement: Statement) -> list[str]:
        """Return the tests that reach a *statement*: all, if it runs before any test."""
        return list(self.seconds) if statement in self.at_import else self.reaching.get(statement, [])

    def add(self, other: Knowledge) -> None:
        """Add what is known of other tests."""
        self.seconds.update(other.seconds)
        self.at_import |= other.at_import
        self.claims = sorted({*self.claims, *other.claims})
        for statement, tests in other.reaching.items():
            self.reaching[statement] = list(dict.fromkeys([*self.reaching.get(statement, []), *tests]))

    @classmethod
    def load(cls, file: Path) -> Knowledge:
        """Return what *file* has, which `save` has written."""
        data: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        tests = list(data["seconds"])
        reaching = {(module, line): [tests[i] for i in numbers] for module, line, numbers in data["reaching"]}
        return cls(data["seconds"], reaching, {(m, line) for m, line in data["at_import"]}, data["claims"])

    def save(self, file: Path) -> None:
        """Write it to *file*."""
        numbers = {test: number for number, test in enumerate(self.seconds)}
        reaching = [(*statement, [numbers[test] for test in tests]) for statement, tests in self.reaching.items()]
        data = {
            "seconds": self.seconds,
            "reaching": reaching,
            "at_import": sorted(self.at_import),
            "claims": self.claims,
        }
        file.write_text(json.dumps(data), encoding="utf-8")


def find_out(suite: Suite, library: Library, folder: Path, workers: int) -> Knowledge:
    """Run a *suite* on an instrumented copy of a *library*.

    Args:
        suite: the tests.
        library: the library.
        folder: an empty folder to use.
        workers: how many tests run at once.
    """
    notes = folder / "reached"
    notes.mkdir()
    copy = Copy(library, folder / "instrumented")
    copy.write({module: line_coverage.instrumented(module, source) for module, source in library.sources().items()})
    (copy.folder / f"{line_coverage.RECORDER}.py").write_text(line_coverage.recorder(notes), encoding="utf-8")
    run = suite.run(copy, [], "-n", str(workers), seconds=WHOLE_SECONDS)
    failing = run.failing
    if failing:  # some may be disturbed by the instrumentation
        failing = suite.run(Copy(library, folder / "plain"), failing, seconds=WHOLE_SECONDS).failing
    seconds = {outcome.test: outcome.seconds for outcome in run.outcomes if outcome.test not in failing}
    reached = line_coverage.read(notes, list(seconds))
    return Knowledge(seconds, _by_statement(reached, seconds), reached[line_coverage.IMPORT])


def _by_statement(reached: dict[str, set[Statement]], tests: Iterable[str]) -> dict[Statement, list[str]]:
    """Return the *tests* that reach each statement, from the statements that each test reaches."""
    found: dict[Statement, list[str]] = {}
    for test in tests:
        for statement in reached[test]:
            found.setdefault(statement, []).append(test)
    return found
