"""Run the suite on each mutant of the reference, and name those that survive: ``python -m spec.selftest.mutation``.

What is mutated is a copy of the project.  The exit status is 1 if a mutant survives that `equivalent` does not list,
or if one that it lists does not survive, or cannot be made any more.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from impl.__main__ import lessons
from spec.harness.nursery import Nursery
from spec.paths import ROOT
from spec.selftest.mutation.equivalent import EQUIVALENT, UNDECIDED
from spec.selftest.mutation.mutants import mutants

Command = tuple[str, ...]
"""What pytest is called with."""

DEMOS = "spec/selftest/test_demos.py"

OTHERS: dict[str, list[Command]] = {
    "__main__": [(DEMOS, "-k", "list or mistake or article or help or zero or failure or lock"), (DEMOS,)],
    "api": [(DEMOS, "-k", "mistake or lock"), ("spec/selftest/test_usage.py", "-k", "mp")],
    "pauses": [(DEMOS, "-k", "lifecycle")],
}
"""What tests the modules that are no lessons."""


def main() -> int:
    """Try the mutants of the modules that are asked for, all if none is, and return the exit status."""
    modules = [*lessons(), *OTHERS]
    parser = argparse.ArgumentParser(prog="python -m spec.selftest.mutation", description=__doc__)
    parser.add_argument("module", nargs="*", help=f"one of {', '.join(modules)}; all are tried if none is given")
    asked = parser.parse_args().module or modules
    if not set(asked) <= set(modules):
        parser.error(f"the modules are {', '.join(modules)}")
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(Path(folder))
        complaints = [complaint for module in asked for complaint in try_out(module, copy)]
    return 1 if complaints else 0


def try_out(module: str, copy: Copy) -> list[str]:
    """Try the mutants of *module*, print what comes of it, and return the complaints."""
    begun = time.monotonic()
    limits = {command: copy.limit(command) for command in suite(module)}
    made = list(mutants(module, copy.read(module)))
    survivors = set()
    for change, mutant in made:
        # No claim is about a demo, for it is no part of the contract.
        fitting = {c: limit for c, limit in limits.items() if DEMOS in c or change.place != f"{module}.demo"}
        if not copy.fails(module, mutant, fitting):
            survivors.add(change)
    equivalent, undecided = (
        {change for change in listed if change.place.split(".")[0] == module} for listed in (EQUIVALENT, UNDECIDED)
    )
    complaints = [f"survives: {change}" for change in sorted(survivors - equivalent - undecided)]
    complaints += [f"is listed, and does not survive: {change}" for change in sorted(equivalent - survivors)]
    complaints += [
        f"is listed, and not made: {change}" for change in sorted(undecided - {change for change, _ in made})
    ]
    for complaint in complaints:
        print(complaint)
    counts = f"{len(made)} mutants, {len(survivors)} survive, {len(equivalent)} are listed as equivalent"
    print(f"{module}: {counts}; {time.monotonic() - begun:.0f} s", flush=True)
    return complaints


def suite(module: str) -> list[Command]:
    """Return the commands that test a *module*, the one that catches the most for the least time first."""
    if module in OTHERS:
        return OTHERS[module]
    claims = (f"spec/claims/{module}", "--hang-after", "1")
    spawned = ("--mp", "multiprocessing:spawn", "--mp", "multiprocessing:forkserver")
    return [(*claims, "--mp", "multiprocessing:fork"), (DEMOS, "-k", module), (*claims, *spawned)]


class Copy:
    """A copy of the project, to run the tests in with one module or another mutated.

    Args:
        folder: an empty folder to put it in.
    """

    def __init__(self, folder: Path) -> None:
        self._root, self._temporary, self._cache = folder / "copy", folder / "tmp", folder / "cache"
        self._temporary.mkdir()
        for package in ("impl", "spec"):
            shutil.copytree(ROOT / package, self._root / package, ignore=shutil.ignore_patterns("__pycache__"))
        for file in ("conftest.py", "pyproject.toml"):
            shutil.copy(ROOT / file, self._root)

    def _file(self, module: str) -> Path:
        return self._root / "impl" / f"{module}.py"

    def read(self, module: str) -> str:
        """Return the source of *module*."""
        return self._file(module).read_text(encoding="utf-8")

    def limit(self, command: Command) -> float:
        """Return how many seconds *command* may take on a mutant: several times what it takes on the reference.

        Raises:
            SystemExit: it fails on the reference, so it can tell nothing about mutants.
        """
        begun = time.monotonic()
        done = self._run(command, seconds=600, PYTHONDONTWRITEBYTECODE="")
        if done.returncode:
            sys.exit(f"{done.stdout}\npytest {' '.join(command)} fails on the reference itself")
        return 20 + 3 * (time.monotonic() - begun)

    def fails(self, module: str, mutant: str, limits: dict[Command, float]) -> bool:
        """Return whether any of the commands fails with *mutant* as the source of the *module*."""
        reference = self.read(module)
        self._file(module).write_text(mutant, encoding="utf-8")
        try:
            return any(self._run(command, seconds).returncode for command, seconds in limits.items())
        except subprocess.TimeoutExpired:
            return True
        finally:
            self._file(module).write_text(reference, encoding="utf-8")

    def _run(self, command: Command, seconds: float, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run pytest until the first failure, in a session of its own, and leave no process behind.

        Bytecode is kept of the reference only: Python would not tell two mutants apart that are of the same size, and
        were written in the same second.
        """
        own = {
            "TMPDIR": str(self._temporary),
            "PYTHONPYCACHEPREFIX": str(self._cache),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        with Nursery():
            return subprocess.run(
                [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *command],
                cwd=self._root,
                env={**os.environ, **own, **variables},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=seconds,
                start_new_session=True,
            )


if __name__ == "__main__":
    sys.exit(main())
