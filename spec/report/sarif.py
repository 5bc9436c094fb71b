"""Reports as SARIF 2.1.0, which code hosts show at a pull request: a result for each claim that fails on a library.

The format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from spec.engine.verdicts import FAILING, FIXED, MEANINGS
from spec.installation import DISTRIBUTION
from spec.report import comparison
from spec.report.comparison import Column
from spec.report.document import LONGEST_EXPLANATION, ClaimData, Document
from spec.report.places import source_path

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(documents: Sequence[Document]) -> str:
    """Return the failures in *documents* as SARIF, a run for each document."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(document) for document in documents]}
    return json.dumps(log, indent=1, ensure_ascii=False) + "\n"


def _run(document: Document) -> dict[str, Any]:
    columns = comparison.columns([document])
    failing = [
        (claim, [column for column in columns if _verdict(column, claim) in FAILING])
        for claim in comparison.rows([document])
    ]
    failing = [(claim, bad) for claim, bad in failing if bad]
    driver = {
        "name": DISTRIBUTION,
        "version": document["project"],
        "rules": [_rule(claim) for claim, _ in failing],
    }
    results = [
        result for number, (claim, bad) in enumerate(failing) for result in _results(number, claim, _by_module(bad))
    ]
    return {"tool": {"driver": driver}, "results": results}


def _verdict(column: Column, claim: ClaimData) -> str:
    return column.verdicts[claim["id"]]["verdict"] if claim["id"] in column.verdicts else ""


def _rule(claim: ClaimData) -> dict[str, Any]:
    pages = [source["where"] for source in claim["sources"] if source["where"].startswith("https://")]
    return {
        "id": claim["id"],
        "shortDescription": {"text": claim["wording"]},
        "help": {"text": "\n".join([claim["wording"], *pages])},
        **({"helpUri": pages[0]} if pages else {}),
        "properties": {"tags": [claim["lesson"]]},
    }


def _by_module(columns: Iterable[Column]) -> dict[str, list[Column]]:
    modules: dict[str, list[Column]] = {}
    for column in columns:
        modules.setdefault(column.target["module"], []).append(column)
    return modules


def _results(number: int, claim: ClaimData, modules: dict[str, list[Column]]) -> Iterable[dict[str, Any]]:
    """Yield a result for each module on which *claim*, which has this *number* among the rules, fails."""
    for module, columns in modules.items():
        path = source_path(columns[0].target)
        physical = {"artifactLocation": {"uri": path}, "region": {"startLine": 1}}
        yield {
            "ruleId": claim["id"],
            "ruleIndex": number,
            "level": "error",
            "message": {"text": "\n".join([claim["wording"], *(_seen(column, claim) for column in columns)])},
            "locations": [{"physicalLocation": physical}] if path else [],
            "partialFingerprints": {"claimOnModule/v1": f"{claim['id']} on {module}"},
        }


def _seen(column: Column, claim: ClaimData) -> str:
    """Return what was seen of *claim* on the target of *column*."""
    verdict = column.verdicts[claim["id"]]
    if verdict["verdict"] == FIXED:
        return f"{column.label}, {column.where}: {MEANINGS[FIXED]}"
    seen = "\n".join(verdict["explanation"].splitlines()[:LONGEST_EXPLANATION])
    return f"{column.label}, {column.where}: {verdict['verdict']}: {seen}"
