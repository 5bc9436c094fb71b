"""A pytest plugin that writes down the outcome of each test: of a run that is cut short, of those that have ended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple, Optional

import pytest

OUTCOMES_FILE = pytest.StashKey[Path]()
"""Where the outcomes go."""


class Outcome(NamedTuple):
    """The outcome of a test.

    Attributes:
        test: the test, as pytest names it.
        failed: whether it failed, or could not be set up.
        seconds: how long it took.
    """

    test: str
    failed: bool
    seconds: float


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that names the file."""
    parser.addoption("--outcomes", type=Path, metavar="FILE", help="write the outcome of each test to this file")


def pytest_configure(config: pytest.Config) -> None:
    """Write outcomes here, unless this is an xdist worker, whose reports come to the main process."""
    file: Optional[Path] = config.getoption("outcomes")
    if file is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Writer(file))


class Writer:
    """Writes a line for each test.

    Args:
        file: the file to write to.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write how the test ended, or that its setup or teardown failed; a skipped test has no outcome."""
        if report.failed or (report.passed and report.when == "call"):
            with self._file.open("a", encoding="utf-8") as file:
                json.dump([report.nodeid, report.failed, report.duration], file)
                file.write("\n")


def read(file: Path) -> list[Outcome]:
    """Return the outcomes that are in *file*, in the order in which the tests began."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [Outcome(*json.loads(line)) for line in lines]
