"""Change a real library by one small fault at a time, and name the faults that no claim notices."""

from __future__ import annotations

import argparse
import itertools
import resource
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Optional

from spec.engine.claims import node_ids
from spec.selftest.mutation.library.copies import Library
from spec.selftest.mutation.library.drawing import Mutant, draw
from spec.selftest.mutation.library.judgements import Judgements
from spec.selftest.mutation.library.knowledge import Knowledge
from spec.selftest.mutation.library.mutant_trial import Trial
from spec.selftest.mutation.library.results import Report, Result
from spec.selftest.mutation.library.score import table
from spec.selftest.mutation.library.suites import Claims, OwnTests
from spec.selftest.mutation.mutate_lessons import check_cosmic_ray
from spec.tools.command_line import UsageError

LARGEST_FILE = 1 << 30
"""A process of a mutant cannot write larger files, in bytes."""

LARGEST_MEMORY = 8 << 30
"""A process of a mutant cannot have more memory, in bytes of addresses."""

MOST_FILES = 1 << 10
"""A process of a mutant cannot have more files open at once; one may make shared memory without end."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options, in a group of their own."""
    group = parser.add_argument_group("mutants of a library", "with --mutants")
    group.add_argument(
        "--library",
        metavar="MODULE",
        help="try mutants of this installed library, such as multiprocess, instead; a NAME is a module of it",
    )
    group.add_argument("--count", type=int, default=100, metavar="N", help="how many mutants; default: %(default)s")
    group.add_argument("--seed", type=int, default=1, metavar="N", help="decides which mutants; default: %(default)s")
    group.add_argument(
        "--own-tests",
        type=int,
        default=0,
        metavar="N",
        help="run the library's own tests on the first N of the mutants as well; default: %(default)s",
    )
    group.add_argument(
        "--seconds",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="how long the tests of a suite may take on one mutant that they do not notice; more tests are not run;"
        " default: %(default)s",
    )
    group.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help="keep what was seen in this file; a run with the same file goes on from there, and tries mutants that"
        " survived with the claims that are new",
    )


def run(asked: argparse.Namespace) -> int:
    """Try mutants of a library.

    Returns:
        the exit status: 1 if a mutant survives that `judgements` does not list.

    Raises:
        UsageError: there is no such library or module, a number makes no sense, or the report is of something else.
    """
    _check(asked)
    library = Library(asked.library)
    sources = library.sources()
    unknown = [name for name in asked.name if name not in sources]
    if unknown:
        raise UsageError(f"{library.name} has no module {unknown[0]!r}; its modules are {', '.join(sources)}")
    own_tests = _own_tests(library) if asked.own_tests else None
    report = Report.load(asked.report, library.name, library.version)
    check_cosmic_ray()
    judgements = Judgements.load(library.package)
    _print_outdated(judgements, library)
    chosen = {name: sources[name] for name in asked.name or sources}
    mutants = list(itertools.islice(draw(chosen, asked.seed, judgements.leave_out), asked.count))
    with tempfile.TemporaryDirectory() as folder, _limited():
        trial = Trial(library, Path(folder), int(asked.n), asked.seconds)
        try_claims(trial, mutants, judgements, asked.claim, report, asked.report)
        if own_tests:
            try_own_tests(trial, own_tests, mutants[: asked.own_tests], report, asked.report)
    survivors = [m for m in mutants if not report.results[m.key].noticed_by and not judgements.find(m)]
    for mutant in survivors:
        print(f"survives: {mutant.key}\n  line {mutant.line}, reached by {report.results[mutant.key].reaching} tests")
    print(*table(mutants, report, judgements), sep="\n")
    return 1 if survivors else 0


def try_claims(
    trial: Trial,
    mutants: Sequence[Mutant],
    judgements: Judgements,
    beginnings: Sequence[str],
    report: Report,
    file: Optional[Path],
) -> None:
    """Try the claims on the *mutants*.

    A mutant that a claim is known to notice is not tried again, nor is one that survived and that is listed.  Any
    other one that survived is tried with claims that it was not tried with before.

    Args:
        trial: tries them.
        mutants: the mutants.
        judgements: what is listed.
        beginnings: the beginnings of the ids of the claims to try; all claims, if there are none.
        report: what was seen is put there.
        file: the report is saved there.
    """
    suite = Claims(trial.library.name)
    knowledge = _kept(file, "claims")
    asked = {claim: node for claim, node in node_ids().items() if claim.startswith(tuple(beginnings) or "")}
    new = [claim for claim in asked if claim not in knowledge.claims]
    if new:
        found = trial.find_out(Claims(trial.library.name, new))
        found.claims = new
        knowledge.add(found)
        _keep(knowledge, file, "claims")
    nodes = tuple(f"{node}[" for node in asked.values())

    def try_one(mutant: Mutant) -> None:
        reaching = trial.reaching(mutant, knowledge)
        result = report.results.get(mutant.key) or Result(mutant.key, mutant.change.place, mutant.line, len(reaching))
        tried = report.tried_on(result)
        tests = trial.affordable([t for t in reaching if t.startswith(nodes) and t not in tried], knowledge)
        result.reaching = len(reaching)
        if not (result.noticed_by or (tried and judgements.find(mutant))):
            result.noticed_by = trial.noticed_by(mutant, suite, tests, knowledge)
            _note(result, tests, report, file)

    trial.for_each(mutants, try_one)


def try_own_tests(
    trial: Trial, suite: OwnTests, mutants: Sequence[Mutant], report: Report, file: Optional[Path]
) -> None:
    """Try the library's own tests on the *mutants* on which they were not tried yet."""
    knowledge = _kept(file, "own-tests")
    if not knowledge.seconds:
        knowledge.add(trial.find_out(suite))
        _keep(knowledge, file, "own-tests")

    def try_one(mutant: Mutant) -> None:
        result = report.results[mutant.key]
        if result.own_tests is None:
            tests = trial.affordable(trial.reaching(mutant, knowledge), knowledge)
            result.own_tests = trial.noticed_by(mutant, suite, tests, knowledge)
            _note(result, [], report, file)

    trial.for_each(mutants, try_one)


_SAVING = threading.Lock()
"""Held by the thread that saves the report."""


def _note(result: Result, tests: Sequence[str], report: Report, file: Optional[Path]) -> None:
    """Put *result* into *report*, and that these *tests* of the claims were tried; print and save it."""
    with _SAVING:
        report.results[result.key] = result
        report.note_tried(result, tests)
        print(result, flush=True)
        if file:
            report.save(file)


def _kept(report: Optional[Path], what: str) -> Knowledge:
    """Return what an earlier run with the same *report* has found out."""
    file = report and _beside(report, what)
    return Knowledge.load(file) if file and file.exists() else Knowledge()


def _keep(knowledge: Knowledge, report: Optional[Path], what: str) -> None:
    if report:
        knowledge.save(_beside(report, what))


def _beside(report: Path, what: str) -> Path:
    """Return the file that has what is known of tests: it is larger than the *report*, and is not for people."""
    return report.with_name(f"{report.stem}.{what}.json")


def _check(asked: argparse.Namespace) -> None:
    """Check the numbers, and the ids of claims.

    Raises:
        UsageError: one of them makes no sense.
    """
    for beginning in asked.claim:
        if not any(claim.startswith(beginning) for claim in node_ids()):
            raise UsageError(f"no claim begins with {beginning!r}")
    for option, number in (("--count", str(asked.count)), ("-n", asked.n)):
        if not number.isdecimal() or int(number) < 1:
            raise UsageError(f"{option} takes a whole number, 1 or more")
    if asked.own_tests < 0:
        raise UsageError("--own-tests takes a whole number, 0 or more")
    if not asked.seconds > 0:  # nan is not
        raise UsageError("--seconds takes a number above zero")


def _own_tests(library: Library) -> OwnTests:
    for name in "tests", "test":
        if (library.folder / name).is_dir():
            return OwnTests(Path(library.package, name))
    raise UsageError(f"{library.package} is installed without tests of its own; leave out --own-tests")


def _print_outdated(judgements: Judgements, library: Library) -> None:
    if judgements.version not in (None, library.version):
        print(
            f"the survivors that are listed are of {library.package} {judgements.version}, this is {library.version}"
        )
    for judgement in judgements.outdated(library.sources()):
        print(f"is listed, but there is no such code any more: {judgement.place}: {judgement.before or 'all of it'}")


@contextmanager
def _limited() -> Iterator[None]:
    """Limit what processes may use that are started within a ``with`` statement."""
    limits = {
        resource.RLIMIT_FSIZE: LARGEST_FILE,
        resource.RLIMIT_AS: LARGEST_MEMORY,
        resource.RLIMIT_NOFILE: MOST_FILES,
        resource.RLIMIT_CORE: 0,
    }
    before = {limit: resource.getrlimit(limit) for limit in limits}
    for limit, most in limits.items():
        resource.setrlimit(limit, (most, before[limit][1]))
    try:
        yield
    finally:
        for limit, values in before.items():
            resource.setrlimit(limit, values)
