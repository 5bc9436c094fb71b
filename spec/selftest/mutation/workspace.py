"""A copy of the project, in which one module at a time is replaced by a mutant."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spec.engine.verdicts import FAILURES
from spec.harness.nursery import Nursery
from spec.paths import ROOT
from spec.selftest.runs import read_verdicts

CommandLine = tuple[str, ...]
"""The arguments that pytest is called with."""

REFERENCE_SECONDS = 600.0
"""How long one command may take on the reference."""


class ReferenceFails(Exception):
    """A command fails without any mutant, so it can tell nothing about mutants.  The message has its output."""


class Workspace:
    """A copy of the project.

    Args:
        folder: an empty folder to put it in.
    """

    def __init__(self, folder: Path) -> None:
        self._root, self._temporary, self._cache = folder / "copy", folder / "tmp", folder / "cache"
        self._junit = folder / "junit.xml"
        self._temporary.mkdir()
        for package in ("impl", "spec"):
            shutil.copytree(ROOT / package, self._root / package, ignore=shutil.ignore_patterns("__pycache__"))
        for file in ("conftest.py", "pyproject.toml"):
            shutil.copy(ROOT / file, self._root)

    def read(self, file: str) -> str:
        """Return the contents of a *file*, whose path is relative to the root of the project."""
        return (self._root / file).read_text(encoding="utf-8")

    @contextmanager
    def containing(self, file: str, mutant: str) -> Iterator[None]:
        """Replace the contents of *file* by *mutant* within a ``with`` statement."""
        reference = self.read(file)
        (self._root / file).write_text(mutant, encoding="utf-8")
        try:
            yield
        finally:
            (self._root / file).write_text(reference, encoding="utf-8")

    def time_limit(self, command: CommandLine) -> float:
        """Return how many seconds *command* may take on a mutant: several times what it takes on the reference.

        Raises:
            ReferenceFails: it fails on the reference.
        """
        begun = time.monotonic()
        done = self._run(("-x", *command), REFERENCE_SECONDS, PYTHONDONTWRITEBYTECODE="")
        if done.returncode:
            raise ReferenceFails(f"{done.stdout}\npytest {' '.join(command)} fails without a mutant")
        return 20 + 3 * (time.monotonic() - begun)

    def fails(self, command: CommandLine, seconds: float) -> bool:
        """Return whether *command* fails, or takes longer than *seconds*."""
        try:
            return self._run(("-x", *command), seconds).returncode != 0
        except subprocess.TimeoutExpired:
            return True

    def failing_claims(self, command: CommandLine, seconds: float) -> set[str]:
        """Return the ids of all claims that *command* finds not to hold within *seconds*."""
        self._junit.unlink(missing_ok=True)
        self._run((f"--junitxml={self._junit}", *command), seconds)
        verdicts = read_verdicts(self._junit) if self._junit.exists() else {}
        return {claim for (claim, _), verdict in verdicts.items() if verdict in FAILURES}

    def _run(self, arguments: CommandLine, seconds: float, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run pytest in a session of its own, and leave no process behind.

        Bytecode of the reference only is kept.  Python would take the bytecode of one mutant for that of another one
        which has the same size and was written within the same second.
        """
        own = {
            "TMPDIR": str(self._temporary),
            "PYTHONPYCACHEPREFIX": str(self._cache),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        with Nursery():
            return subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
                cwd=self._root,
                env={**os.environ, **own, **variables},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=seconds,
                start_new_session=True,
            )
