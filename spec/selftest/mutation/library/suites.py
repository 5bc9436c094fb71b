"""Run tests on a copy of a library: the claims, and the library's own tests."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from spec.harness.nursery import Nursery
from spec.paths import ROOT
from spec.selftest.mutation.library import outcomes
from spec.selftest.mutation.library.copies import Copy
from spec.selftest.mutation.library.outcomes import Outcome
from spec.selftest.runs import verify

PLUGIN = ("-p", outcomes.__name__, "-p", "no:randomly", "-p", "no:cacheprovider")

NO_TEST = {"PYTEST_CURRENT_TEST": ""}
"""The environment outside any test, even if a test of the spec runs the tests here."""

WHOLE_SECONDS = 3600.0
"""How long a run of all tests may take."""

SPARE_SECONDS = 60.0
"""How much longer than usual a run may take on a mutant, in seconds, and `SLOWDOWN` how many times as long."""

SLOWDOWN = 3.0

KILLED_AT_ONCE = "no test could run"

_NURSERY_IS_OPEN = threading.Lock()
"""Held while there is a nursery: it takes each new child of this process for its own, and would end others' tests."""


class SuiteRun(NamedTuple):
    """A run of tests.

    Attributes:
        outcomes: those of the tests that ended.
        succeeded: whether the exit status says so.
        in_time: whether it ended in time.
    """

    outcomes: list[Outcome]
    succeeded: bool
    in_time: bool = True

    @property
    def failing(self) -> list[str]:
        """The tests that failed."""
        return list(dict.fromkeys(outcome.test for outcome in self.outcomes if outcome.failed))


class Suite(Protocol):
    """Some tests, and how they are run."""

    def run(self, copy: Copy, tests: Sequence[str], *options: str, seconds: float) -> SuiteRun:
        """Run *tests* on a *copy* of the library, or all tests if there are none, with more *options* of pytest."""
        ...


class Claims:
    """The claims, on each start method of a library.

    Args:
        api: the name of the multiprocessing API.
        begin: the beginnings of the ids of the claims; all claims, if there are none.
    """

    def __init__(self, api: str, begin: Sequence[str] = ()) -> None:
        self._options = [f"--mp={api}", "--hang-after=1", *(f"--claim={beginning}" for beginning in begin)]

    def run(self, copy: Copy, tests: Sequence[str], *options: str, seconds: float) -> SuiteRun:
        """Run *tests*; see `Suite`."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "outcomes"
            arguments = [*PLUGIN, f"--outcomes={file}", *self._options]
            variables = {"PYTHONPATH": str(copy.folder), **NO_TEST}
            try:
                run = verify(
                    *(tests or ["spec/"]),
                    *arguments,
                    *options,
                    path=copy.folder,
                    seconds=seconds,
                    variables=variables,
                )
            except TimeoutError:
                return SuiteRun(outcomes.read(file), succeeded=False, in_time=False)
            return SuiteRun(outcomes.read(file), succeeded=run.status == 0)


class OwnTests:
    """The tests that a library has in its distribution.

    Args:
        folder: where they are, relative to the folder that has the library.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def run(self, copy: Copy, tests: Sequence[str], *options: str, seconds: float) -> SuiteRun:
        """Run *tests*; see `Suite`."""
        with _NURSERY_IS_OPEN, tempfile.TemporaryDirectory() as folder, Nursery():
            file = Path(folder) / "outcomes"
            inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
            environment = {
                **inherited,
                "PYTHONPATH": os.pathsep.join([str(copy.folder), str(ROOT)]),
                "TMPDIR": folder,
            }
            setup = ["-q", "--rootdir=.", "--config-file=/dev/null", "--timeout=60", *PLUGIN, f"--outcomes={file}"]
            with subprocess.Popen(
                [sys.executable, "-m", "pytest", *setup, *options, *(tests or [str(self._folder)])],
                cwd=copy.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            ) as process:
                try:
                    status = process.wait(seconds)
                except subprocess.TimeoutExpired:
                    process.kill()
                    return SuiteRun(outcomes.read(file), succeeded=False, in_time=False)
            return SuiteRun(outcomes.read(file), succeeded=status == 0)


def noticed_by(suite: Suite, copy: Copy, tests: Sequence[str], seconds: Mapping[str, float]) -> str:
    """Return the first of the *tests* that fails on a *copy*, twice, or else why nothing could run; "" if all pass.

    A test that fails only once was disturbed by something else.  If the run takes too long, the test that was under
    way is what failed.

    Args:
        suite: how the tests are run.
        copy: the library with a mutant in it.
        tests: the tests, in the order in which they run.
        seconds: how long each of them takes without a mutant.
    """
    waiting = list(tests)
    while waiting:
        limit = SPARE_SECONDS + SLOWDOWN * sum(seconds[test] for test in waiting)
        run = suite.run(copy, waiting, "-x", seconds=limit)
        if run.succeeded:
            return ""
        if run.in_time and not run.failing:
            return KILLED_AT_ONCE
        ended = {outcome.test for outcome in run.outcomes}
        first = next(iter([*run.failing, *(test for test in waiting if test not in ended)]), "")
        if not first:  # all had passed when the time was over
            return ""
        again = suite.run(copy, [first], seconds=SPARE_SECONDS + SLOWDOWN * seconds[first])
        if not again.succeeded:
            return first
        waiting = waiting[waiting.index(first) + 1 :]
    return ""
