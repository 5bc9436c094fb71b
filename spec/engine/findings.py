"""What a run has found about one claim on one target, and how pytest's reports carry it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Optional

import pytest


@dataclass(frozen=True)
class Finding:
    """The verdict on a claim on a target.

    Reports carry it as their properties, so that it crosses pytest-xdist and appears in JUnit XML.

    Attributes:
        claim: the id of the claim.
        target: the name of the target.
        verdict: one of `spec.engine.verdicts`.
        explanation: of a claim that does not hold, what was seen; of one that does not apply or is not provided, why.
        reason: why the claim is known not to hold, if a known deviation says so.
        link: where the known deviation says there is more to read; empty if nowhere.
    """

    claim: str
    target: str
    verdict: str
    explanation: str = ""
    reason: str = ""
    link: str = ""

    @classmethod
    def of(cls, report: object) -> Optional[Finding]:
        """Return what *report* carries, or None if it carries no verdict."""
        if not isinstance(report, pytest.TestReport):
            return None
        facts = {name: str(value) for name, value in report.user_properties if name in _NAMES}
        return cls(**facts) if "verdict" in facts else None

    def attach(self, report: pytest.TestReport) -> None:
        """Put it on *report*, in place of what that has carried so far."""
        others = [(name, value) for name, value in report.user_properties if name not in _NAMES]
        report.user_properties = [*others, *((name, value) for name, value in asdict(self).items() if value)]

    def but(self, verdict: str, *, reason: str = "", link: str = "") -> Finding:
        """Return the same with another *verdict*, and what a known deviation says of it."""
        return replace(self, verdict=verdict, reason=reason, link=link)


_NAMES = frozenset(field.name for field in fields(Finding))
