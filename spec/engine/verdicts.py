"""What a claim can come to.

Nothing is imported here, for children of broken APIs, which say what they break, import this.
"""

from __future__ import annotations

HOLDS = "holds"
VIOLATED = "violated"
HUNG = "hung"
CRASHED = "crashed"
NOT_PROVIDED = "not provided"
NOT_APPLICABLE = "not applicable"
KNOWN = "known deviation"
FIXED = "fixed"

LETTERS = {
    HOLDS: ".",
    VIOLATED: "F",
    HUNG: "H",
    CRASHED: "C",
    NOT_PROVIDED: "o",
    NOT_APPLICABLE: "-",
    KNOWN: "d",
    FIXED: "X",
}
FAILURES = (VIOLATED, HUNG, CRASHED)
"""What a claim may come to instead of holding."""

FAILING = (*FAILURES, FIXED)
"""What fails the run."""
