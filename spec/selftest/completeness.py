"""What is missing between the claims, the defects and the record, and which command or file mends it."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence

from spec.engine.claims import Claim
from spec.paths import DEFECTS_FOLDER, ROOT
from spec.selftest import trial
from spec.selftest.broken_claims import ANY, COMMAND, Record
from spec.selftest.defects.declaration import Defect


def problems() -> Iterator[str]:
    """Yield one line for each thing that is missing or out of date, with the file or command that mends it.

    No claim is run.
    """
    claims, defects = Claim.all(), trial.all_defects()
    try:
        record = Record.load()
    except FileNotFoundError:
        record = Record({})
    yield from claims_without_defect(claims, defects)
    yield from unknown_claims(claims, defects)
    yield from gaps_in_record(claims, defects, record)


def claims_without_defect(claims: Sequence[Claim], defects: Sequence[Defect]) -> Iterator[str]:
    """Yield a line for each claim that no defect was made to break."""
    folder = DEFECTS_FOLDER.relative_to(ROOT)
    declared = Counter(claim for defect in defects for claim in defect.breaks)
    for claim in claims:
        if not declared[claim.id]:
            files = Counter(
                defect.file
                for defect in defects
                for other in defect.breaks
                if other.startswith(f"{claim.lesson}.") and not defect.is_package
            )
            file = files.most_common(1)[0][0] if files else f"{folder}/{claim.lesson}s.py"
            yield (
                f"{claim.id}: no defect was made to break it. Define one, in {file} for example, with "
                f'@family.breaks("{claim.id}"); or,'
                f" if it is about the lesson, with @packages.breaks in {folder}/lessons/{claim.lesson}.py."
            )


def unknown_claims(claims: Sequence[Claim], defects: Sequence[Defect]) -> Iterator[str]:
    """Yield a line for each declaration that names no claim."""
    ids = [claim.id for claim in claims]
    for defect in defects:
        for name in defect.breaks:
            if name not in ids:
                nearest = difflib.get_close_matches(name, ids, 1, 0)[0]
                yield f"{defect.short_name}: there is no claim {name!r}. Is it {nearest}? Change {defect.file}."


def gaps_in_record(claims: Sequence[Claim], defects: Sequence[Defect], record: Record) -> Iterator[str]:
    """Yield a line for each table of the record that is missing, incomplete or not needed.

    A claim about some versions of Python only may be missing: it cannot be tried on the others.
    """
    ids = {claim.id for claim in claims}
    anywhere = {claim.id for claim in claims if not any(condition.of_python for condition in claim.conditions)}
    for defect in defects:
        table = record.of(defect)
        missing = {*defect.breaks} & anywhere - {*table}
        unknown = {*table} - ids - {ANY}
        remedy = f"Run {COMMAND} {defect.short_name}"
        if not table:
            yield f"{defect.short_name}: the record has no table for it. {remedy}"
        elif missing:
            yield f"{defect.short_name}: the record does not have {', '.join(sorted(missing))}. {remedy}"
        if unknown:
            yield f"{defect.short_name}: the record has unknown claims: {', '.join(sorted(unknown))}. {remedy}"
    known = {(defect.short_name, defect.context) for defect in defects}
    for name, context in sorted({*record.tables} - known):
        remedy = f"{COMMAND} removes it."
        yield f"{name}: there is no such defect on {context}, but the record has a table for it. {remedy}"
