"""List what is known not to hold on a library, and why.

The declarations are those in spec/known_deviations, and in FILEs of your own, which are checked on the way.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from spec.engine import deviations
from spec.engine.deviations import BadDeviations, Deviation, Deviations
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
        known = Deviations(map(deviations.read, asked.file or deviations.shipped()))
    except BadDeviations as error:
        raise UsageError(str(error)) from None
    chosen = [one for one in known if not asked.mp or one.target in _names(asked.mp, known)]
    if not chosen:
        targets = ", ".join(sorted({one.target for one in known}))
        raise UsageError(f"nothing is declared for {asked.mp}; there are declarations for {targets or 'nothing'}")
    print(*text(chosen), sep="\n")
    return 0


def _names(target: str, known: Deviations) -> set[str]:
    """Return the names under which deviations of *target* are declared: of itself, its module, and their original."""
    module, colon, context = target.partition(":")
    original = known.original(module) or module
    return {target, module, original, original + colon + context}


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
