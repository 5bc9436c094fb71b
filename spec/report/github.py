"""Failures as annotations of GitHub Actions, which shows them at a pull request.

A line that a step prints is one if it begins like ``::error``.  See
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from spec.engine.verdicts import FIXED, MEANINGS
from spec.report import causes
from spec.report.document import Document, TargetData
from spec.report.places import source_path

SHOWN = 10
"""GitHub shows at most this many errors of a step, and drops the rest without a word."""


def is_watching() -> bool:
    """Return whether this is a job of GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def lines(document: Document) -> list[str]:
    """Return a line for each likely cause of failures, and one for the claims that hold though they are declared."""
    targets = {target["name"]: target for target in document["targets"]}
    wordings = {claim["id"]: claim["wording"] for claim in document["claims"]}
    found = []
    for group in causes.group([document]):
        title = f"{_few(group.claims)} on {_few(group.targets)}"
        message = [group.seen, *(f"{claim}: {wordings[claim]}" for claim in group.claims)]
        found.append(_line(targets[group.targets[0]], title, "\n".join(message)))
    fixed = [verdict for verdict in document["verdicts"] if verdict["verdict"] == FIXED]
    if fixed:
        cases = [f"{verdict['claim']} on {verdict['target']}" for verdict in fixed]
        found.append(
            _line(targets[fixed[0]["target"]], f"{FIXED}: {_few(cases)}", "\n".join([MEANINGS[FIXED], *cases]))
        )
    if len(found) > SHOWN:
        more = f"::error title=more causes::{len(found) - SHOWN + 1} more causes are in the log of this step"
        found[SHOWN - 1 :] = [more]
    return found


def _few(names: Sequence[str]) -> str:
    first, *more = names
    return f"{first} and {len(more)} more" if more else first


def _line(target: TargetData, title: str, message: str) -> str:
    path = source_path(target)
    file = f"file={_property(path)},line=1," if path else ""
    return f"::error {file}title={_property(title)}::{_data(message)}"


def _data(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")
