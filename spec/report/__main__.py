"""Make pages, badges and tables from reports: ``python -m spec.report A.json B.json -o matrix.html``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from spec.report import badge, document, found, writers
from spec.report.document import BadReport
from spec.report.writers import CannotWrite


def main() -> int:
    """Do what the command line asks for; return 4, as pytest does, if it asks for what cannot be."""
    parser = argparse.ArgumentParser(
        prog="python -m spec.report",
        description="Make at least one page, badge or table from reports that pytest spec/ --report FILE.json wrote.",
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
    parser.add_argument(
        "--found",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a Markdown table of what does not hold, by cause; in a file that exists, it replaces what is between"
        f" the lines {found.BEGIN} and {found.END}",
    )
    parser.add_argument("--label", default=badge.LABEL, help="what is left on the badge; default: %(default)s")
    asked = parser.parse_args()
    if not (asked.pages or asked.badge or asked.found):
        parser.error("nothing to make: -o FILE, --badge FILE or --found FILE says what")
    if len({file.resolve() for file in asked.report}) < len(asked.report):
        parser.error("a report is named twice")
    try:
        documents = [document.read(file) for file in asked.report]
        for file in asked.pages:
            writers.write(documents, file)
        for file in asked.badge:
            badge.write(documents, file, asked.label)
        for file in asked.found:
            found.write(documents, file)
    except (BadReport, CannotWrite) as error:
        print(f"python -m spec.report: {error}", file=sys.stderr)
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
