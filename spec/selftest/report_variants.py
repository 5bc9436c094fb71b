"""Reports that differ from what a run has written."""

from __future__ import annotations

import json
from typing import Any

from spec.report.document import Document

NASTY = '<script>alert("x")</script> & | `\\'
"""Text that looks like markup."""


def nasty(report: Document) -> Document:
    """Return *report* with text that looks like markup wherever the text comes from an implementation."""
    copy: Any = json.loads(json.dumps(report))
    copy["lessons"] = copy["platform"] = NASTY
    for target in copy["targets"]:
        target.update(name=f"{target['name']}{NASTY}", file=NASTY, version=NASTY, known_by=NASTY)
    for verdict in copy["verdicts"]:
        verdict.update(
            target=f"{verdict['target']}{NASTY}", explanation=NASTY, reason=NASTY, link="javascript:alert(1)"
        )
    for claim in copy["claims"]:
        claim.update(wording=NASTY, code=NASTY)
    made: Document = copy
    return made


def small(report: Document, **facts: str) -> Document:
    """Return *report* with two claims and one target only, changed as the arguments say."""
    copy: Any = json.loads(json.dumps(report))
    copy["targets"] = [{**copy["targets"][0], "name": "lib:fork", "module": "lib", "version": "1.2"}]
    verdicts = [{**one, "target": "lib:fork", **facts} for one in copy["verdicts"] if "fork" in one["target"]]
    copy["verdicts"] = verdicts[:2]
    made: Document = copy
    return made
