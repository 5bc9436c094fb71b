"""Run the demo of each lesson under each start method, and keep what it prints and the timeline of its processes.

``python -m spec.lesson_pages.demonstrations FILE`` writes them to a file, so that they run once for all languages of
the documentation.
"""

from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import impl
from spec.paths import ROOT

START_METHODS = ("fork", "spawn", "forkserver")
"""The start methods, in the order in which a page shows them."""

DEMOS_AT_ONCE = 6
"""How many demos run at the same time.  They sleep most of the time."""

DEMO_PATIENCE = 120.0
"""The seconds after which a demo has failed.  The longest takes some five seconds on an idle machine."""

DEMO_OPTIONS: dict[str, tuple[str, ...]] = {
    "condition": ("--buyers", "3"),
    "daemon": ("--daemon-seconds", "1", "--ordinary-seconds", "1.5"),
    "fanout": ("--children", "4"),
    "joinable": ("--items", "4"),
    "event": ("--runners", "3"),
    "lock": ("--buyers", "4", "--tickets", "2"),
    "orphan": ("--pause", "0.5"),
    "pool": ("--parcels", "5", "--packers", "2", "--seconds", "0.9", "--patience", "0.5"),
    "semaphore": ("--cars", "5", "--places", "2"),
    "shared_memory": ("--width", "30", "--painters", "3"),
    "sharing": ("--start", "10", "--workers", "4"),
    "values": ("--turnstiles", "4"),
    "wait": ("--think", "1.2"),
    "zombie": ("--children", "2"),
}
"""Options with which a demo has few processes, so that its timeline can be read on a page.  The text of the page says
these numbers."""


RESULT_MARK = "result: "
"""How a line begins with which a demo says what happened."""


class DemonstrationFailed(RuntimeError):
    """A demo has failed.  The message is one line that names the demo."""


class BadRecord(ValueError):
    """A file is not one that `write` has written.  The message is one line."""


@dataclass(frozen=True)
class Demonstration:
    """What a demo has shown under a start method.

    Attributes:
        lesson: the lesson.
        method: the start method.
        command: the command that has run, as a person would type it.
        look_for: what the demo says a person should look for.
        printed: the lines that it printed after that.
        picture: the timeline, as SVG.
    """

    lesson: str
    method: str
    command: str
    look_for: str
    printed: Sequence[str]
    picture: str

    @property
    def results(self) -> list[str]:
        """What happened, each in one line; all that was printed if the demo does not say what its results are."""
        return [line[len(RESULT_MARK) :] for line in self.printed if line.startswith(RESULT_MARK)] or [*self.printed]


def available_methods() -> list[str]:
    """Return those of `START_METHODS` that this machine has."""
    return [method for method in START_METHODS if method in multiprocessing.get_all_start_methods()]


def run(lesson: str, method: str) -> Demonstration:
    """Run the demo of *lesson* under a start *method*, which this machine has.

    Raises:
        DemonstrationFailed: it did not end with exit status 0, or not in time.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f"{lesson}.svg")
        asked = [lesson, *DEMO_OPTIONS.get(lesson, ()), "--mp", f"multiprocessing:{method}", "--timeline"]
        started = [sys.executable, "-m", "impl", *asked, str(file)]
        try:
            done = subprocess.run(
                started, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEMO_PATIENCE
            )
        except subprocess.TimeoutExpired:
            raise DemonstrationFailed(
                f"the demo of {lesson} under {method} has not ended in {DEMO_PATIENCE:g} s"
            ) from None
        if done.returncode != 0 or not file.exists():
            [*_, last] = (done.stderr or done.stdout).strip().splitlines() or ["it printed nothing"]
            raise DemonstrationFailed(
                f"the demo of {lesson} under {method} has failed with exit status {done.returncode}: {last}"
            )
        picture = file.read_text(encoding="utf-8")
    told, _, printed = done.stdout.partition("\n\n")
    command = " ".join(["python -m impl", *asked, f"{lesson}.svg"])
    return Demonstration(lesson, method, command, told, printed.splitlines(), picture)


def run_all(methods: Sequence[str]) -> list[Demonstration]:
    """Run the demos of all lessons under these start *methods*, some of them at once.

    Raises:
        DemonstrationFailed: one of them has failed; those that have not begun do not run.
    """
    asked = [(lesson, method) for lesson in impl.TEACHING_ORDER for method in methods]
    with ThreadPoolExecutor(DEMOS_AT_ONCE) as executor:
        futures = [executor.submit(run, lesson, method) for lesson, method in asked]
        try:
            return [future.result() for future in futures]
        except DemonstrationFailed:
            executor.shutdown(wait=False, cancel_futures=True)
            raise


def write(demonstrations: Sequence[Demonstration], file: Path) -> None:
    """Write *demonstrations* to *file*, in a folder that exists."""
    file.write_text(json.dumps([asdict(one) for one in demonstrations], ensure_ascii=False), encoding="utf-8")


def read(file: Path) -> list[Demonstration]:
    """Return the demonstrations that were written to *file*.

    Raises:
        BadRecord: it cannot be read, or is no such file.
    """
    try:
        return [Demonstration(**one) for one in json.loads(file.read_text(encoding="utf-8"))]
    except OSError as error:
        raise BadRecord(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError) as error:
        raise BadRecord(f"{file} has no demonstrations") from error


def main(arguments: Sequence[str]) -> int:
    """Run all demos, and write them to the file that the command line names."""
    [name] = arguments
    try:
        write(run_all(available_methods()), Path(name))
    except (DemonstrationFailed, OSError) as error:
        print(f"python -m spec.lesson_pages.demonstrations: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
