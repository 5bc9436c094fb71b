"""Run commands, measure what they cost, and count the processes that they start."""

from __future__ import annotations

import json
import os
import resource
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spec.harness.nursery import Nursery

COUNTING = Path(__file__).parent / "counting"
"""The folder with the module that counts processes; see there."""


@dataclass(frozen=True)
class Cost:
    """A cost.

    Attributes:
        wall: the seconds from beginning to end.
        cpu: the seconds of CPU time of all processes, in user and in kernel mode.
    """

    wall: float
    cpu: float


@dataclass(frozen=True)
class Processes:
    """The number of processes that a command has started.

    Attributes:
        forked: the number of those that are forks of their starter.
        spawned: the number of those that are new interpreters.
        served: the number of those that are forks of a fork server.
    """

    forked: int
    spawned: int
    served: int

    def __str__(self) -> str:
        return f"{self.forked} forked, {self.spawned} spawned, {self.served} served"


class CommandFailed(Exception):
    """A command has ended with an unexpected exit status.  The message is one line for the user."""


def measure(commands: Sequence[Sequence[str]], *, expected: Container[int] = (0,), **env: str) -> Cost:
    """Run *commands* at the same time, and measure what they cost together.

    The cost includes the processes that outlive the commands, such as a fork server.

    Args:
        commands: the command lines.
        expected: the exit statuses that do not count as failures.
        env: additional environment variables.

    Raises:
        CommandFailed: a command has another exit status.
    """
    begun, used = time.monotonic(), cpu_of_children()
    with Nursery(), tempfile.TemporaryFile() as output:
        running = [
            subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env={**os.environ, **env}
            )
            for command in commands
        ]
        for process in running:
            process.wait()
        wall = time.monotonic() - begun
        output.seek(0)
        last = output.read().decode(errors="replace").strip().rpartition("\n")[2]
    for process in running:
        if process.returncode not in expected:
            raise CommandFailed(f"{shlex.join(process.args)}: exit status {process.returncode}: {last}")  # type: ignore[arg-type]
    return Cost(wall, cpu_of_children() - used)


def cpu_of_children() -> float:
    """Return the seconds of CPU time of the reaped children of this process, and of their reaped descendants.

    See RUSAGE_CHILDREN in `getrusage(2) <https://man7.org/linux/man-pages/man2/getrusage.2.html>`_.
    """
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@dataclass(frozen=True)
class Counts:
    """What was counted in a run.

    Attributes:
        processes: the processes that it started, without the command itself.
        imports: the seconds of CPU time that all its processes took to import.
        notes: what `spec.tools.cost.notes` has noted, if the command loads it.
    """

    processes: Processes
    imports: float
    notes: Sequence[Mapping[str, Any]]


def count(commands: Sequence[Sequence[str]], *, expected: Container[int] = (0,), **env: str) -> Counts:
    """Run *commands* at the same time, and count what they do; see `measure`.  Counting costs some time.

    Raises:
        CommandFailed: a command has another exit status.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / name for name in ("COUNT_PROCESSES", "TIME_IMPORTS", "COST_NOTES")}
        for file in files.values():
            file.touch()
        path = os.pathsep.join(filter(None, [str(COUNTING), os.environ.get("PYTHONPATH")]))
        variables = {name: str(file) for name, file in files.items()}
        measure(commands, expected=expected, PYTHONPATH=path, **variables, **env)
        letters = b"".join(file.read_bytes() for file in Path(folder).glob("COUNT_PROCESSES*"))
        imports = sum(map(int, files["TIME_IMPORTS"].read_text().split())) / 1e9
        notes = [json.loads(line) for line in files["COST_NOTES"].read_text(encoding="utf-8").splitlines()]
    return Counts(processes_of(letters.decode(), len(commands)), imports, notes)


def processes_of(letters: str, without: int = 0) -> Processes:
    """Return which processes the *letters* stand for that they have left; see `COUNTING`.

    Args:
        letters: a letter for each process.
        without: so many interpreters do not count.
    """
    return Processes(letters.count("f"), letters.count("i") - without, letters.count("s"))


def bare_commands(processes: Processes, at_once: int) -> list[list[str]]:
    """Return the commands that start and join processes that do nothing.

    Args:
        processes: the number of processes of each kind.
        at_once: the number of programs that share the work.  Each starts one process after another.
    """
    kinds: Mapping[str, int] = {
        "fork": processes.forked,
        "spawn": processes.spawned,
        "forkserver": processes.served,
    }
    program = [sys.executable, "-m", "spec.tools.cost.bare"]
    return [
        [*program, *(f"{kind}={share(number, at_once, part)}" for kind, number in kinds.items())]
        for part in range(at_once)
    ]


def share(number: int, parts: int, part: int) -> int:
    """Return the size of the given *part* if a *number* of things is divided into *parts* of nearly equal size."""
    return number // parts + (part < number % parts)
