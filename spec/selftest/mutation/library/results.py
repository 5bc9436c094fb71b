"""What was seen of mutants: kept in a file, so that a run can go on where another one stopped."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Optional

from spec.tools.command_line import UsageError


@dataclass
class Result:
    """What was seen of one mutant.

    Attributes:
        key: what identifies the mutant.
        place: the module, the class and the function.
        line: the number of the first line that differs.
        reaching: how many tests of the claims reach it.
        tried: the tests of the claims that were run, until one failed, as numbers into `Report.tests`.
        noticed_by: the test of the claims that fails on it; "" if none does.
        own_tests: the test of the library that fails on it; "" if none does, None if they were not run.
    """

    key: str
    place: str
    line: int
    reaching: int
    tried: list[int] = field(default_factory=list)
    noticed_by: str = ""
    own_tests: Optional[str] = None

    @property
    def module(self) -> str:
        """The module that differs."""
        return self.place.partition(".")[0]

    def __str__(self) -> str:
        how = (
            f"noticed by {self.noticed_by}"
            if self.noticed_by
            else f"survives {len(self.tried)} tests of {self.reaching}"
        )
        own = {None: "", "": "; survives the library's own tests"}.get(self.own_tests, f"; {self.own_tests} fails")
        return f"{self.key}\n  {how}{own}"


@dataclass
class Report:
    """What was seen of the mutants of one library.

    Attributes:
        library: its name.
        version: its version.
        tests: the tests of the claims.
        results: what was seen, by the key of the mutant.
    """

    library: str
    version: str
    tests: list[str] = field(default_factory=list)
    results: dict[str, Result] = field(default_factory=dict)

    @classmethod
    def load(cls, file: Optional[Path], library: str, version: str) -> Report:
        """Return what *file* has; an empty report, if there is no file.

        Raises:
            UsageError: it is about another library or version, or cannot be read.
        """
        if file is None or not file.exists():
            return cls(library, version)
        try:
            data: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            results = [Result(**result) for result in data.pop("results")]
            report = cls(**data, results={result.key: result for result in results})
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            raise UsageError(f"{file} is not a report about mutants of a library") from None
        if (report.library, report.version) != (library, version):
            raise UsageError(f"{file} is about {report.library} {report.version}, not about {library} {version}")
        return report

    def tried_on(self, result: Result) -> set[str]:
        """Return the tests that have been tried on the mutant of *result*."""
        return {self.tests[number] for number in result.tried}

    def note_tried(self, result: Result, tests: Iterable[str]) -> None:
        """Note that *tests* have been tried on the mutant of *result*."""
        numbers = {test: number for number, test in enumerate(self.tests)}
        for test in tests:
            if test not in numbers:
                numbers[test] = len(self.tests)
                self.tests.append(test)
            result.tried.append(numbers[test])

    def save(self, file: Path) -> None:
        """Write the report to *file*; a reader never finds a part of it."""
        data = {**asdict(self), "results": [asdict(result) for result in self.results.values()]}
        draft = file.with_name(f"{file.name}.draft")
        draft.write_text(json.dumps(data), encoding="utf-8")
        draft.replace(file)
