"""Run the suite over and over, in random order, under load, and keep whatever fails: ``python -m spec.tools.soak``.

Every run is in an order of its own, and each way to run it has its turn: alone, with two claims at once, beside
processes that use every processor, beside one that uses much of the memory, and several runs at once.  Of a run that
fails the seed, the command and all that it printed are kept, with the state of the processes at that moment.
"""

from __future__ import annotations

import argparse
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

from spec.harness.process_table import descendants
from spec.harness.roles import describe_all
from spec.selftest.verify import ROOT

HOG = """
import os, sys
while os.getppid() == int(sys.argv[1]):
    pass
"""
"""Uses a processor until its starter is gone, however that ends."""

PRESSURE = """
import os, sys
pages = bytearray(int(sys.argv[2]))
while os.getppid() == int(sys.argv[1]):
    for page in range(0, len(pages), 4096):
        pages[page] = pages[page] + 1 & 255
"""
"""Writes to each page in turn, so that none can be spared, until its starter is gone."""


class Scene(NamedTuple):
    """A way to run the suite.

    Attributes:
        what: in words.
        workers: how many claims run at once.
        runs: how many runs there are at once.
        load: what goes on beside.
    """

    what: str
    workers: int
    runs: int
    load: Callable[[argparse.Namespace], list[list[str]]]


def nothing(_asked: argparse.Namespace) -> list[list[str]]:
    """Let nothing go on beside."""
    return []


def hogs(asked: argparse.Namespace) -> list[list[str]]:
    """Return the command lines of processes that use every processor."""
    return [[sys.executable, "-c", HOG, str(os.getpid())]] * asked.hogs


def pressure(asked: argparse.Namespace) -> list[list[str]]:
    """Return the command line of a process that uses much memory."""
    size = int(psutil.virtual_memory().available * asked.memory)
    return [[sys.executable, "-c", PRESSURE, str(os.getpid()), str(size)]]


SCENES = (
    Scene("alone", 0, 1, nothing),
    Scene("two claims at once", 2, 1, nothing),
    Scene("beside hogs", 0, 1, hogs),
    Scene("two claims at once, beside hogs", 2, 1, hogs),
    Scene("short of memory", 0, 1, pressure),
    Scene("four runs at once", 0, 4, nothing),
)


class Run(NamedTuple):
    """One run of the suite, which goes on.

    Attributes:
        number: counts the runs.
        scene: how it is run.
        command: the command line.
        log: what it prints.
        process: the run itself.
    """

    number: int
    scene: Scene
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes]


def main() -> int:
    """Run the suite as often as asked for, and return 1 if any run fails."""
    parser = argparse.ArgumentParser(prog="python -m spec.tools.soak", description=__doc__)
    parser.add_argument("--runs", type=int, default=20, help="how many runs; default: %(default)s")
    parser.add_argument(
        "--hogs", type=int, default=4, help="how many processes use the processors; default: %(default)s"
    )
    parser.add_argument(
        "--memory",
        type=float,
        default=0.5,
        metavar="SHARE",
        help="of the free memory that is used; default: %(default)s",
    )
    parser.add_argument(
        "--minutes",
        type=float,
        default=60,
        metavar="LIMIT",
        help="after which a run is ended, and has failed; default: %(default)s",
    )
    parser.add_argument("--seed", type=int, help="of the first run; the others have the next ones; default: any")
    parser.add_argument(
        "-o", type=Path, default=Path("soak"), metavar="FOLDER", help="for the logs; default: %(default)s"
    )
    parser.add_argument("arguments", nargs="*", help="of pytest, after --; default: spec/")
    asked = parser.parse_args()
    if asked.runs < 1 or asked.hogs < 1 or not asked.minutes > 0 or not 0 < asked.memory < 1:
        parser.error("--runs, --hogs and --minutes take a number above zero, --memory a share between 0 and 1")
    asked.o.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    failures = [run for run in soak(asked) if run.process.returncode != 0]
    minutes = (time.monotonic() - begun) / 60
    print(f"{asked.runs} runs in {minutes:.0f} minutes on Python {sys.version.split()[0]}: {len(failures)} failed")
    return 1 if failures else 0


def soak(asked: argparse.Namespace) -> Iterator[Run]:
    """Run the suite, say what comes of each run, and yield it when it has ended; keep the log of those that fail."""
    first = random.randrange(2**31) if asked.seed is None else asked.seed
    numbers = iter(range(1, asked.runs + 1))
    for scene in cycle(SCENES):
        at_once = list(islice(numbers, scene.runs))
        if not at_once:
            return
        with load(scene.load(asked)):
            for run in [start(number, scene, first + number - 1, asked) for number in at_once]:
                wait(run, asked.minutes)
                verdict = "failed" if run.process.returncode else "passed"
                print(f"run {run.number}, {scene.what}: {verdict}; {last_line(run.log)}", flush=True)
                if run.process.returncode:
                    print(f"    {shlex.join(run.command)}\n    {run.log}", flush=True)
                else:
                    run.log.unlink()
                yield run


def start(number: int, scene: Scene, seed: int, asked: argparse.Namespace) -> Run:
    """Start a run of the suite."""
    order = ["-p", "randomly", f"--randomly-seed={seed}", f"--hypothesis-seed={seed}"]
    command = [sys.executable, "-m", "pytest", *(asked.arguments or ["spec/"]), f"-n{scene.workers}", *order]
    log = next(path for path in paths(asked.o, number, seed) if not path.exists()).absolute()
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*command, "-p", "no:cacheprovider"], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=file, stderr=file
        )
    return Run(number, scene, command, log, process)


def wait(run: Run, minutes: float) -> None:
    """Wait until *run* has ended; after so many *minutes* add the state of its processes to its log and kill them."""
    try:
        run.process.wait(minutes * 60)
    except subprocess.TimeoutExpired:
        everybody = [run.process.pid, *descendants(run.process.pid)]
        with run.log.open("a", encoding="utf-8") as log:
            log.write(f"\n{describe_all(os.getpid(), everybody)}\nit did not end in {minutes:g} minutes\n")
        for pid in everybody:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        run.process.wait()


def paths(folder: Path, number: int, seed: int) -> Iterator[Path]:
    """Return names for the log of a run, of which the first that is free is taken: no log is written over."""
    yield folder / f"run-{number}-seed-{seed}.log"
    for attempt in count(2):
        yield folder / f"run-{number}-seed-{seed}-{attempt}.log"


@contextmanager
def load(commands: list[list[str]]) -> Iterator[None]:
    """Let processes go on beside, and end them in the end."""
    with ExitStack() as stack:
        for command in commands:
            process = stack.enter_context(subprocess.Popen(command, stdin=subprocess.DEVNULL))
            stack.callback(process.kill)
        yield


def last_line(log: Path) -> str:
    """Return the last line that a run has printed, which says how many claims hold."""
    return log.read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2].strip("= ")


if __name__ == "__main__":
    sys.exit(main())
