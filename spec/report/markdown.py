"""Reports as Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from spec.engine.table import SHORT
from spec.engine.verdicts import FAILING
from spec.report import comparison
from spec.report.comparison import Column
from spec.report.document import Document, shortfall


def render(documents: Sequence[Document]) -> str:
    """Return a Markdown text that compares *documents*."""
    columns = comparison.columns(documents)
    lines = ["# Verdicts", "", "| target | under test | Python | platform | when | verdicts |", "|---" * 6 + "|"]
    lines += [_summary(column) for column in columns]
    for run in filter(shortfall, documents):
        targets = ", ".join(target["name"] for target in run["targets"])
        lines += ["", f"**{shortfall(run).capitalize()}** on {text(targets)}, {run['created']}."]
    heads = [cell(f"{column.label}, {column.where}") for column in columns]
    lesson = None
    for claim in comparison.rows(documents):
        if claim["lesson"] != lesson:
            lesson = claim["lesson"]
            lines += ["", f"## {lesson}", "", f"| claim | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
        cells = [_verdict(column, claim["id"]) for column in columns]
        lines.append(f"| `{claim['id']}` | {' | '.join(cells)} |")
    failures = comparison.failures(documents)
    if failures:
        lines += ["", "## What does not hold"]
    for claim, bad in failures:
        sources = ", ".join(link(**source) for source in claim["sources"])
        lines += ["", f"### `{claim['id']}`", "", prose(claim["wording"]), "", sources]
        for column, verdict in bad:
            because = f": {text(verdict['reason'])} {verdict['link']}".rstrip() if verdict["reason"] else ""
            lines += [
                "",
                f"- **{text(column.label)}**, {column.where}, {verdict['verdict']}{because}",
            ]
            lines += ["", *(f"      {line}" for line in verdict["explanation"].splitlines())]
    return "\n".join(lines) + "\n"


def _summary(column: Column) -> str:
    run, target = column.run, column.target
    counts = ", ".join(f"{count} {verdict}" for verdict, count in column.counts)
    under_test = f"{column.label}, lessons {run['lessons']}; {target['known_by']}"
    python = f"{run['implementation']} {run['python']}"
    cells = [target["name"], under_test, python, run["platform"], run["created"], counts]
    return f"| {' | '.join(map(cell, cells))} |"


def _verdict(column: Column, claim: str) -> str:
    verdict = column.verdicts[claim]["verdict"] if claim in column.verdicts else ""
    verdict = SHORT.get(verdict, verdict)
    return f"**{verdict.upper()}**" if verdict in FAILING else verdict


def link(where: str, kind: str) -> str:
    """Return a link to a source that says of what *kind* it is; a function of the lessons has no address."""
    return f"[{kind}]({where})" if where.startswith("https://") else f"{kind} `{where}`"


def cell(words: str) -> str:
    """Return *words* escaped for a cell of a table, so that no part of them is markup or ends the cell."""
    return text(words).replace("|", "\\|")


def prose(words: str) -> str:
    """Return *words* escaped, so that no part of them is markup, except for code between backticks."""
    parts = re.split(r"(`[^`]+`)", " ".join(words.split()))
    return "".join(part if number % 2 else text(part) for number, part in enumerate(parts))


def text(words: str) -> str:
    """Return *words* escaped, so that no part of them is markup."""
    return re.sub(r"([\\`*_{}\[\]<>#])", r"\\\1", re.sub(r"\s+", " ", words))
