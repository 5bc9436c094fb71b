"""From a test's outcome to a verdict on a claim, and how pytest shows it."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import Any, NamedTuple, Optional, Union

import pytest

from spec.engine.claims import CLAIMS_FOLDER, Claim, target_of
from spec.engine.deviations import Deviation
from spec.engine.lessons import NotProvided
from spec.engine.verdicts import FAILING, FIXED, HOLDS, HUNG, KNOWN, LETTERS, NOT_APPLICABLE, NOT_PROVIDED, VIOLATED
from spec.harness.deadline import Hung
from spec.harness.roles import describe_all
from spec.harness.witness import Violation, caller, format_failure


class Entry(NamedTuple):
    """One verdict: a row, a column and what is in the cell."""

    claim: str
    target: str
    verdict: str
    place: tuple[str, int]


def judge(reports: list[pytest.TestReport], deviation: Optional[Deviation]) -> None:
    """Change the *reports* of one claim's phases to what *deviation*, which is known of it, makes of them.

    A failure that is known does not fail the run.  What is known to fail and holds does, so that what is known
    stays true; unless it is known to fail now and then.
    """
    if deviation is None:
        return
    failed = [report for report in reports if report.failed]
    held = [report for report in reports if report.passed and report.when == "call"]
    facts: list[tuple[str, object]] = []
    if failed:
        for report in failed:
            report.outcome = "skipped"
            report.wasxfail = deviation.reason
        facts = [("verdict", KNOWN), ("reason", deviation.reason), ("link", deviation.link)]
    elif held and not deviation.intermittent:
        for report in held:
            report.outcome = "failed"
            report.longrepr = (
                f"{FIXED}: it holds, and {deviation.file} says that it does not: {deviation.reason}\n"
                "  what to do  take it out there, or say in which versions it is so"
            )
        facts = [("verdict", FIXED)]
    for report in filter(entry, reports):
        report.user_properties = [*report.user_properties, *facts]


def properties(item: pytest.Item, claim: Claim, verdict: str, explanation: str) -> list[tuple[str, object]]:
    """Return what reports carry about a claim, also into junit XML and across pytest-xdist; the last one counts."""
    facts: list[tuple[str, object]] = [("claim", claim.id), ("target", target_of(item).name), ("verdict", verdict)]
    return [*facts, ("explanation", explanation)] if explanation else facts


def entry(report: pytest.TestReport) -> Optional[Entry]:
    """Return the verdict that *report* carries, if it does."""
    facts = dict(report.user_properties)
    if "verdict" not in facts:
        return None
    path, line, _ = report.location
    return Entry(str(facts["claim"]), str(facts["target"]), str(facts["verdict"]), (path, line or 0))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a failure say which claim it is about, and put the verdict on the report."""
    claim = Claim.of(item)
    error = call.excinfo.value if call.excinfo else None
    if isinstance(error, pytest.fail.Exception) and "Timeout (>" in str(error):  # as pytest-timeout raises it
        message = f"it did not end in time, {str(error)[len('Timeout (>') :].rstrip(')')}:"
        error = Hung(f"{message}\n{describe_all(os.getpid())}").with_traceback(error.__traceback__)
    if isinstance(error, NotProvided):
        skip = pytest.skip.Exception(f"{NOT_PROVIDED}: {error}")
        call.excinfo = pytest.ExceptionInfo.from_exception(skip.with_traceback(error.__traceback__))
    elif claim and isinstance(error, Hung):
        shown = Hung(format_failure(str(error), context(item, claim))).with_traceback(error.__traceback__)
        call.excinfo = pytest.ExceptionInfo.from_exception(shown)
    elif claim and isinstance(error, Exception):
        notes = getattr(error, "__notes__", [])
        error = _violation(error) or _unexpected(error)
        error.__notes__ = getattr(error, "__notes__", None) or notes
        error.context = context(item, claim)
        call.excinfo = pytest.ExceptionInfo.from_exception(error)
    report = yield
    if claim:
        verdict = _verdict(report, error)
        if verdict:
            item.user_properties += properties(item, claim, verdict, _explanation(report, error))
            report.user_properties = list(item.user_properties)
    return report


def context(item: pytest.Item, claim: Claim) -> dict[str, str]:
    """Return what a report of a failure says besides: which claim it is, and on what."""
    return {"claim": f"{claim.id}: {claim.wording}", "target": target_of(item).label}


def _explanation(report: pytest.TestReport, error: Optional[BaseException]) -> str:
    """Return why the verdict is not that the claim holds; nothing if it is."""
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ").removeprefix(f"{NOT_PROVIDED}: ")
    if not report.failed or error is None:
        return ""
    if isinstance(error, Violation):
        return "\n".join([error.summary, f"seen by {error.witness}", *error.__notes__])
    return str(error)


def _violation(error: Exception) -> Optional[Violation]:
    """Return the violation that *error* is, or the first in the group of exceptions that Hypothesis raises."""
    group: tuple[Exception, ...] = getattr(error, "exceptions", (error,))
    return next((one for one in group if isinstance(one, Violation)), None)


def _unexpected(error: Exception) -> Violation:
    """Return a violation that stands for an exception which no claim expects."""
    entries = pytest.ExceptionInfo.from_exception(error).traceback
    tests = [entry for entry in entries if Path(entry.path).parent.parent == CLAIMS_FOLDER]
    lines = str(tests[-1].statement).splitlines() if tests else ["the run"]
    statement = " ".join(line.partition("  # ")[0].strip() for line in lines).rstrip(":")
    seen = f"{type(error).__name__}: {error}"
    return Violation(statement, "no exception", seen, caller.name).with_traceback(error.__traceback__)


def _verdict(report: pytest.TestReport, error: Optional[BaseException]) -> Optional[str]:
    """Return the verdict that one phase of a test decides, or None if it decides none."""
    if isinstance(error, NotProvided):
        return NOT_PROVIDED
    if report.skipped:
        return NOT_APPLICABLE
    if report.failed:
        return HUNG if isinstance(error, Hung) else VIOLATED
    return HOLDS if report.when == "call" else None


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(
    report: Union[pytest.CollectReport, pytest.TestReport],
) -> Optional[tuple[str, str, Any]]:
    """Show the verdict where pytest would show passed, failed or skipped."""
    found = entry(report) if isinstance(report, pytest.TestReport) else None
    if found is None or (report.passed and report.when != "call"):
        return None
    if found.verdict == HOLDS:
        category = "passed"
    elif found.verdict in FAILING:
        category = "failed"
    else:
        category = found.verdict
    return category, LETTERS[found.verdict], found.verdict.upper()
