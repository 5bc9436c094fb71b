"""List what is known not to hold on a library, and why.

The declarations are those in spec/known_deviations, and in FILEs of your own, which are checked on the way.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from spec.engine import deviations
from spec.engine.deviations import BadDeviations, Deviation
from spec.tools.command_line import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "--mp", metavar="MODULE[:CONTEXT]", help="only what is declared for this API; for all of them if left out"
    )
    parser.add_argument("file", nargs="*", type=Path, metavar="FILE", help="a TOML file; the shipped ones if none")


def run(asked: argparse.Namespace) -> int:
    """Print the deviations that are asked for."""
    try:
        known = [one for file in asked.file or deviations.shipped() for one in deviations.read(file)]
    except BadDeviations as error:
        raise UsageError(str(error)) from None
    chosen = [one for one in known if not asked.mp or one.target in (asked.mp, asked.mp.partition(":")[0])]
    if not chosen:
        targets = ", ".join(sorted({one.target for one in known}))
        raise UsageError(f"nothing is declared for {asked.mp}; there are declarations for {targets or 'nothing'}")
    print(*text(chosen), sep="\n")
    return 0


def text(known: Sequence[Deviation]) -> list[str]:
    """Return the deviations as lines for a terminal, by target."""
    lines: list[str] = []
    target = None
    for one in known:
        if one.target != target:
            target = one.target
            lines += ["", f"{target} ({os.path.relpath(one.file)}):"]
        lines.append(f"  {one.reason} {one.link}".rstrip())
        limits = [
            *([f"versions {one.versions}"] if str(one.versions) else []),
            *([f"Python {one.python}"] if str(one.python) else []),
            *([f"start methods {', '.join(one.start_methods)}"] if one.start_methods else []),
            *(["in some runs"] if one.intermittent else []),
        ]
        lines += [f"      {claim}" + (f" ({'; '.join(limits)})" if limits else "") for claim in one.claims]
    return lines[1:]
