"""What has changed since the report of an earlier run, for the end of a run."""

from __future__ import annotations

from spec.report import comparison
from spec.report.differences import Kind, Pair
from spec.report.document import Document

CHANGES = {
    Kind.HOLDS_LEFT: "no longer holds",
    Kind.HOLDS_RIGHT: "holds now",
    Kind.FAILS_OTHERWISE: "fails in another way",
    Kind.APPLIES_LEFT: "no longer applies",
    Kind.APPLIES_RIGHT: "applies now",
    Kind.VERIFIED_RIGHT: "was not verified then",
}
"""The changes of verdicts, in words.  A claim that this run has not verified is no change."""


def since(before: Document, now: Document) -> list[str]:
    """Return a line for each claim and kind of change, or one that says that nothing has changed."""
    columns = {column.target["name"]: column for column in comparison.columns([before])}
    found: dict[tuple[Kind, str], list[str]] = {}
    for column in comparison.columns([now]):
        name = column.target["name"]
        if name in columns:
            for difference in Pair(columns[name], column).differences():
                if difference.kind in CHANGES:
                    found.setdefault((difference.kind, difference.claim["id"]), []).append(name)
    order = list(CHANGES)
    lines = [
        f"{CHANGES[kind]}: {claim} on {', '.join(targets)}"
        for (kind, claim), targets in sorted(found.items(), key=lambda item: order.index(item[0][0]))
    ]
    new = [target["name"] for target in now["targets"] if target["name"] not in columns]
    if new:
        lines.append(f"not verified then: {', '.join(new)}")
    return lines or ["no verdict has changed"]
