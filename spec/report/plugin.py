"""The pytest plugin that writes reports of a run, and reproductions of what was violated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spec.engine import options
from spec.engine.fixtures import PACKAGE
from spec.engine.plugin import TARGETS
from spec.report import writers
from spec.report.recording import Recording
from spec.report.reproductions import Reproductions
from spec.report.writers import CannotWrite

OPTIONS: dict[str, dict[str, Any]] = {
    "--report": {
        "action": "append",
        "default": [],
        "type": Path,
        "metavar": "FILE",
        "help": "write a report. Its suffix determines the format: .json, .md, .html. Repeatable.",
    },
    "--repro": {
        "type": Path,
        "metavar": "DIR",
        "help": "write a script for each violation, which shows it without this suite.",
    },
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, to the group of the others."""
    options.add_to(parser.getgroup(options.GROUP), OPTIONS)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register what writes, or say in one line why it cannot."""
    if hasattr(config, "workerinput"):
        return
    files, folder = config.getoption("report"), config.getoption("repro")
    targets, lessons = config.stash[TARGETS], config.stash[PACKAGE].name
    try:
        for file in files:
            writers.check(file)
    except CannotWrite as error:
        raise pytest.UsageError(f"--report: {error}") from None
    if files:
        config.pluginmanager.register(Recording(files, lessons, targets), "multiprocessing-spec-reports")
    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise pytest.UsageError(f"--repro: {folder} cannot be made: {error.strerror}") from None
        config.pluginmanager.register(Reproductions(folder, targets, lessons), "multiprocessing-spec-repro")
