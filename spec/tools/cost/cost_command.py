"""Measure what the suite costs beyond the processes that it starts.

The suite runs once to count its processes, and again to be measured.  Then as many processes that do nothing are
started and joined, with the same start methods and as many at once.  The ratio of the two costs shows what the suite
adds.  CPython's own tests of multiprocessing are measured for comparison.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from multiprocessing import get_all_start_methods
from pathlib import Path
from typing import Any, Optional

from spec.harness.cgroups import usable_processors
from spec.tools.command_line import UsageError
from spec.tools.cost.measure import CommandFailed, Cost, Processes, bare_commands, count, measure
from spec.tools.cost.parts import NOTING, Parts, parts

COST_SCHEMA = 1
"""The version of the format of the JSON file."""


@dataclass(frozen=True)
class CostRow:
    """The cost of a run.

    Attributes:
        name: the name of what was run.
        command: the command line.
        suite: the cost.
        processes: the number of processes that the run started; None if they were not counted.
        bare: the cost of as many processes that do nothing.
        parts: where the CPU time goes, if that was asked for.
    """

    name: str
    command: Sequence[str]
    suite: Cost
    processes: Optional[Processes] = None
    bare: Optional[Cost] = None
    parts: Optional[Parts] = None

    @property
    def data(self) -> dict[str, Any]:
        """The row as it is written as JSON."""
        ratios = (
            {"wall": self.suite.wall / self.bare.wall, "cpu": self.suite.cpu / self.bare.cpu} if self.bare else None
        )
        return {**asdict(self), "ratio": ratios}

    @property
    def cells(self) -> list[str]:
        """The row as it is printed."""
        cost = [f"{self.suite.wall:.1f}", f"{self.suite.cpu:.1f}"]
        if self.processes is None or self.bare is None:
            return [self.name, *cost]
        ratios = [f"{self.data['ratio'][kind]:.2f}" for kind in ("wall", "cpu")]
        counts = [str(number) for number in asdict(self.processes).values()]
        return [self.name, *cost, *counts, f"{self.bare.wall:.1f}", f"{self.bare.cpu:.1f}", *ratios]


COLUMNS = [
    "",
    "wall s",
    "CPU s",
    "forked",
    "spawned",
    "served",
    "bare wall s",
    "bare CPU s",
    "wall ratio",
    "CPU ratio",
]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "-n",
        type=int,
        default=usable_processors(),
        metavar="WORKERS",
        help="the number of claims that run at once; default: %(default)s, the number of cores",
    )
    parser.add_argument(
        "--mp",
        action="append",
        metavar="MODULE[:CONTEXT]",
        help="measure the suite on this multiprocessing API.  Repeatable.  Default: multiprocessing under each start"
        " method, and under all of them",
    )
    parser.add_argument(
        "--without-cpython", action="store_true", help="do not run CPython's own tests, which take minutes"
    )
    parser.add_argument(
        "--repeat",
        type=int,
        default=1,
        metavar="N",
        help="measure N times, and keep the quickest, on a machine that has other work too; default: %(default)s",
    )
    parser.add_argument(
        "--where",
        action="store_true",
        help="also say where the CPU time goes, and which claims cost most; this takes five more runs",
    )
    parser.add_argument("-o", type=Path, metavar="FILE", help="write the figures as JSON")
    parser.add_argument(
        "arguments", nargs="*", metavar="ARGUMENT", help="arguments of pytest, after --; default: spec/"
    )


def run(asked: argparse.Namespace) -> int:
    """Measure, print a table, and write JSON if asked to; return 1 if a run fails.

    Raises:
        UsageError: a number is out of range.
    """
    if asked.n < 0:
        raise UsageError("-n takes a number, of the claims that run at once, or 0 to run without xdist workers")
    if asked.repeat < 1:
        raise UsageError("--repeat takes a whole number, 1 or more")
    targets = asked.mp or [*(f"multiprocessing:{method}" for method in get_all_start_methods()), "multiprocessing"]
    try:
        rows = [suite(asked.arguments or ["spec/"], target, asked.n, asked.repeat, asked.where) for target in targets]
        if not asked.without_cpython:
            rows += cpython(asked.n, asked.repeat)
    except CommandFailed as error:
        print(f"python -m spec cost: {error}", file=sys.stderr)
        return 1
    show(rows)
    if asked.o:
        machine = {"cores": usable_processors(), "python": platform.python_version(), "platform": platform.platform()}
        how = {"workers": asked.n, "repeat": asked.repeat}
        data = {"schema": COST_SCHEMA, "machine": machine, **how, "runs": [row.data for row in rows]}
        asked.o.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    return 0


def suite(arguments: Sequence[str], target: str, workers: int, repeat: int, where: bool = False) -> CostRow:
    """Measure the suite on a target, and as many processes that do nothing, in turns.

    Args:
        arguments: arguments of pytest, such as the folder of the claims.
        target: ``MODULE`` or ``MODULE:CONTEXT``.
        workers: the number of claims that run at once; 0 for one after the other, without xdist workers.
        repeat: how often both are measured.
        where: whether to find out where the CPU time goes.

    Raises:
        CommandFailed: the suite failed.
    """
    options = [f"--mp={target}", f"-n{workers}", "-q", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *arguments, *options]
    tell(f"{target}: a run that counts the processes")
    counts = count([[*command, *(NOTING if where else ())]])  # this run also compiles the modules
    costs, bares = [], []
    for _ in range(repeat):
        tell(f"{target}: a run that is measured")
        costs.append(measure([command]))
        tell(f"{target}: as many processes that do nothing")
        bares.append(measure(bare_commands(counts.processes, max(1, workers))))
    found = None
    if where:
        tell(f"{target}: runs that leave parts out")
        found = parts(command, quickest(costs), counts, max(1, workers))
    return CostRow(target, command, quickest(costs), counts.processes, quickest(bares), found)


def cpython(workers: int, repeat: int) -> list[CostRow]:
    """Measure those of CPython's own tests of multiprocessing that this Python has; they may fail."""
    names = [f"test_multiprocessing_{method}" for method in get_all_start_methods()]
    found = [name for name in names if find_spec("test") and find_spec(f"test.{name}")]
    if not found:
        return []
    command = [sys.executable, "-m", "test", f"-j{max(1, workers)}", *found]
    tell("CPython's own tests, which take minutes")
    costs = [measure([command], expected=range(256)) for _ in range(repeat)]
    return [CostRow("CPython's own tests", command, quickest(costs))]


def quickest(costs: Sequence[Cost]) -> Cost:
    """Return the cost with the shortest time; other work of the machine can only make a run slower."""
    return min(costs, key=lambda cost: cost.wall)


def tell(step: str) -> None:
    """Print the *step* that begins now, on stderr."""
    print(step, file=sys.stderr, flush=True)


def show(rows: Sequence[CostRow]) -> None:
    """Print a table."""
    table = [COLUMNS, *(row.cells for row in rows)]
    widths = [max(len(row[column]) for row in table if column < len(row)) for column in range(len(COLUMNS))]
    for row in table:
        first, *others = (
            cell.ljust(width) if n == 0 else cell.rjust(width) for n, (cell, width) in enumerate(zip(row, widths))
        )
        print("  ".join([first, *others]))
    for run in rows:
        if run.parts is not None:
            print("", f"{run.name}: where the CPU time goes", *run.parts.lines(), sep="\n")
