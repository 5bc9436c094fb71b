"""The pytest plugin that writes the reports of a run, and scripts that reproduce violations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from spec.engine import options
from spec.engine.fixtures import PACKAGE
from spec.engine.observation import OBSERVATIONS
from spec.engine.plugin import TARGETS
from spec.report import document, writers
from spec.report.document import BadReport
from spec.report.recording import Baseline, Recording
from spec.report.reproductions import Reproductions
from spec.report.timelines import failures
from spec.report.timelines.failures import FailureObserver
from spec.report.writers import CannotWrite

REPORT_OPTIONS: dict[str, dict[str, Any]] = {
    "--report": {
        "action": "append",
        "default": [],
        "type": Path,
        "metavar": "FILE",
        "help": "write a report. Its suffix determines the format: .json, .md, .html, .sarif. Repeatable.",
    },
    "--baseline": {
        "type": Path,
        "metavar": "FILE",
        "help": "print at the end what has changed since the run that wrote this report, a .json file.",
    },
    "--repro": {
        "type": Path,
        "metavar": "DIR",
        "help": "write a script for each violation, which shows it without this suite.",
    },
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options to the group of the other options of this project."""
    options.add_to(parser.getgroup(options.GROUP), REPORT_OPTIONS)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register the plugins that write, and let claims be observed if a report has timelines.

    Raises:
        pytest.UsageError: a report or the folder cannot be written.
    """
    files, folder, older = config.getoption("report"), config.getoption("repro"), config.getoption("baseline")
    if any(file.suffix in failures.SHOWING for file in files):
        config.stash[OBSERVATIONS] = lambda claim, target: _observe(files, claim, target)
    if hasattr(config, "workerinput"):
        return
    targets, lessons = config.stash[TARGETS], config.stash[PACKAGE].name
    try:
        for file in files:
            writers.check(file)
    except CannotWrite as error:
        raise pytest.UsageError(f"--report: {error}") from None
    try:
        baseline = None if older is None else Baseline(older, document.read(older))
    except BadReport as error:
        raise pytest.UsageError(f"--baseline: {error}") from None
    recording = Recording(files, lessons, targets, baseline)
    config.pluginmanager.register(recording, "multiprocessing-spec-reports")
    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise pytest.UsageError(f"--repro: {folder} cannot be created: {error.strerror}") from None
        config.pluginmanager.register(Reproductions(folder, targets, lessons, files), "multiprocessing-spec-repro")


def _observe(files: Sequence[Path], claim: str, target: str) -> FailureObserver:
    return FailureObserver(failures.place(files, claim), f"{claim} on {target}")
