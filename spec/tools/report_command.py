"""Make pages, badges and tables from the reports of runs.

The option --report FILE of a run writes its report.  This command compares the reports of several runs, as in
``report A.json B.json -o matrix.html``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from spec.report import badge, counts, document, found, insertion, writers
from spec.report.document import BadReport
from spec.report.writers import CannotWrite
from spec.tools.command_line import UsageError

TABLES = {
    found.FOUND_PART: "the claims that do not hold, by cause",
    counts.COUNTS_PART: "how often each library gets each verdict",
}
"""The tables in Markdown, with what each shows."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("report", nargs="+", type=Path, metavar="REPORT", help="the report of a run, a JSON file")
    parser.add_argument(
        "-o",
        dest="pages",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="write a page that compares the runs: .md or .html; or their failures: .sarif.  Repeatable",
    )
    parser.add_argument(
        "--badge",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="write a badge that counts the verdicts of all runs: .svg, or .json for https://shields.io.  Repeatable",
    )
    parser.add_argument(
        "--site",
        action="append",
        default=[],
        type=Path,
        metavar="DIR",
        help="write a site of static pages: an overview, and a page for each claim.  Repeatable",
    )
    for table, what in TABLES.items():
        begin, end = insertion.marks(table)
        parser.add_argument(
            f"--{table}",
            action="append",
            default=[],
            type=Path,
            metavar="FILE",
            help=f"write a Markdown table of {what}.  In a file that exists, the table replaces the text between the"
            f" lines {begin} and {end}.  Repeatable",
        )
    parser.add_argument(
        "--label", default=badge.BADGE_LABEL, help="the text on the left of the badge; default: %(default)s"
    )


def run(asked: argparse.Namespace) -> int:
    """Make what the command line asks for.

    Raises:
        UsageError: there is nothing to make, a report cannot be read, or a file cannot be written.
    """
    if not (asked.pages or asked.site or asked.badge or asked.found or asked.counts):
        raise UsageError("nothing to make: add -o FILE, --site DIR, --badge FILE, --found FILE or --counts FILE")
    if len({file.resolve() for file in asked.report}) < len(asked.report):
        raise UsageError("a report is named twice")
    try:
        documents = [document.read(file) for file in asked.report]
        for file in asked.pages:
            writers.write(documents, file)
        for folder in asked.site:
            writers.write_site(documents, folder)
        for file in asked.badge:
            badge.write(documents, file, asked.label)
        for file in asked.found:
            insertion.insert(found.FOUND_PART, found.render(documents), file)
        for file in asked.counts:
            insertion.insert(counts.COUNTS_PART, counts.render(documents), file)
    except (BadReport, CannotWrite) as error:
        raise UsageError(str(error)) from None
    return 0
