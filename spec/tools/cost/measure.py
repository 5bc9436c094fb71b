"""Run commands, measure what they cost, and count the processes that they start."""

from __future__ import annotations

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


class CommandFailed(Exception):
    """A command has ended with an unexpected exit status.  The message is one line for the user."""


def measure(commands: Sequence[Sequence[str]], *, expected: Container[int] = (0,), **env: str) -> Cost:
    """Run *commands* at the same time, and measure what they cost together.

    The cost includes the processes that outlive the commands, such as helpers.

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


def count(command: Sequence[str]) -> Processes:
    """Run *command*, and count the processes that it starts, without the command itself.

    Raises:
        CommandFailed: the exit status is not 0.
    """
    with tempfile.NamedTemporaryFile() as file:
        path = os.pathsep.join(filter(None, [str(COUNTING), os.environ.get("PYTHONPATH")]))
        measure([command], PYTHONPATH=path, COUNT_PROCESSES=file.name)
        letters = file.read()
    return Processes(letters.count(b"f"), letters.count(b"i") - 1, letters.count(b"s"))


def bare(processes: Processes, at_once: int) -> Cost:
    """Measure the cost of starting and joining processes that do nothing.

    Args:
        processes: the number of processes of each kind.
        at_once: the number of programs that share the work.  Each starts one process after another.
    """
    kinds: Mapping[str, int] = {
        "fork": processes.forked,
        "spawn": processes.spawned,
        "forkserver": processes.served,
    }
    return measure(
        [
            [
                sys.executable,
                "-m",
                "spec.tools.cost.bare",
                *(f"{kind}={share(number, at_once, part)}" for kind, number in kinds.items()),
            ]
            for part in range(at_once)
        ]
    )


def share(number: int, parts: int, part: int) -> int:
    """Return the size of the given *part* if a *number* of things is divided into *parts* of nearly equal size."""
    return number // parts + (part < number % parts)
