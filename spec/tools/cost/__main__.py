"""Measure what the suite costs, against the bare cost of the processes that it starts."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Optional

from spec.tools.cost.measure import Cost, Failed, Processes, bare, count, run

METHODS = ("fork", "spawn", "forkserver")

SCHEMA = 1
"""The version of what is written as JSON."""


@dataclass(frozen=True)
class Row:
    """What one run cost.

    Attributes:
        name: of what was run.
        command: the command line.
        suite: what it cost.
        processes: how many processes it started; None if they were not counted.
        bare: what it costs to start and join that many that do nothing.
    """

    name: str
    command: Sequence[str]
    suite: Cost
    processes: Optional[Processes] = None
    bare: Optional[Cost] = None

    @property
    def data(self) -> dict[str, Any]:
        """What is written as JSON."""
        ratios = (
            {"wall": self.suite.wall / self.bare.wall, "cpu": self.suite.cpu / self.bare.cpu} if self.bare else None
        )
        return {**asdict(self), "ratio": ratios}

    @property
    def cells(self) -> list[str]:
        """What is printed."""
        cost = [f"{self.suite.wall:.1f}", f"{self.suite.cpu:.1f}"]
        if self.processes is None or self.bare is None:
            return [self.name, *cost]
        ratios = [f"{self.data['ratio'][kind]:.2f}" for kind in ("wall", "cpu")]
        counts = [str(number) for number in asdict(self.processes).values()]
        return [self.name, *cost, *counts, f"{self.bare.wall:.1f}", f"{self.bare.cpu:.1f}", *ratios]


HEAD = ["", "wall s", "CPU s", "forked", "spawned", "served", "bare wall s", "bare CPU s", "wall ratio", "CPU ratio"]


def main() -> int:
    """Measure, print a table, and write JSON if asked to."""
    cores = len(os.sched_getaffinity(0))
    parser = argparse.ArgumentParser(prog="python -m spec.tools.cost", description=__doc__)
    parser.add_argument(
        "-n",
        type=int,
        default=cores,
        metavar="WORKERS",
        help="how many claims run at once; default: %(default)s, the cores",
    )
    parser.add_argument(
        "--mp",
        action="append",
        metavar="TARGET",
        help="what to verify; default: the start methods one by one, and all",
    )
    parser.add_argument(
        "--without-cpython", action="store_true", help="leave out CPython's own tests, which take minutes"
    )
    parser.add_argument(
        "--repeat",
        type=int,
        default=1,
        metavar="N",
        help="measure each N times, and keep the quickest, for a machine that others use too; default: %(default)s",
    )
    parser.add_argument("-o", type=Path, metavar="FILE", help="write the figures as JSON")
    parser.add_argument("arguments", nargs="*", help="of pytest, after --; default: spec/")
    asked = parser.parse_args()
    if asked.n < 0:
        parser.error("-n takes a number of workers, 0 for none")
    if asked.repeat < 1:
        parser.error("--repeat takes a whole number, 1 or more")
    targets = asked.mp or [*(f"multiprocessing:{method}" for method in METHODS), "multiprocessing"]
    try:
        rows = [suite(asked.arguments or ["spec/"], target, asked.n, asked.repeat) for target in targets]
        if not asked.without_cpython:
            rows += cpython(asked.n, asked.repeat)
    except Failed as error:
        print(f"python -m spec.tools.cost: {error}", file=sys.stderr)
        return 1
    show(rows)
    if asked.o:
        machine = {"cores": cores, "python": platform.python_version(), "platform": platform.platform()}
        how = {"workers": asked.n, "repeat": asked.repeat}
        data = {"schema": SCHEMA, "machine": machine, **how, "runs": [row.data for row in rows]}
        asked.o.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    return 0


def suite(arguments: Sequence[str], target: str, workers: int, repeat: int) -> Row:
    """Measure the suite, called with the *arguments*, on *target*, in turn with the bare processes."""
    options = [f"--mp={target}", f"-n{workers}", "-q", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *arguments, *options]
    tell(f"{target}: run once to count its processes")
    processes = count(command)  # a run that also compiles what is not compiled yet
    costs, bares = [], []
    for _ in range(repeat):
        tell(f"{target}: run again to measure it")
        costs.append(run([command]))
        tell(f"{target}: as many processes that do nothing")
        bares.append(bare(processes, max(1, workers)))
    return Row(target, command, quickest(costs), processes, quickest(bares))


def cpython(workers: int, repeat: int) -> list[Row]:
    """Measure CPython's own tests of its start methods, those that this Python has; they may fail."""
    names = [f"test_multiprocessing_{method}" for method in METHODS]
    found = [name for name in names if find_spec("test") and find_spec(f"test.{name}")]
    if not found:
        return []
    command = [sys.executable, "-m", "test", f"-j{max(1, workers)}", *found]
    tell("CPython's own tests: minutes")
    costs = [run([command], expected=range(256)) for _ in range(repeat)]
    return [Row("CPython's own tests", command, quickest(costs))]


def quickest(costs: Sequence[Cost]) -> Cost:
    """Return the one of *costs* that took the least time: what else the machine has to do only ever adds to it."""
    return min(costs, key=lambda cost: cost.wall)


def tell(step: str) -> None:
    """Say what is done now; it takes long, and the table comes last."""
    print(step, file=sys.stderr, flush=True)


def show(rows: Sequence[Row]) -> None:
    """Print a table."""
    table = [HEAD, *(row.cells for row in rows)]
    widths = [max(len(row[column]) for row in table if column < len(row)) for column in range(len(HEAD))]
    for row in table:
        first, *others = (
            cell.ljust(width) if n == 0 else cell.rjust(width) for n, (cell, width) in enumerate(zip(row, widths))
        )
        print("  ".join([first, *others]))


if __name__ == "__main__":
    sys.exit(main())
