"""Make pages, badges and tables from the reports of runs.

The option --report FILE of a run writes its report.  This command compares the reports of several runs, as in
``report A.json B.json -o compare.html``.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Callable, NamedTuple

from spec.report import badge, counts, deaths, document, found, insertion, verdict_file, writers
from spec.report.document import BadReport, Document
from spec.report.writers import CannotWrite
from spec.tools.command_line import UsageError


class MarkdownTable(NamedTuple):
    """A table in Markdown.

    Attributes:
        shows: what it shows.
        render: returns it.
    """

    shows: str
    render: Callable[[Sequence[Document]], str]


TABLES = {
    found.FOUND_PART: MarkdownTable("the claims that do not hold, by cause", found.render),
    counts.COUNTS_PART: MarkdownTable("how often each library gets each verdict", counts.render),
    counts.LESSONS_PART: MarkdownTable("how often each lesson gets each verdict, by target", counts.render_by_lesson),
    deaths.DEATHS_PART: MarkdownTable("what becomes of the others when a process dies, by library", deaths.render),
}
"""All tables, by the name of the option and of the marks."""


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
    parser.add_argument(
        "--timelines",
        action="append",
        default=[],
        type=Path,
        metavar="DIR",
        help="write a picture of each failure, .svg: what each process of the claim did until then.  Repeatable",
    )
    parser.add_argument(
        "--verdicts",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="write the verdicts only, .json with a line for each claim, which docs/verdicts.json is.  Repeatable",
    )
    for name, table in TABLES.items():
        begin, end = insertion.marks(name)
        parser.add_argument(
            f"--{name}",
            action="append",
            default=[],
            type=Path,
            metavar="FILE",
            help=f"write a Markdown table of {table.shows}.  In a file that exists, the table replaces the text"
            f" between the lines {begin} and {end}.  Repeatable",
        )
    parser.add_argument(
        "--label", default=badge.BADGE_LABEL, help="the text on the left of the badge; default: %(default)s"
    )


def run(asked: argparse.Namespace) -> int:
    """Make what the command line asks for.

    Raises:
        UsageError: there is nothing to make, a report cannot be read, or a file cannot be written.
    """
    options = {"-o FILE": asked.pages, "--site DIR": asked.site, "--timelines DIR": asked.timelines}
    options |= {"--badge FILE": asked.badge, "--verdicts FILE": asked.verdicts}
    options |= {f"--{name} FILE": getattr(asked, name) for name in TABLES}
    if not any(options.values()):
        *others, last = options
        raise UsageError(f"nothing to make: add {', '.join(others)} or {last}")
    if len({file.resolve() for file in asked.report}) < len(asked.report):
        raise UsageError("a report is named twice")
    try:
        documents = [document.read(file) for file in asked.report]
        for file in asked.pages:
            writers.write(documents, file)
        for folder in asked.site:
            writers.write_site(documents, folder)
        for folder in asked.timelines:
            print(f"timelines: {writers.write_timelines(documents, folder)} in {folder}")
        for file in asked.badge:
            badge.write(documents, file, asked.label)
        for file in asked.verdicts:
            verdict_file.write(documents, file)
        for name, table in TABLES.items():
            for file in getattr(asked, name):
                insertion.insert(name, table.render(documents), file)
    except (BadReport, CannotWrite) as error:
        raise UsageError(str(error)) from None
    return 0
