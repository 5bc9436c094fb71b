"""From a test's outcome to a verdict on a claim, and how pytest shows it."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any, Optional, Union

import pytest

from spec.engine import broken_lessons
from spec.engine.claims import Claim, target_of
from spec.engine.deviations import Deviation
from spec.engine.findings import Finding
from spec.engine.fixtures import LESSON, PACKAGE
from spec.engine.hangs import timed_out
from spec.engine.lessons import REFERENCE, BrokenLesson, NotProvided
from spec.engine.observation import OBSERVATION
from spec.engine.requests import request_of
from spec.engine.verdicts import (
    CRASHED,
    FAILING,
    FIXED,
    HOLDS,
    HUNG,
    KNOWN,
    LETTERS,
    NOT_APPLICABLE,
    NOT_PROVIDED,
    VIOLATED,
)
from spec.harness.deadline import Crashed, Hung
from spec.harness.event_log import END_OF_CLAIM, log_failure
from spec.harness.roles import describe_all
from spec.harness.witness import Violation, caller, format_failure

RAN_HERE = (
    "The code of a child ran in the process that was to start the child.  Process(target=task()) calls the task;"
    " Process(target=task) passes it to the child."
)
"""What a violation says if SystemExit reached the caller, which only the code of a child raises."""

CALLS_NOTHING = "it calls nothing of {}"
"""Why a claim does not apply to a package of lessons."""


def judge(reports: list[pytest.TestReport], deviation: Optional[Deviation]) -> None:
    """Change the *reports* of a claim's phases to what a known *deviation* makes of them.

    A known failure does not fail the run.  A claim that holds though it is known to fail does fail the run, so that
    declarations stay true, unless the deviation is intermittent.
    """
    if deviation is None:
        return
    failed = [report for report in reports if report.failed]
    held = [report for report in reports if report.passed and report.when == "call"]
    if failed:
        for report in failed:
            report.outcome = "skipped"
            report.wasxfail = deviation.reason
        for report in reports:
            _change(report, KNOWN, deviation)
    elif held and not deviation.intermittent:
        for report in held:
            report.outcome = "failed"
            report.longrepr = (
                f"Fixed: the claim holds, but {deviation.file} says that it does not: {deviation.reason}\n"
                "  what to do  remove the declaration, or limit it to the versions that it is about"
            )
        for report in reports:
            _change(report, FIXED)


def _change(report: pytest.TestReport, verdict: str, deviation: Optional[Deviation] = None) -> None:
    finding = Finding.of(report)
    if finding and deviation:
        finding.but(verdict, reason=deviation.reason, link=deviation.link).attach(report)
    elif finding:
        finding.but(verdict).attach(report)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a failure say which claim it is about, and put the verdict on the report."""
    claim = Claim.of(item)
    if claim is None:
        return (yield)
    error = _translated(call.excinfo.value) if call.excinfo else None
    if isinstance(error, NotProvided):
        skip = pytest.skip.Exception(f"{NOT_PROVIDED}: {error}")
        call.excinfo = pytest.ExceptionInfo.from_exception(skip.with_traceback(error.__traceback__))
    elif isinstance(error, (Hung, Crashed)):
        shown = type(error)(format_failure(str(error), context(item, claim))).with_traceback(error.__traceback__)
        call.excinfo = pytest.ExceptionInfo.from_exception(shown)
    elif isinstance(error, Violation):
        error.context = context(item, claim)
        call.excinfo = pytest.ExceptionInfo.from_exception(error)
    report = yield
    if report.when == "call" and not isinstance(error, NotProvided) and not _concerns_the_lessons(item):
        report.outcome = "skipped"
        package = item.config.stash[PACKAGE].name
        report.longrepr = (str(item.path), item.location[1] or 0, f"Skipped: {CALLS_NOTHING.format(package)}")
    if isinstance(error, BrokenLesson):
        broken_lessons.attach(error, report)
    verdict = _verdict(report, error)
    if verdict:
        finding = Finding(claim.id, target_of(item).name, verdict, _explanation(report, error))
        finding.attach(report)
        item.user_properties = report.user_properties  # the reports of the phases that follow carry it too
    return report


def _concerns_the_lessons(item: pytest.Item) -> bool:
    """Return whether the outcome of *item* says something of the package of lessons under test.

    The reference is there to verify APIs.  Of another package, a claim that has called nothing of it says nothing.
    """
    if item.config.stash[PACKAGE].name == REFERENCE:
        return True
    lesson = item.stash.get(LESSON, None)
    return lesson is not None and lesson.used


def context(item: pytest.Item, claim: Claim) -> dict[str, str]:
    """Return what the report of a failure says besides: the claim, the target, and where its timeline will be."""
    facts = {"claim": f"{claim.id}: {claim.wording}", "target": target_of(item).label}
    observation = item.stash.get(OBSERVATION, None)
    return facts if observation is None else {**facts, "timeline": observation.place}


def _translated(error: BaseException) -> BaseException:
    """Return *error*, or the exception of the harness that stands for it."""
    rule = timed_out(error)
    if rule:
        log_failure("", END_OF_CLAIM, rule)
        return Hung(f"{rule}:\n{describe_all(os.getpid())}").with_traceback(error.__traceback__)
    if isinstance(error, SystemExit):
        violation = _unexpected(error)
        violation.__notes__ = [RAN_HERE]
        return violation
    if not isinstance(error, Exception):
        return error
    notes = getattr(error, "__notes__", [])
    violation = _violation(error) or _unexpected(error)
    violation.__notes__ = getattr(violation, "__notes__", None) or notes
    return violation


def _violation(error: Exception) -> Optional[Violation]:
    """Return the violation that *error* is, or the first in the group of exceptions that Hypothesis raises."""
    group: tuple[Exception, ...] = getattr(error, "exceptions", (error,))
    return next((one for one in group if isinstance(one, Violation)), None)


def _unexpected(error: BaseException) -> Violation:
    """Return a violation that stands for an exception which no claim expects."""
    seen = f"{type(error).__name__}: {error}"
    return Violation(request_of(error), "no exception", seen, caller.name).with_traceback(error.__traceback__)


def _explanation(report: pytest.TestReport, error: Optional[BaseException]) -> str:
    """Return why the verdict is not that the claim holds; nothing if it is."""
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ").removeprefix(f"{NOT_PROVIDED}: ")
    if not report.failed or error is None:
        return ""
    if isinstance(error, Violation):
        return "\n".join([error.summary, f"seen by {error.witness}", *error.__notes__])
    return str(error)


def _verdict(report: pytest.TestReport, error: Optional[BaseException]) -> Optional[str]:
    """Return the verdict that one phase of a test decides, or None if it decides none."""
    if isinstance(error, NotProvided):
        return NOT_PROVIDED
    if report.skipped:
        return NOT_APPLICABLE
    if report.failed and isinstance(error, Crashed):
        return CRASHED
    if report.failed:
        return HUNG if isinstance(error, Hung) else VIOLATED
    return HOLDS if report.when == "call" else None


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(
    report: Union[pytest.CollectReport, pytest.TestReport],
) -> Optional[tuple[str, str, Any]]:
    """Show the verdict where pytest would show passed, failed or skipped."""
    found = Finding.of(report)
    if found is None or (report.passed and getattr(report, "when", "") != "call"):
        return None
    if found.verdict == HOLDS:
        category = "passed"
    elif found.verdict in FAILING:
        category = "failed"
    else:
        category = found.verdict
    return category, LETTERS[found.verdict], found.verdict.upper()
