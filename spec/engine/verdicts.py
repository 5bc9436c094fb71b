"""The verdicts on a claim.

Nothing is imported here: children of broken APIs, which declare what they break, import this module.
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
"""What pytest prints while it runs."""

MEANINGS = {
    HOLDS: "what must be true was seen to be true",
    VIOLATED: "something else was seen; the report says what was expected, what was seen, and by what means",
    HUNG: "the claim did not end; the report says by which rule, and where each process waits",
    CRASHED: "the process that called the API ended; the report says how",
    NOT_PROVIDED: "the API lacks a name that the claim is about, or the package lacks the lesson",
    NOT_APPLICABLE: "the claim is about other start methods or Pythons; or, with --impl, it calls no lesson",
    KNOWN: "the claim does not hold, which is declared with its reason, and does not fail the run",
    FIXED: "the claim holds though it is declared not to; remove the declaration",
}

FAILURES = (VIOLATED, HUNG, CRASHED)
"""The verdicts on a claim that does not hold."""

FAILING = (*FAILURES, FIXED)
"""The verdicts that fail the run."""
