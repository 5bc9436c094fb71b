"""Run each claim in a process of its own, the stage, and watch it: whatever happens there costs no other claim.

If the API under test crashes the process that calls it, hangs, or leaves processes behind, pytest sees that from
outside, reports it, and goes on with the next claim.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Sequence
from typing import Any, NamedTuple, Optional

import pytest

from spec.engine import interrupts
from spec.engine.claims import Claim, target_of
from spec.engine.deviations import Deviations
from spec.engine.findings import Finding
from spec.engine.hangs import CLEANUP_SECONDS, WATCH_INTERVAL, HangDetector
from spec.engine.judging import context, judge
from spec.engine.observation import OBSERVATION, OBSERVATIONS, Observation, attach
from spec.engine.stage import HUNG_SIGNAL, be_the_stage
from spec.engine.stage_folder import STAGE_FOLDER, StageFolder
from spec.engine.sweep import SWEEP
from spec.engine.verdicts import CRASHED, HUNG, VIOLATED
from spec.engine.warmup import share_resource_tracker, warm_up
from spec.harness.event_log import END_OF_CLAIM, Failure, read_log
from spec.harness.nursery import Nursery
from spec.harness.process_table import exit_in_words
from spec.harness.roles import describe_all
from spec.harness.system_calls import CLD_EXITED, P_PID, WEXITED, WNOWAIT, fork, pidfd_open, waitid
from spec.harness.witness import format_failure

DEVIATIONS = pytest.StashKey[Deviations]()
"""The known deviations that a run takes into account."""

TITLES = {VIOLATED: "Violation", HUNG: "Hung", CRASHED: "Crashed"}
"""How the report of a failure begins, by its verdict; the first two are names of exceptions."""

MOST_LEFTOVERS = 5
"""How many processes that were left behind are named at most; an implementation may leave thousands."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Optional[bool]:
    """Run a claim on a stage; leave any other test to pytest."""
    claim = Claim.of(item)
    if claim is None or item.get_closest_marker("skip"):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    deviation = item.config.stash[DEVIATIONS].find(claim.id, target_of(item))
    if OBSERVATIONS in item.config.stash and deviation is None:  # what is known needs no timeline
        item.stash[OBSERVATION] = item.config.stash[OBSERVATIONS](claim.id, target_of(item).name)
    reports = perform(item, claim)
    if OBSERVATION in item.stash:
        del item.stash[OBSERVATION]
    judge(reports, deviation)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


class _Ending(NamedTuple):
    """How a stage ended, or that the claim hung.

    Attributes:
        words: the same in words.
        time: when it was seen, by `time.monotonic`.
    """

    words: str
    time: float


def perform(item: pytest.Item, claim: Claim) -> list[pytest.TestReport]:
    """Run *item* on a stage of its own, and return its reports once nothing of it is left."""
    start = time.time()
    observation = item.stash.get(OBSERVATION, None)
    with interrupts.deferred():
        warm_up()
    if not target_of(item).traits.inherits_memory:
        share_resource_tracker()
    with StageFolder.make() as folder:
        item.stash[STAGE_FOLDER] = folder
        with Nursery() as nursery:
            try:
                pid = _fork()
            except OSError as error:  # such as a limit on the number of processes
                ending = _Ending(f"it could not be started: {error}", time.monotonic())
            else:
                if pid == 0:
                    be_the_stage(item, folder)
                ending = _watch(pid, folder, nursery, item.config, observation)
                item.config.stash[SWEEP].note(folder.inodes)
        if folder.exit_request is not None:
            pytest.exit(folder.exit_request)
        left = [str(leftover) for leftover in nursery.leftovers]
        reports = _reports(item, folder)
        seen = _seen_from_outside(reports, folder, ending, left)
        if seen is not None:
            reports = _failure(item, claim, *seen, start)
        if observation is not None and any(report.failed for report in reports):
            events = read_log(folder.event_log)
            told = [one for one in events.failures if seen is None or one.time >= ending.time]
            moment = told[-1] if told else _moment(seen, ending, left)
            attach(observation.until(moment, events.notes), reports)
        _discard_output(item.config)
    return reports


def _seen_from_outside(
    reports: Sequence[pytest.TestReport], folder: StageFolder, ending: _Ending, left: Sequence[str]
) -> Optional[tuple[str, str]]:
    """Return the verdict that the *reports* of the stage lack, and its explanation, or None if they lack none."""
    if not reports:
        explanation = "\n".join([folder.traceback or ending.words, *folder.fatal_error()])
        return CRASHED if folder.hung is None else HUNG, explanation
    if not all(report.passed for report in reports):
        return None
    if folder.hung is not None:  # the code under test has swallowed the exception that said so
        return HUNG, ending.words
    return (VIOLATED, f"what is left behind: expected nothing, seen {_enumerate(left)}") if left else None


def _moment(seen: Optional[tuple[str, str]], ending: _Ending, left: Sequence[str]) -> Failure:
    """Return the moment of a failure that was *seen* from outside."""
    if seen is not None and seen[0] == VIOLATED:
        return Failure(ending.time, "what is left behind", "nothing", _enumerate(left))
    return Failure(ending.time, "", END_OF_CLAIM, ending.words.partition(":\n")[0])


def _fork() -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    return fork()


def _watch(
    pid: int, folder: StageFolder, nursery: Nursery, config: pytest.Config, observation: Optional[Observation]
) -> _Ending:
    """Wait until the stage has exited, end it if the claim hangs, and return how it ended."""
    pidfd = pidfd_open(pid)
    try:
        if observation is not None:
            observation.begin(pid)
        poll = select.poll()
        poll.register(pidfd, select.POLLIN)
        if config.getoption("usepdb"):
            poll.poll()
            return _ending(pid)
        detector = HangDetector(config)
        while not _has_exited(poll, observation):
            interrupts.check()
            inside = nursery.inside()
            config.stash[SWEEP].note_use(inside)
            rule = detector.check(inside)
            if rule:
                if observation is not None:
                    observation.look_closely()
                ending = _Ending(f"{rule}:\n{describe_all(pid, inside)}", time.monotonic())
                folder.declare_hung(ending.words)
                os.kill(pid, HUNG_SIGNAL)
                if not poll.poll(CLEANUP_SECONDS * 1000):
                    os.kill(pid, signal.SIGKILL)
                    poll.poll()
                return ending
        if observation is not None:
            observation.look()
        return _ending(pid)
    finally:
        os.close(pidfd)


def _has_exited(poll: select.poll, observation: Optional[Observation]) -> bool:
    """Wait until the stage has exited, or until the next look for a hang is due; return whether it has exited."""
    end = time.monotonic() + WATCH_INTERVAL
    while observation is not None and observation.due < end:
        if poll.poll(max(observation.due - time.monotonic(), 0) * 1000):
            return True
        observation.look()
    return bool(poll.poll(max(end - time.monotonic(), 0) * 1000))


def _ending(pid: int) -> _Ending:
    """Say how the stage, which has exited, ended; the nursery will reap it."""
    result = waitid(P_PID, pid, WEXITED | WNOWAIT)
    assert result is not None
    if result.si_code == CLD_EXITED:
        words = f"the process that called it exited with status {result.si_status}"
    else:
        words = f"the process that called it was killed by {exit_in_words(None, result.si_status)}"
    return _Ending(words, time.monotonic())


def _reports(item: pytest.Item, folder: StageFolder) -> list[pytest.TestReport]:
    """Return the reports that the stage has left; none if it has left none."""
    hook = item.config.hook
    return [hook.pytest_report_from_serializable(config=item.config, data=data) for data in folder.reports() or ()]


def _enumerate(left: Sequence[str]) -> str:
    more = f" and {len(left) - MOST_LEFTOVERS} more" if len(left) > MOST_LEFTOVERS else ""
    return ", ".join(left[:MOST_LEFTOVERS]) + more


def _failure(
    item: pytest.Item, claim: Claim, verdict: str, explanation: str, start: float
) -> list[pytest.TestReport]:
    """Return the reports for a test that could not make its own: of a call that failed, and of its teardown."""
    call = pytest.TestReport(
        nodeid=item.nodeid,
        location=item.location,
        keywords=dict.fromkeys(item.keywords, 1),
        outcome="failed",
        longrepr=f"{TITLES[verdict]}: {format_failure(explanation, context(item, claim))}",
        when="call",
        duration=time.time() - start,
        start=start,
        stop=time.time(),
    )
    teardown = pytest.TestReport(
        nodeid=item.nodeid,
        location=item.location,
        keywords=call.keywords,
        outcome="passed",
        longrepr=None,
        when="teardown",
    )
    for report in (call, teardown):
        Finding(claim.id, target_of(item).name, verdict, explanation).attach(report)
    return [call, teardown]


def _discard_output(config: pytest.Config) -> None:
    """Drop what processes of the claim have printed since its reports were made."""
    capture: Any = config.pluginmanager.getplugin("capturemanager")
    if capture is not None and capture.is_globally_capturing():
        capture.read_global_capture()
