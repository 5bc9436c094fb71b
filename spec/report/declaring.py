"""A file of deviations to start with: what does not hold by the reports of runs, grouped by cause."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from spec.engine.deviations import TODO
from spec.engine.lessons import REFERENCE
from spec.report import causes, comparison
from spec.report.causes import Group
from spec.report.document import Document, TargetData

FILE_HEAD = """\
# What does not hold on {libraries}.
# Each table is likely to be one cause.  Write it where the reason begins with {todo}, and mend what can be mended.
"""

LONGEST_REASON = 300
"""At most this many characters of what was seen go into a reason."""


def render(documents: Sequence[Document]) -> str:
    """Return declarations, in TOML, of all that fails in the runs of *documents*; empty if nothing does.

    Args:
        documents: the reports of the runs, all of them of one package of lessons.
    """
    groups = causes.group(documents)
    if not groups:
        return ""
    failed = {target for group in groups for target in group.targets}
    columns = [column for column in comparison.columns(documents) if column.target["name"] in failed]
    seen = (f"{comparison.library(column)}, with {comparison.python_of(column.run)}" for column in columns)
    head = FILE_HEAD.format(libraries="; ".join(dict.fromkeys(seen)), todo=TODO)
    targets = {target["name"]: target for run in documents for target in run["targets"]}
    tables = (_table(group, name, methods) for group in groups for name, methods in _named(group, targets))
    lessons = documents[0]["lessons"]
    package = [] if lessons == REFERENCE else [f"impl = {_text(lessons)}\n"]
    return "\n".join([head, *package, *tables])


def _named(group: Group, targets: dict[str, TargetData]) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield names that stand for the targets of *group*, each with the start methods to which it is limited.

    The module stands for all of them, unless its targets are not told apart by their start methods.
    """
    methods = [target["start_method"] for target in targets.values() if target["module"] == group.module]
    concerned = [targets[name]["start_method"] for name in group.targets]
    told_apart = [method for method in concerned if method is not None and methods.count(method) == 1]
    if len(told_apart) == len(concerned):
        yield group.module, told_apart
    else:
        yield from ((name, ()) for name in group.targets)


def _table(group: Group, target: str, methods: Sequence[str]) -> str:
    lines = [
        "[[deviation]]",
        "claims = [",
        *(f"    {_text(claim)}," for claim in group.claims),
        "]",
        f"target = {_text(target)}",
        *([f"start-methods = [{', '.join(map(_text, methods))}]"] if methods else []),
        *(["intermittent = true"] if group.intermittent else []),
        f"reason = {_text(f'{TODO}: {group.seen[:LONGEST_REASON]}')}",
    ]
    return "".join(f"{line}\n" for line in lines)


def _text(words: str) -> str:
    """Return *words* as a basic string of TOML, which has the escapes of JSON."""
    return json.dumps(words.encode(errors="replace").decode(), ensure_ascii=False).replace("\x7f", "\\u007f")
