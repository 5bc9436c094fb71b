"""Show once why a lesson cannot be imported, and not in the report of each claim about it."""

from __future__ import annotations

import pytest

from spec.engine.lessons import BrokenLesson

NAME = "broken_lesson"
"""The attribute of a report that has the traceback of an import, by lesson.  It crosses pytest-xdist."""


def attach(error: BrokenLesson, report: pytest.TestReport) -> None:
    """Let the *report* say in a line why the lesson cannot be imported, and carry the traceback."""
    report.longrepr = f"Violation: {error}"
    vars(report)[NAME] = {error.lesson: error.traceback}


class Tracebacks:
    """A pytest plugin that prints the traceback of each lesson that cannot be imported."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what the report carries."""
        self._found.update(getattr(report, NAME, {}))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the tracebacks, if there are any."""
        for lesson, traceback in self._found.items():
            terminalreporter.section(f"{lesson} cannot be imported")
            for line in traceback.splitlines():
                terminalreporter.write_line(line)
