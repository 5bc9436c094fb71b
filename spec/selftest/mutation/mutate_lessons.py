"""Change the reference lessons by one small fault at a time, and name the faults that no test notices."""

from __future__ import annotations

import argparse
import importlib.util
import tempfile
import time
from pathlib import Path

from impl.__main__ import lessons
from spec.selftest.mutation.equivalent import EQUIVALENT_MUTANTS, UNDECIDED_MUTANTS
from spec.selftest.mutation.mutants import mutants
from spec.selftest.mutation.workspace import CommandLine, ReferenceFails, Workspace
from spec.tools.command_line import UsageError

DEMOS = "spec/selftest/test_demos.py"

TESTS_OF_OTHER_MODULES: dict[str, list[CommandLine]] = {
    "__main__": [(DEMOS, "-k", "list or mistake or article or help or zero or failure or lock"), (DEMOS,)],
    "api": [(DEMOS, "-k", "mistake or lock"), ("spec/selftest/test_usage.py", "-k", "mp")],
    "pauses": [(DEMOS, "-k", "lifecycle")],
}
"""The tests of the modules that are not lessons."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command, except the names of the modules: ``asked.name``."""
    parser.add_argument(
        "--noticed-by",
        action="store_true",
        help="with --mutants: print, for each mutant of a lesson, the claims that it breaks under fork",
    )


def run(asked: argparse.Namespace) -> int:
    """Try the mutants of the modules that are asked for, or of all modules.

    Returns:
        the exit status: 1 if a mutant survives that `equivalent` does not list, or if a mutant that it lists does not
        survive or cannot be made any more.

    Raises:
        UsageError: Cosmic Ray is not installed, there is no such module, or a test fails without any mutant.
    """
    check_cosmic_ray()
    modules = [*lessons(), *TESTS_OF_OTHER_MODULES]
    unknown = [name for name in asked.name if name not in modules]
    if unknown:
        raise UsageError(f"there is no module {unknown[0]!r}; the modules are {', '.join(modules)}")
    complaints = []
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        for module in asked.name or modules:
            try:
                if asked.noticed_by:
                    print_noticing_claims(module, workspace)
                else:
                    complaints += try_out(module, workspace)
            except ReferenceFails as error:
                raise UsageError(str(error)) from None
    return 1 if complaints else 0


def check_cosmic_ray() -> None:
    """Check that Cosmic Ray is installed.

    Raises:
        UsageError: it is not.
    """
    if importlib.util.find_spec("cosmic_ray") is None:
        raise UsageError("Cosmic Ray makes the mutants, and it is not installed; run pip install '.[mutation]'")


def try_out(module: str, workspace: Workspace) -> list[str]:
    """Try the mutants of *module*, print the complaints and the counts, and return the complaints."""
    begun = time.monotonic()
    limits = {command: workspace.time_limit(command) for command in suite(module)}
    made = list(mutants(module, workspace.read(file_of(module))))
    survivors = set()
    for change, mutant in made:
        # No claim is about a demo, because a demo is no part of the contract.
        fitting = {c: limit for c, limit in limits.items() if DEMOS in c or change.place != f"{module}.demo"}
        with workspace.containing(file_of(module), mutant):
            if not any(workspace.fails(command, seconds) for command, seconds in fitting.items()):
                survivors.add(change)
    equivalent, undecided = (
        {change for change in listed if change.place.split(".")[0] == module}
        for listed in (EQUIVALENT_MUTANTS, UNDECIDED_MUTANTS)
    )
    complaints = [f"survives: {change}" for change in sorted(survivors - equivalent - undecided)]
    complaints += [f"is listed, but does not survive: {change}" for change in sorted(equivalent - survivors)]
    complaints += [
        f"is listed, but is not made: {change}" for change in sorted(undecided - {change for change, _ in made})
    ]
    for complaint in complaints:
        print(complaint)
    counts = f"{len(made)} mutants, {len(survivors)} survive, {len(equivalent)} are listed as equivalent"
    print(f"{module}: {counts}; {time.monotonic() - begun:.0f} s", flush=True)
    return complaints


def print_noticing_claims(module: str, workspace: Workspace) -> None:
    """Print each mutant of the lesson *module*, except those of its demo, with the claims that it breaks."""
    if module in TESTS_OF_OTHER_MODULES:
        return
    command = claims_under_fork(module)
    seconds = workspace.time_limit(command)
    for change, mutant in mutants(module, workspace.read(file_of(module))):
        if change.place != f"{module}.demo":
            with workspace.containing(file_of(module), mutant):
                failing = workspace.failing_claims(command, 10 * seconds)
            print(change, *(f"    {claim}" for claim in sorted(failing)), sep="\n", flush=True)


def file_of(module: str) -> str:
    """Return the file of a module of the reference, relative to the root of the project."""
    return f"impl/{module}.py"


def claims_under_fork(module: str) -> CommandLine:
    """Return the command that runs the claims of a lesson where that takes the least time."""
    return (f"spec/claims/{module}", "--hang-after", "1", "--mp", "multiprocessing:fork")


def suite(module: str) -> list[CommandLine]:
    """Return the commands that test a *module*, beginning with the one that catches the most in the least time."""
    if module in TESTS_OF_OTHER_MODULES:
        return TESTS_OF_OTHER_MODULES[module]
    spawned = ("--mp", "multiprocessing:spawn", "--mp", "multiprocessing:forkserver")
    others = (f"spec/claims/{module}", "--hang-after", "1", *spawned)
    return [claims_under_fork(module), (DEMOS, "-k", module), others]
