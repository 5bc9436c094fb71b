"""Try defects with all claims, and print what each breaks: ``python -m spec.tools.matrix``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Callable

from spec.engine.verdicts import FAILURES, LETTERS
from spec.selftest import trial
from spec.selftest.defects.declaration import Defect
from spec.selftest.trial import Verdicts


def main() -> int:
    """Try the defects that are asked for, all if none is, and return 1 if any does not do as it declares."""
    parser = argparse.ArgumentParser(prog="python -m spec.tools.matrix", description=__doc__)
    parser.add_argument("defect", nargs="*", help="the beginning of a defect's name; all are tried if none is given")
    parser.add_argument(
        "-n", default="2", metavar="WORKERS", help="how many claims run at once; default: %(default)s"
    )
    parser.add_argument(
        "--claim", action="append", default=[], metavar="ID", help="try it with these claims only; repeatable"
    )
    parser.add_argument(
        "--reports", type=Path, metavar="FOLDER", help="keep a report of each run, which explains what was violated"
    )
    asked = parser.parse_args()
    names = [_short(defect) for _, defects, _ in batches() for defect in defects]
    for start in asked.defect:
        if not any(name.startswith(start) for name in names):
            parser.error(f"no defect's name begins with {start!r}; they are like {names[0]!r}")
    if asked.reports:
        asked.reports.mkdir(parents=True, exist_ok=True)
    wanted = tuple(asked.defect) or ("",)
    options = ["-n", asked.n, *(f"--claim={claim}" for claim in asked.claim)]
    results: dict[Defect, Verdicts] = {}
    as_declared = True
    for name, defects, attempt in batches():
        chosen = [defect for defect in defects if _short(defect).startswith(wanted)]
        report = [f"--report={(asked.reports / name).absolute()}.json"] if asked.reports else []
        tried = attempt(chosen, *options, *report, thorough=True) if chosen else {}
        for defect in chosen:
            results[defect] = tried[defect.name]
            complaints = trial.complaints(defect, results[defect])
            as_declared = as_declared and not complaints
            notes = [
                f"note: {defect.name} may spoil {prefix!r}, and this time has spoiled none of it"
                for prefix in unneeded(defect, results[defect])
            ]
            print(*(complaints + notes or [f"{defect.name}: as declared"]), sep="\n", flush=True)
    for line in table(results):
        print(line)
    return 0 if as_declared else 1


def batches() -> Iterator[tuple[str, Sequence[Defect], Callable[..., dict[str, Verdicts]]]]:
    """Yield all defects, those that are tried in one go together, under a name for that, and with what tries them."""
    for family in trial.families():
        yield family.name.rpartition(".")[2], family.defects, trial.try_apis
    for package in trial.packages():
        yield _short(package), [package], trial.try_packages


def table(results: Mapping[Defect, Verdicts]) -> list[str]:
    """Return the lines of the matrix: a row for each claim, a column for each defect that breaks it, by lesson."""
    lines: list[str] = []
    claims = trial.ids_here()
    width = max(map(len, claims))
    for lesson in sorted({claim.partition(".")[0] for claim in claims}):
        rows = [claim for claim in claims if claim.partition(".")[0] == lesson]
        columns = [
            defect for defect, verdicts in results.items() if any(verdicts.get(row) in FAILURES for row in rows)
        ]
        if not columns:
            continue
        lines += ["", *_heads(len(columns), width)]
        for row in rows:
            cells = (LETTERS.get(results[defect].get(row, ""), " ") for defect in columns)
            lines.append(f"{row:{width}}  {''.join(cells)}".rstrip())
        lines += [f"{number:4} {_short(defect)}: {defect.fault}" for number, defect in enumerate(columns, 1)]
    broken = {claim for verdicts in results.values() for claim, verdict in verdicts.items() if verdict in FAILURES}
    letters = ", ".join(f"{letter} {verdict}" for verdict, letter in LETTERS.items())
    lines += [
        "",
        f"{letters}",
        f"{len(results)} defects, {len(claims)} claims, without a defect: {len(set(claims) - broken)}",
    ]
    return lines + [f"  {claim}" for claim in claims if claim not in broken]


def _heads(count: int, width: int) -> list[str]:
    """Return the numbers from 1 to *count*, each written downwards."""
    numbers = [f"{number:3}" for number in range(1, count + 1)]
    return [" " * (width + 2) + "".join(number[digit] for number in numbers) for digit in range(3)]


def unneeded(defect: Defect, verdicts: Verdicts) -> list[str]:
    """Return what *defect* declares that it may spoil, and did not."""
    failed = [claim for claim, verdict in verdicts.items() if verdict in FAILURES]
    return [prefix for prefix in defect.spoils if not any(claim.startswith(prefix) for claim in failed)]


def _short(defect: Defect) -> str:
    return defect.name.replace("spec.selftest.defects.", "")


if __name__ == "__main__":
    sys.exit(main())
