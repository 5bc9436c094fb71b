"""Run a command, and measure what it costs."""

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


@dataclass(frozen=True)
class Cost:
    """What something cost.

    Attributes:
        wall: seconds from its beginning to its end.
        cpu: seconds of CPU time of all its processes, in user and in kernel mode.
    """

    wall: float
    cpu: float


@dataclass(frozen=True)
class Processes:
    """How many processes a command has started.

    Attributes:
        forked: as a fork of the one that started it.
        spawned: as an interpreter of its own.
        served: as a fork of a fork server.
    """

    forked: int
    spawned: int
    served: int


class Failed(Exception):
    """A command did not end with the exit status that was expected.  The message is one line for the user."""


def run(commands: Sequence[Sequence[str]], *, expected: Container[int] = (0,), **env: str) -> Cost:
    """Run *commands*, all at once, and measure what they cost together, with what outlives them, such as helpers.

    Args:
        commands: command lines.
        expected: the exit statuses that each may have.
        env: variables of the environment, besides.

    Raises:
        Failed: one has another exit status.
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
            raise Failed(f"{shlex.join(process.args)}: exit status {process.returncode}: {last}")  # type: ignore[arg-type]
    return Cost(wall, cpu_of_children() - used)


def cpu_of_children() -> float:
    """Return the seconds of CPU time of the children that this process has reaped, and of those that they have."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def count(command: Sequence[str]) -> Processes:
    """Run *command*, and count the processes that it starts, itself not among them.

    Raises:
        Failed: its exit status is not 0.
    """
    with tempfile.NamedTemporaryFile() as file:
        path = os.pathsep.join(filter(None, [str(COUNTING), os.environ.get("PYTHONPATH")]))
        run([command], PYTHONPATH=path, COUNT_PROCESSES=file.name)
        letters = file.read()
    return Processes(letters.count(b"f"), letters.count(b"i") - 1, letters.count(b"s"))


def bare(processes: Processes, at_once: int) -> Cost:
    """Measure what it costs to start and join that many processes that do nothing.

    Args:
        processes: how many of each kind.
        at_once: how many programs share them, each of which starts one after another.
    """
    kinds: Mapping[str, int] = {
        "fork": processes.forked,
        "spawn": processes.spawned,
        "forkserver": processes.served,
    }
    return run(
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
    """Return how many of a *number* the *part* of that many *parts* gets."""
    return number // parts + (part < number % parts)
