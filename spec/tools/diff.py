"""Tell what differs between two libraries, start methods, versions of Python, or runs.

Each side is one of these:

- the report of a run, as in ``A.json``, or one target of it, as in ``A.json#multiprocessing:fork``;
- a target, which is verified now, as in ``multiprocessing:fork``;
- a Python to verify with, as in ``python3.14``.

The exit status is 1 if something differs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from spec.paths import ROOT
from spec.report import comparison, difference_texts, differences, document, insertion
from spec.report.comparison import Column
from spec.report.differences import BadPair, Pair
from spec.report.document import BadReport, Document
from spec.report.writers import CannotWrite
from spec.tools.command_line import UsageError

DIFF_FORMATS = {
    ".md": "Markdown, in a file that exists between the lines <!-- diff --> and <!-- end of diff -->",
    ".html": "a page that shows at first what differs",
}
"""The suffixes of files that the command writes, and the format of each."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    for side in ("A", "B"):
        parser.add_argument(side, help="REPORT.json, REPORT.json#TARGET, TARGET or PYTHON")
    parser.add_argument(
        "--mp",
        action="append",
        default=[],
        metavar="TARGET",
        help="with a PYTHON: verify this target there; default: multiprocessing.  Repeatable",
    )
    parser.add_argument(
        "--claim", action="append", default=[], metavar="ID", help="verify these claims only, by id or beginning"
    )
    parser.add_argument(
        "-n", dest="workers", default="auto", help="how many claims run at once; default: %(default)s"
    )
    formats = "; or ".join(f"{suffix}: {what}" for suffix, what in DIFF_FORMATS.items())
    parser.add_argument(
        "-o",
        dest="files",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help=f"also write a file. {formats}",
    )


def run(asked: argparse.Namespace) -> int:
    """Print what differs, and return 1 if something does.

    Raises:
        UsageError: a side cannot be verified or read, or a file cannot be written.
    """
    for file in asked.files:
        if file.suffix not in DIFF_FORMATS:
            raise UsageError(f"{file}: the suffix determines the format, and is one of {', '.join(DIFF_FORMATS)}")
    options = [*(f"--claim={claim}" for claim in asked.claim), f"-n{asked.workers}"]
    try:
        left, right = (_columns(side, asked.mp, options) for side in (asked.A, asked.B))
        pairs = differences.pairs(left, right)
        for file in asked.files:
            _write(pairs, file)
    except (BadReport, BadPair, CannotWrite) as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"{error.filename} cannot be written: {error.strerror}") from None
    print(difference_texts.text(pairs), end="")
    return int(any(pair.differences() for pair in pairs))


def _columns(side: str, targets: Sequence[str], options: Sequence[str]) -> list[Column]:
    file, _, target = side.partition("#")
    if file.endswith(".json"):
        columns = comparison.columns([document.read(Path(file))])
        chosen = [column for column in columns if target in ("", column.target["name"])]
        if not chosen:
            names = ", ".join(column.target["name"] for column in columns)
            raise UsageError(f"{file} has no target {target!r}; it has {names}")
        return chosen
    python = shutil.which(side) if side.startswith(("python", "pypy")) or os.sep in side else None
    if python:
        return comparison.columns([_verify(python, [f"--mp={name}" for name in targets], options)])
    return comparison.columns([_verify(sys.executable, [f"--mp={side}"], options)])


def _verify(python: str, targets: Sequence[str], options: Sequence[str]) -> Document:
    """Run the claims with *python*, and return the report.

    Raises:
        UsageError: the run did not come to its end.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.json"
        command = [python, "-m", "spec", "verify", "-q", "--no-summary", f"--report={file}", *targets, *options]
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        done = subprocess.run(
            command,
            env={**os.environ, "PYTHONPATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if not file.exists():
            last = (done.stdout.strip().splitlines() or ["it printed nothing"])[-1]
            raise UsageError(f"{python} {' '.join(targets)} did not verify: {last}")
        return document.read(file)


def _write(pairs: Sequence[Pair], file: Path) -> None:
    if file.suffix == ".md":
        insertion.insert("diff", difference_texts.as_markdown(pairs), file)
    else:
        from spec.report import page  # needs Jinja2, which is optional

        documents = [column.alone for pair in pairs for column in (pair.left, pair.right)]
        file.write_text(page.render(documents, only_differing=True), encoding="utf-8")
