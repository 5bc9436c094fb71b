"""List what is known not to hold on a library, and why; or write and prune a file of such declarations.

The declarations are those in spec/known_deviations, or in FILEs of your own, which are checked on the way.  The
reports are those that the option --report of a run has written as JSON:

  --from REPORT          print declarations of all that fails, grouped by what is likely to be one cause
  --from REPORT -o FILE  write them to a new file
  --from REPORT --prune FILE  remove from FILE what holds now; its comments and the rest stay
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Optional

from spec.engine import deviations
from spec.engine.deviations import BadDeviations, Deviation, Deviations
from spec.engine.lessons import REFERENCE
from spec.report import declaring, document
from spec.report.document import BadReport, Document
from spec.report.pruning import CannotPrune, prune
from spec.tools.command_line import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "--mp", metavar="MODULE[:CONTEXT]", help="only what is declared for this API; for all of them if left out"
    )
    parser.add_argument(
        "--from",
        dest="reports",
        action="append",
        default=[],
        type=Path,
        metavar="REPORT",
        help="the report of a run, a JSON file.  Repeatable: a claim that fails in one run and holds in another is"
        " declared as intermittent, and only what holds in all is pruned",
    )
    parser.add_argument("--prune", action="store_true", help="remove from the FILEs what holds in the runs")
    parser.add_argument("-o", dest="new", type=Path, metavar="FILE", help="write the declarations to this new file")
    parser.add_argument("file", nargs="*", type=Path, metavar="FILE", help="a TOML file; the shipped ones if none")


def run(asked: argparse.Namespace) -> int:
    """Do what the command line asks for.

    Raises:
        UsageError: a file cannot be read or written, or the arguments do not go together.
    """
    if (asked.prune or asked.new) and not asked.reports:
        raise UsageError(f"{'--prune' if asked.prune else '-o'} needs --from REPORT")
    if asked.prune and (asked.new or asked.mp or not asked.file):
        raise UsageError("--prune takes --from REPORT and the FILEs to change, and neither -o nor --mp")
    if asked.reports and not asked.prune and (asked.file or asked.mp):
        raise UsageError("--from REPORT takes -o FILE, or --prune and the FILEs to change, and not --mp")
    try:
        documents = [document.read(file) for file in asked.reports]
        if asked.prune:
            return _prune(asked.file, documents)
        if documents:
            _start(documents, asked.new)
        else:
            _list(asked.file or deviations.shipped(), asked.mp)
    except (BadDeviations, BadReport, CannotPrune) as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"{error.filename} cannot be written: {error.strerror}") from None
    return 0


def _start(documents: Sequence[Document], new: Optional[Path]) -> None:
    packages = {run["lessons"] for run in documents}
    if len(packages) > 1:
        raise UsageError(
            f"a file is about one package of lessons, the reports are about {', '.join(sorted(packages))}"
        )
    text = declaring.render(documents)
    if not text:
        print("nothing fails that is not declared", file=sys.stderr)
    elif new is None:
        print(text, end="")
    elif new.exists():
        raise UsageError(f"{new} exists already; write to another file, and move what is new")
    else:
        new.write_text(text, encoding="utf-8")


def _prune(files: Sequence[Path], documents: Sequence[Document]) -> int:
    """Prune *files*, tell what was removed, and return 1 if a person has to go on."""
    status = 0
    for file in files:
        pruned = prune(file, documents)
        if pruned.removed:
            file.write_text(pruned.text, encoding="utf-8")
        lines = [*(f"{claim} holds: removed" for claim in pruned.removed), *pruned.split]
        print(*(f"{file}: {line}" for line in lines or ["nothing in it holds now"]), sep="\n")
        status = status or int(bool(pruned.split))
    return status


def _list(files: Sequence[Path], target: Optional[str]) -> None:
    known = Deviations(map(deviations.read, files))
    chosen = [one for one in known if not target or not one.target or one.target in _names(target, known)]
    if not chosen:
        targets = ", ".join(sorted({one.target for one in known}))
        raise UsageError(f"nothing is declared for {target}; there are declarations for {targets or 'nothing'}")
    print(*text(chosen), sep="\n")


def _names(target: str, known: Deviations) -> set[str]:
    """Return the names under which deviations of *target* are declared: of itself, its module, and their original."""
    module, colon, context = target.partition(":")
    original = known.original(module) or module
    return {target, module, original, original + colon + context}


def text(known: Sequence[Deviation]) -> list[str]:
    """Return the deviations as lines for a terminal, by target."""
    lines: list[str] = []
    heading = None
    for one in known:
        lessons = "" if one.lessons == REFERENCE else f"{one.lessons} on "
        subject = f"{lessons}{one.target or 'any API'} ({os.path.relpath(one.file)}):"
        if subject != heading:
            heading = subject
            lines += ["", subject]
        lines.append(f"  {one.reason} {one.link}".rstrip())
        limits = [
            *([f"versions {one.versions}"] if str(one.versions) else []),
            *([f"Python {one.python}"] if str(one.python) else []),
            *([f"start methods {', '.join(one.start_methods)}"] if one.start_methods else []),
            *(["in some runs"] if one.intermittent else []),
        ]
        lines += [f"      {claim}" + (f" ({'; '.join(limits)})" if limits else "") for claim in one.claims]
    return lines[1:]
