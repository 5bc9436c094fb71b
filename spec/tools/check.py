"""Tell what is missing or out of date, and which file or command mends it.

The exit status is 1 if there is anything.
"""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Iterator
from pathlib import Path

from impl import TEACHING_ORDER
from spec.engine import deviations, lessons
from spec.engine.claims import Claim
from spec.engine.deviations import BadDeviations
from spec.paths import CLAIMS_FOLDER, DEFECTS_FOLDER, ROOT
from spec.selftest import completeness, learn_catalogs
from spec.tools import documents
from spec.tools.coverage.problems import problems as gaps_in_coverage
from spec.tools.new import DEFECT_PLACEHOLDER, PLACEHOLDER

LONGEST_FILE = 400
"""Lines that a module of claims may have."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("--update", action="store_true", help="write anew what is made from the code")


def run(asked: argparse.Namespace) -> int:
    """Print a line for each problem, and return 1 if there is any."""
    if asked.update:
        for path, text in documents.outdated():
            path.write_text(text, encoding="utf-8")
            print(f"{_short(path)}: written")
        for path in learn_catalogs.update():
            print(f"{_short(path)}: written")
    found = list(problems())
    print(*found or ["nothing is missing or out of date"], sep="\n")
    return 1 if found else 0


def problems() -> Iterator[str]:
    """Yield a line for each problem: what is wrong, and what mends it."""
    claims = Claim.all()
    for claim in claims:
        yield from (f"{claim.id}: {problem}: see {claim.test}" for problem in _of(claim))
    ids = [claim.id for claim in claims]
    for claim in claims:
        if ids.count(claim.id) > 1:
            yield f"{claim.id}: two claims have this id: rename the test {claim.test}"
    for path in sorted(CLAIMS_FOLDER.glob("*/test_*.py")):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_FILE:
            yield f"{_short(path)}: it has {lines} lines: split it by subject; ids do not depend on the file"
    for path in sorted(DEFECTS_FOLDER.glob("*.py")):
        if DEFECT_PLACEHOLDER in path.read_text(encoding="utf-8"):
            yield f"{_short(path)}: the docstring of a defect does not say what is wrong with it"
    yield from _lessons({claim.lesson for claim in claims})
    try:
        known = deviations.collect([])
    except BadDeviations as error:
        yield str(error)
    else:
        yield from (f"{one.file}: {one.claims[0]}: write the reason" for one in known if not one.is_explained)
    yield from completeness.problems()
    yield from gaps_in_coverage()
    yield from learn_catalogs.problems()
    for path, _ in documents.outdated():
        yield f"{_short(path)}: it is out of date: run python -m spec check --update"


def _of(claim: Claim) -> Iterator[str]:
    """Yield what is wrong with the declaration of *claim*."""
    wording = claim.wording
    if not wording or wording == PLACEHOLDER:
        yield "its docstring does not say what is true"
    elif not wording.endswith(".") or ". " in wording or not (wording[0].isupper() or not wording[0].isalpha()):
        yield "its wording is not one sentence that begins with a capital and ends with a full stop"
    if "``" in wording or wording.count("`") % 2:
        yield "code in its wording does not stand between single backticks"
    if not claim.sources:
        yield "it names no source: add @source(...)"
    for source in claim.sources:
        if source.kind == "contract":
            if not _is_documented(source.where):
                yield f"its source {source.where} is no function of a lesson with a docstring"
        elif source.where.startswith("https://docs.python.org/") and not source.where.partition("#")[2]:
            yield f"its source {source.where} names no part of the page"
        elif not source.where.startswith("https://"):
            yield f"its source {source.where} is neither an address nor a function of impl"


def _is_documented(name: str) -> bool:
    """Return whether *name*, such as ``impl.lock.sell``, is a function of a lesson that has a docstring."""
    _, _, rest = name.partition("impl.")
    lesson, _, function = rest.partition(".")
    return lesson in lessons.names() and bool(inspect.getdoc(getattr(lessons.reference(lesson), function, None)))


def _lessons(claimed: set[str]) -> Iterator[str]:
    """Yield the lessons that have no claims, and the claims that have no lesson."""
    for name in sorted(set(lessons.names()) - claimed):
        yield f"impl/{name}.py: the lesson has no claims: run python -m spec new claim {name}.WHAT-IS-CLAIMED"
    for name in lessons.names():
        if name not in TEACHING_ORDER:
            yield f"impl/{name}.py: the lesson has no place in the teaching order: add it to impl.TEACHING_ORDER"
    for name in sorted(claimed - set(lessons.names())):
        yield f"spec/claims/{name}: there is no lesson impl/{name}.py: run python -m spec new lesson {name}"


def _short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
