"""List the claims, with where each applies, the source of its fact, and its test."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterable
from dataclasses import replace

from spec.engine import lessons
from spec.engine.claims import Claim, ids
from spec.engine.targets import TRAITS
from spec.paths import SPEC_FOLDER
from spec.report.markdown import link
from spec.tools.command_line import UsageError

CATALOGUE_FILE = SPEC_FOLDER / "CLAIMS.md"

CATALOGUE_HEAD = """\
# Claims

`pytest spec/ --claim ID` verifies a claim. The source says where the fact comes from: it is *documented* there; it is
part of the *contract* of a lesson; it is *reported* in an issue, which takes anything else for a fault; or it is
*observed*: the page is about the subject, and implementations behave so.
This file is made from the tests by `python -m spec check --update`.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "id", nargs="*", help="list this claim, or all whose ids begin like this; all if none is given"
    )


def run(asked: argparse.Namespace) -> int:
    """Print the claims that are asked for."""
    claims = [claim for claim in Claim.all() if claim.id.startswith(tuple(asked.id) or "")]
    if not claims:
        alike = difflib.get_close_matches(asked.id[0], [*ids(), *lessons.names()], n=1)
        hint = f"; did you mean {alike[0]}?" if alike else ""
        raise UsageError(f"no claim begins with {' or '.join(map(repr, asked.id))}{hint}")
    print(*text(claims), sep="\n")
    return 0


def start_methods(claim: Claim) -> str:
    """Say under which of the known start methods *claim* applies, and on which Pythons, if not on all.

    Also say whether it applies to the objects of a manager.
    """
    where = [name for name, traits in TRAITS.items() if claim.suits(traits)]
    managed = (
        ["managed objects"] if any(claim.suits(replace(traits, managed=True)) for traits in TRAITS.values()) else []
    )
    pythons = [condition.wording for condition in claim.conditions if condition.of_python]
    return "; ".join(["every start method" if len(where) == len(TRAITS) else ", ".join(where), *managed, *pythons])


def text(claims: Iterable[Claim]) -> list[str]:
    """Return the catalogue as lines for a terminal."""
    lines: list[str] = []
    lesson = None
    for claim in claims:
        if claim.lesson != lesson:
            lesson = claim.lesson
            lines += ["", f"{lesson}:"]
        lines += [f"  {claim.id} ({start_methods(claim)})", f"      {claim.wording}"]
        lines += [f"      {source.kind}: {source.where}" for source in claim.sources]
        lines.append(f"      test: {claim.test}")
    return lines[1:]


def markdown(claims: Iterable[Claim]) -> str:
    """Return the catalogue as Markdown."""
    lines = [CATALOGUE_HEAD]
    lesson = None
    for claim in claims:
        if claim.lesson != lesson:
            lesson = claim.lesson
            lines += [f"## {lesson}", "", "| claim | what it says | where it applies | source |", "|---|---|---|---|"]
        wording = claim.wording.replace("|", "\\|")
        sources = ", ".join(link(source.where, source.kind) for source in claim.sources)
        lines.append(f"| `{claim.id}` | {wording} | {start_methods(claim)} | {sources} |")
    return "\n".join(lines).replace("\n## ", "\n\n## ") + "\n"
