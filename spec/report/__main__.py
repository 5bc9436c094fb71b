"""Make pages and badges from reports: ``python -m spec.report A.json B.json -o matrix.html``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from spec.report import badge, document, writers
from spec.report.document import BadReport
from spec.report.writers import CannotWrite


def main() -> int:
    """Do what the command line asks for; return 4, as pytest does, if it asks for what cannot be."""
    parser = argparse.ArgumentParser(
        prog="python -m spec.report",
        description="Make pages and badges from the reports that pytest spec/ --report FILE.json wrote.",
    )
    parser.add_argument("report", nargs="+", type=Path, help="the report of a run, JSON")
    parser.add_argument(
        "-o",
        dest="pages",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a page of all runs: .md, .html",
    )
    parser.add_argument(
        "--badge",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a badge of all runs: .svg, or .json for shields",
    )
    parser.add_argument("--label", default=badge.LABEL, help="what is left on the badge; default: %(default)s")
    asked = parser.parse_args()
    if not asked.pages and not asked.badge:
        parser.error("nothing to make: -o FILE or --badge FILE says what")
    try:
        documents = [document.read(file) for file in asked.report]
        for file in asked.pages:
            writers.write(documents, file)
        for file in asked.badge:
            badge.write(documents, file, asked.label)
    except (BadReport, CannotWrite) as error:
        print(f"python -m spec.report: {error}", file=sys.stderr)
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
