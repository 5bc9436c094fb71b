"""Run the suite over and over, in random order and under load, and keep the logs of the runs that fail.

Each run has a random order of its own.  The runs take turns in several scenes: alone; two claims at once; beside
processes that use all processors; beside a process that uses much of the memory; four runs at once.  The log of a run
that fails contains everything that it printed, with the state of the processes at the moment of each failure.  The
command prints the seed and the command line with which the run can be repeated.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import random
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import count, cycle, islice
from pathlib import Path
from typing import Callable, NamedTuple

import psutil

from spec.harness.cgroups import room_for_memory
from spec.harness.process_table import descendants
from spec.harness.roles import describe_all
from spec.installation import installing
from spec.tools import verify
from spec.tools.command_line import UsageError

HOG = """
import os, sys
while os.getppid() == int(sys.argv[1]):
    pass
"""
"""A program that uses a processor until its starter has ended, for whatever reason."""

PRESSURE = """
import os, sys
pages = bytearray(int(sys.argv[2]))
while os.getppid() == int(sys.argv[1]):
    for page in range(0, len(pages), 4096):
        pages[page] = pages[page] + 1 & 255
"""
"""A program that writes to all its pages in turn, so that none is swapped out, until its starter has ended."""


class Surroundings(NamedTuple):
    """A way to run the suite.

    Attributes:
        what: the surroundings in words.
        workers: how many claims of a run are tested at once; 0 for one after the other, without xdist workers.
        runs: how many runs there are at once.
        load: returns the command lines of the processes that run at the same time.
    """

    what: str
    workers: int
    runs: int
    load: Callable[[argparse.Namespace], list[list[str]]]


def nothing(_asked: argparse.Namespace) -> list[list[str]]:
    """Return no command line."""
    return []


def hogs(asked: argparse.Namespace) -> list[list[str]]:
    """Return the command lines of processes that use all processors."""
    return [[sys.executable, "-c", HOG, str(os.getpid())]] * asked.hogs


def pressure(asked: argparse.Namespace) -> list[list[str]]:
    """Return the command line of a process that uses much of the memory."""
    free, room = psutil.virtual_memory().available, room_for_memory()
    size = int(min(free, free if room is None else room) * asked.memory)
    return [[sys.executable, "-c", PRESSURE, str(os.getpid()), str(size)]]


SURROUNDINGS = (
    Surroundings("alone", 0, 1, nothing),
    Surroundings("two claims at once", 2, 1, nothing),
    Surroundings("beside hogs", 0, 1, hogs),
    Surroundings("two claims at once, beside hogs", 2, 1, hogs),
    Surroundings("short of memory", 0, 1, pressure),
    Surroundings("four runs at once", 0, 4, nothing),
)


class SoakRun(NamedTuple):
    """A run of the suite.

    Attributes:
        number: the number of the run, counted from 1.
        surroundings: the surroundings.
        command: the command line.
        log: the file of its output.
        process: the process, which may still run.
    """

    number: int
    surroundings: Surroundings
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("--runs", type=int, default=20, metavar="N", help="the number of runs; default: %(default)s")
    parser.add_argument(
        "--hogs",
        type=int,
        default=4,
        metavar="N",
        help="the number of processes that use the processors; default: %(default)s",
    )
    parser.add_argument(
        "--memory",
        type=float,
        default=0.5,
        metavar="SHARE",
        help="the share of the free memory that is used; default: %(default)s",
    )
    parser.add_argument(
        "--minutes",
        type=float,
        default=60,
        metavar="N",
        help="the time after which a run is ended, and has failed; default: %(default)s",
    )
    parser.add_argument(
        "--seed", type=int, metavar="N", help="the seed of the first run, the next has N + 1; default: a random one"
    )
    parser.add_argument(
        "-o", type=Path, default=Path("soak"), metavar="FOLDER", help="the folder of the logs; default: %(default)s"
    )
    parser.add_argument("arguments", nargs="*", metavar="ARGUMENT", help="arguments of verify, after --")


def run(asked: argparse.Namespace) -> int:
    """Run the suite as often as asked for, and return 1 if a run fails.

    Raises:
        UsageError: a number is out of range, or there is nothing that changes the order.
    """
    if importlib.util.find_spec("pytest_randomly") is None:
        raise UsageError(f"a random order needs pytest-randomly; {installing('soak')} installs it")
    if asked.runs < 1 or asked.hogs < 1 or not asked.minutes > 0 or not 0 < asked.memory < 1:
        raise UsageError("--runs, --hogs and --minutes take a number above zero, --memory a share between 0 and 1")
    asked.o.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    failures = [one for one in soak(asked) if one.process.returncode != 0]
    minutes = (time.monotonic() - begun) / 60
    print(f"{asked.runs} runs in {minutes:.0f} minutes on Python {sys.version.split()[0]}: {len(failures)} failed")
    return 1 if failures else 0


def soak(asked: argparse.Namespace) -> Iterator[SoakRun]:
    """Run the suite, print the result of each run, and yield the run when it has ended; keep the logs of failures."""
    first = random.randrange(2**31) if asked.seed is None else asked.seed
    numbers = iter(range(1, asked.runs + 1))
    for surroundings in cycle(SURROUNDINGS):
        at_once = list(islice(numbers, surroundings.runs))
        if not at_once:
            return
        with under_load(surroundings.load(asked)):
            for one in [start(number, surroundings, first + number - 1, asked) for number in at_once]:
                wait(one, asked.minutes)
                result = "failed" if one.process.returncode else "passed"
                print(f"run {one.number}, {surroundings.what}: {result}; {last_line(one.log)}", flush=True)
                if one.process.returncode:
                    print(f"    {shlex.join(one.command)}\n    {one.log}", flush=True)
                else:
                    one.log.unlink()
                yield one


def start(number: int, surroundings: Surroundings, seed: int, asked: argparse.Namespace) -> SoakRun:
    """Start a run of the suite."""
    order = ["-p", "randomly", f"--randomly-seed={seed}", f"--hypothesis-seed={seed}"]
    command = verify.command([*asked.arguments, f"-n{surroundings.workers}", *order, "-p", "no:cacheprovider"])
    log = next(path for path in paths(asked.o, number, seed) if not path.exists()).absolute()
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, env=verify.environment(), stdin=subprocess.DEVNULL, stdout=file, stderr=file
        )
    return SoakRun(number, surroundings, command, log, process)


def wait(one: SoakRun, minutes: float) -> None:
    """Wait until a run has ended.

    If it has not ended after this many *minutes*, add the state of its processes to its log, and kill them.
    """
    try:
        one.process.wait(minutes * 60)
    except subprocess.TimeoutExpired:
        pids = [one.process.pid, *descendants(one.process.pid)]
        with one.log.open("a", encoding="utf-8") as log:
            log.write(f"\n{describe_all(os.getpid(), pids)}\nthe run has not ended within {minutes:g} minutes\n")
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        one.process.wait()


def paths(folder: Path, number: int, seed: int) -> Iterator[Path]:
    """Yield paths for the log of a run; the first one that does not exist is used, so that no log is overwritten."""
    yield folder / f"run-{number}-seed-{seed}.log"
    for attempt in count(2):
        yield folder / f"run-{number}-seed-{seed}-{attempt}.log"


@contextmanager
def under_load(commands: list[list[str]]) -> Iterator[None]:
    """Run the *commands* at the same time as the block, and kill them at its end."""
    with ExitStack() as stack:
        for command in commands:
            process = stack.enter_context(subprocess.Popen(command, stdin=subprocess.DEVNULL))
            stack.callback(process.kill)
        yield


def last_line(log: Path) -> str:
    """Return the last line of the output of a run, which counts the verdicts."""
    return log.read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2].strip("= ")
