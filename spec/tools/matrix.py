"""Try defects with all claims, and compare what they break with the record, or update the record."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from spec.engine.claims import ids
from spec.engine.verdicts import FAILURES
from spec.selftest import reproduce, trial
from spec.selftest.broken_claims import ANY, COMMAND, RECORD_FILE, Breakage, BrokenClaims, Record
from spec.selftest.defects.declaration import Defect
from spec.selftest.mutation import mutate_lessons
from spec.selftest.mutation.library import mutate_library
from spec.selftest.trial import Batch, Observations, RecordDifference
from spec.tools.command_line import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its *parser*."""
    parser.add_argument(
        "name",
        nargs="*",
        help="the beginning of a defect's name, as in 'locks' or 'locks:does-nothing'; default: all defects",
    )
    parser.add_argument(
        "--mutants",
        action="store_true",
        help="try mutants of the reference lessons instead of defects; a NAME is a module of impl",
    )
    parser.add_argument(
        "--reproductions",
        action="store_true",
        help="run the scripts that reproduce violations instead; a NAME is the beginning of a claim's id",
    )
    mutate_lessons.add_arguments(parser)
    mutate_library.add_arguments(parser)
    parser.add_argument(
        "--claim",
        action="append",
        default=[],
        metavar="ID",
        help="try these claims only, by id or by the beginning of ids; repeatable",
    )
    parser.add_argument(
        "--update",
        action="store_true",
        help=f"write what was seen to {RECORD_FILE.name};"
        " a claim that breaks in some tries only is marked 'sometimes'",
    )
    parser.add_argument(
        "--merge",
        action="store_true",
        help="with --update: mark what differs from the record as 'sometimes'; for another Python or another machine",
    )
    parser.add_argument(
        "-n", default="2", metavar="WORKERS", help="how many claims run at once; default: %(default)s"
    )
    parser.add_argument(
        "--reports", type=Path, metavar="FOLDER", help="keep a JSON report of each run, which explains the verdicts"
    )


def run(asked: argparse.Namespace) -> int:
    """Try the defects that are asked for, or mutants, or reproductions.

    Returns:
        the exit status: 0 if all is as declared and recorded, or was recorded now; 1 if a defect does not break a
        claim that it was made to break, or if something differs from the record.

    Raises:
        UsageError: there is no such defect.
    """
    if asked.mutants:
        return mutate_library.run(asked) if asked.library else mutate_lessons.run(asked)
    if asked.reproductions:
        return reproduce.main(asked.name)
    batches = chosen(asked.name or [""])
    if asked.reports:
        asked.reports.mkdir(parents=True, exist_ok=True)
    record = Record.load() if RECORD_FILE.exists() else Record({})
    status = 0
    for batch in batches:
        report = [f"--report={(asked.reports / batch.name).absolute()}.json"] if asked.reports else []
        observed = try_batch(batch, record, asked.n, [*(f"--claim={claim}" for claim in asked.claim), *report])
        for defect, observations in observed.items():
            found = trial.differences(defect, observations, record)
            if asked.update:
                record.keep_only(trial.all_defects())
                found = [difference for difference in found if difference.is_failed_purpose]
                table = updated(record, defect, observations, whole=not asked.claim, merge=asked.merge)
                lines = [
                    *map(str, found),
                    *(f"{defect.short_name}: {line}" for line in changes(record.of(defect), table)),
                ]
                record.replace(defect, table)
                record.save()
            else:
                lines = summary(defect, observations, found)
            print(*lines or [f"{defect.short_name}: as recorded"], sep="\n", flush=True)
            status = status or int(bool(found))
    return status


def chosen(beginnings: Sequence[str]) -> list[Batch]:
    """Return the defects whose names begin with one of the *beginnings*, in batches.

    Raises:
        UsageError: no name begins with one of them.
    """
    names = [defect.short_name for defect in trial.all_defects()]
    for beginning in beginnings:
        if not any(name.startswith(beginning) for name in names):
            raise UsageError(f"no defect's name begins with {beginning!r}; an example of a name is {names[0]}")
    batches = [batch.only(beginnings) for batch in trial.batches()]
    return [batch for batch in batches if batch.defects]


def try_batch(batch: Batch, record: Record, workers: str, options: Sequence[str]) -> dict[Defect, Observations]:
    """Try the defects of *batch*, and again what differs from the record.

    Args:
        batch: the defects.
        record: what is known about them.
        workers: how many claims run at once.
        options: more options for the first run of pytest.
    """
    observed = batch.try_all("-n", workers, *options)
    trial.try_differences_again(batch, observed, record, "-n", workers)
    return observed


def updated(record: Record, defect: Defect, observations: Observations, *, whole: bool, merge: bool) -> BrokenClaims:
    """Return what to record about *defect*: what is recorded now, corrected by the *observations*.

    A claim that is recorded as breaking sometimes stays, though it was not broken this time.

    Args:
        record: what is recorded now.
        defect: the defect.
        observations: the verdicts that were seen.
        whole: whether the defect was tried with all claims.
        merge: whether the present record stays true, for another Python or another machine.
    """
    seen = {claim: Breakage.seen(verdicts) for claim, verdicts in observations.items()}
    table = {claim: breakage for claim, breakage in record.of(defect).items() if claim in (*ids(), ANY)}
    if whole and trial.breaks_most(observations):
        table[ANY] = Breakage(frozenset(FAILURES), always=False)
    elif whole and not merge:
        table.pop(ANY, None)
    for claim, breakage in seen.items():
        before = table.get(claim)
        if breakage:
            new = breakage._replace(always=breakage.always and not merge)
            table[claim] = breakage.joined(before) if before else new
        elif before and merge:
            table[claim] = before._replace(always=False)
        elif before and before.always:
            del table[claim]
    if ANY in table:
        table = {claim: breakage for claim, breakage in table.items() if claim in (*defect.breaks, ANY)}
    return table


def changes(before: BrokenClaims, after: BrokenClaims) -> list[str]:
    """Return the lines that change in the table of a defect, as a diff shows them."""
    old, new = ({f'"{claim}" = "{breakage}"' for claim, breakage in table.items()} for table in (before, after))
    return [f"- {line}" for line in sorted(old - new)] + [f"+ {line}" for line in sorted(new - old)]


def summary(defect: Defect, observations: Observations, found: Sequence[RecordDifference]) -> list[str]:
    """Return the lines that say what differs from the record, and what to do about it."""
    if found and trial.breaks_most(observations):
        return [f"{defect.short_name} breaks most claims. Record it: {COMMAND} {defect.short_name}"]
    return [str(difference) for difference in found]
