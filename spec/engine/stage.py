"""Run each claim in a process of its own, the stage, so that whatever happens there costs no other claim.

The stage is a fork of pytest's process.  What is under test runs in it and in what it starts, never in
pytest's own process: if it crashes the process that calls it, hangs, or leaves processes behind, pytest sees that
from outside, says so, and goes on with the next claim.
"""

from __future__ import annotations

import faulthandler
import os
import pickle
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
import types
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Any, Optional

import pytest
from _pytest.runner import runtestprotocol
from pytest_timeout import get_env_settings

from spec.engine.claims import Claim, target_of
from spec.engine.deviations import Deviations
from spec.engine.judging import context, judge, properties
from spec.engine.verdicts import CRASHED, HUNG, VIOLATED
from spec.engine.warmup import share_resource_tracker, warm_up
from spec.harness.deadline import Hung
from spec.harness.heartbeat import beats
from spec.harness.nursery import Nursery
from spec.harness.process_table import descendants
from spec.harness.roles import describe_all
from spec.harness.signal_state import restore_defaults
from spec.harness.stillness import Idleness, Stillness
from spec.harness.subreaper import become_subreaper
from spec.harness.witness import format_failure

DEVIATIONS = pytest.StashKey[Deviations]()

FOLDER = pytest.StashKey[Path]()
"""Where a claim's stage may leave files; it is removed with all that is in it when the claim has ended."""

LOOK = 0.1
"""Seconds between two looks at whether a stage is still."""

IDLE = 2
"""So many times as long may a stage that only wakes to wait again go on as one that nothing wakes."""

GRACE = 2.0
"""Seconds that a stage has to clean up after it was told that it hangs."""

OUTPUT = 10_000
"""At most this many characters of what a claim's processes print are kept, the last ones."""

TITLES = {VIOLATED: "Violation", HUNG: "Hung", CRASHED: "Crashed"}
"""How the report of a failure begins, by its verdict; the first two are names of exceptions."""

_HUNG = signal.SIGRTMAX if hasattr(signal, "SIGRTMAX") else signal.SIGTERM


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Optional[bool]:
    """Run a claim on a stage; leave any other test to pytest."""
    claim = Claim.of(item)
    if claim is None or item.get_closest_marker("skip"):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = perform(item, claim)
    judge(reports, item.config.stash[DEVIATIONS].find(claim.id, target_of(item)))
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def pytest_exception_interact(node: pytest.Item, report: pytest.TestReport) -> None:
    """Add to the report of a claim that fails what is there of the processes that it has started.

    This runs on the stage, before anything is cleaned up.
    """
    folder = node.stash.get(FOLDER, None)
    if folder is None or (folder / "hung").exists():  # then the explanation says so already
        return
    processes = descendants(os.getpid())
    if processes:
        report.sections.append(("Processes at that moment", describe_all(os.getpid(), processes)))


def perform(item: pytest.Item, claim: Claim) -> list[pytest.TestReport]:
    """Run *item* on a stage of its own, and return its reports once nothing of it is left."""
    start = time.time()
    warm_up()
    if not target_of(item).traits.inherits_memory:
        share_resource_tracker()
    with _folder() as folder:
        item.stash[FOLDER] = folder
        with Nursery() as nursery:
            try:
                pid = _fork()
            except OSError as error:  # such as a limit on the number of processes
                ending = f"it could not be started: {error}"
            else:
                if pid == 0:
                    _be_the_stage(item, folder)
                ending = _watch(pid, folder, nursery, item.config)
        left = [str(leftover) for leftover in nursery.leftovers]
        hung = (folder / "hung").exists()
        try:
            reports = _read(item, folder)
        except (OSError, EOFError, pickle.UnpicklingError):
            if (folder / "broken").exists():
                ending = (folder / "broken").read_text(encoding="utf-8")
            ending = "\n".join([ending, *_fatal_error(folder)])
            reports = _failure(item, claim, HUNG if hung else CRASHED, ending, start)
        else:
            passed = all(report.passed for report in reports)
            if passed and hung:  # what is under test has swallowed the exception that said so
                reports = _failure(item, claim, HUNG, ending, start)
            elif passed and left:
                explanation = f"what is left behind: expected nothing, seen {_enumerate(left)}"
                reports = _failure(item, claim, VIOLATED, explanation, start)
        _discard_output(item.config)
    return reports


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder with a path that is short enough for sockets in folders in it."""
    folder = Path(tempfile.mkdtemp(prefix="claim-"))
    if len(str(folder)) > 40 and os.access("/tmp", os.W_OK):
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix="claim-", dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fork() -> int:
    # The workers of pytest-xdist have a second thread, which only waits for messages; Python warns of any.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        sys.stdout.flush()
        sys.stderr.flush()
        return os.fork()


def _be_the_stage(item: pytest.Item, folder: Path) -> None:
    """Run the test here, leave its reports in *folder*, and exit."""
    status, stage = 1, os.getpid()
    try:
        if not item.config.getoption("usepdb"):
            os.setsid()
        become_subreaper()
        restore_defaults()
        faulthandler.enable((folder / "fatal").open("w", encoding="utf-8"))
        signal.signal(_HUNG, partial(_raise_hung, folder))
        temporary = folder / "tmp"
        temporary.mkdir()
        tempfile.tempdir = os.environ["TMPDIR"] = str(temporary)
        # Children under spawn import the starter's main module: pytest's would cost them a quarter of a second.
        sys.modules["__main__"] = types.ModuleType("__main__")
        reports = runtestprotocol(item, log=False)
        if os.getpid() != stage:  # a child of what is under test, that has escaped into the code of its caller
            return
        hook = item.config.hook
        data = [hook.pytest_report_to_serializable(config=item.config, report=r) for r in reports]
        for report in data:
            report["sections"] = [(name, text[-OUTPUT:]) for name, text in report["sections"]]
        draft = folder / "draft"
        draft.write_bytes(pickle.dumps(data))
        draft.rename(folder / "reports")
        status = 0
    except pytest.exit.Exception as request:
        (folder / "exit").write_text(str(request), encoding="utf-8")
    except Exception:
        (folder / "broken").write_text(traceback.format_exc(), encoding="utf-8")
    finally:
        os._exit(status)


def _fatal_error(folder: Path) -> list[str]:
    """Return where the stage was when a signal such as SIGSEGV ended it, a line for each call, the latest first."""
    written = (folder / "fatal").read_text(encoding="utf-8") if (folder / "fatal").exists() else ""
    _, _, dump = written.rpartition("Current thread ")  # before it, there may be those of forks
    calls = [line for line in dump.splitlines() if line.startswith("  File ")]
    return list(takewhile(lambda line: f"{os.sep}_pytest{os.sep}" not in line, calls))


def _raise_hung(folder: Path, *_: object) -> None:
    """Say that the claim hangs; unlike who watches it, the stage knows who is who."""
    __tracebackhide__ = True
    why = (folder / "hung").read_text(encoding="utf-8").partition("\n")[0]
    raise Hung(f"{why}\n{describe_all(os.getpid())}")


def _read(item: pytest.Item, folder: Path) -> list[pytest.TestReport]:
    if (folder / "exit").exists():
        pytest.exit((folder / "exit").read_text(encoding="utf-8"))
    hook = item.config.hook
    data = pickle.loads((folder / "reports").read_bytes())
    return [hook.pytest_report_from_serializable(config=item.config, data=d) for d in data]


def _watch(pid: int, folder: Path, nursery: Nursery, config: pytest.Config) -> str:
    """Wait until the stage has exited, end it if it hangs, and return how it ended."""
    pidfd = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(pidfd, select.POLLIN)
        if config.getoption("usepdb"):
            poll.poll()
            return _ending(pid)
        patience = config.getoption("hang_after")
        stillness, idleness, beaten = Stillness(patience), Idleness(IDLE * patience), beats()
        limit = time.monotonic() + _limit(config)
        while not poll.poll(LOOK * 1000):
            inside = nursery.inside()
            if beats() != beaten:
                idleness, beaten = Idleness(IDLE * patience), beats()
            if stillness.lasts(inside):
                why = "nothing moves any more"
            elif idleness.lasts(inside):
                why = "nothing comes of it any more"
            elif time.monotonic() > limit:
                why = "it did not end in time"
            else:
                why = ""
            if why:
                explanation = f"{why}:\n{describe_all(pid, inside)}"
                (folder / "hung").write_text(explanation, encoding="utf-8")
                os.kill(pid, _HUNG)
                if not poll.poll(GRACE * 1000):
                    os.kill(pid, signal.SIGKILL)
                    poll.poll()
                return explanation
        return _ending(pid)
    finally:
        os.close(pidfd)


def _limit(config: pytest.Config) -> float:
    """Return the seconds after which the stage is ended: somewhat later than pytest-timeout acts inside it."""
    return float(get_env_settings(config).timeout or "inf") + 2 * GRACE


def _ending(pid: int) -> str:
    """Say how the stage, which has exited, ended; the nursery will reap it."""
    result = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert result is not None
    if result.si_code == os.CLD_EXITED:
        return f"the process that called it exited with status {result.si_status}"
    try:
        name = signal.Signals(result.si_status).name
    except ValueError:  # one of the real-time signals, which have no names
        name = f"signal {result.si_status}"
    return f"the process that called it was killed by {name}"


def _enumerate(left: list[str], most: int = 5) -> str:
    """Name what was left behind, but no more than *most*: an implementation may leave thousands."""
    more = f" and {len(left) - most} more" if len(left) > most else ""
    return ", ".join(left[:most]) + more


def _failure(
    item: pytest.Item, claim: Claim, verdict: str, explanation: str, start: float
) -> list[pytest.TestReport]:
    """Return the reports for a test that could not make its own: of a call that failed, and of its teardown."""
    item.user_properties += properties(item, claim, verdict, explanation)
    longrepr = f"{TITLES[verdict]}: {format_failure(explanation, context(item, claim))}"
    call = pytest.TestReport(
        nodeid=item.nodeid,
        location=item.location,
        keywords=dict.fromkeys(item.keywords, 1),
        outcome="failed",
        longrepr=longrepr,
        when="call",
        duration=time.time() - start,
        start=start,
        stop=time.time(),
        user_properties=item.user_properties,
    )
    teardown = pytest.TestReport(
        nodeid=item.nodeid,
        location=item.location,
        keywords=call.keywords,
        outcome="passed",
        longrepr=None,
        when="teardown",
        user_properties=item.user_properties,
    )
    return [call, teardown]


def _discard_output(config: pytest.Config) -> None:
    """Drop what processes of the claim have printed since its reports were made."""
    capture: Any = config.pluginmanager.getplugin("capturemanager")
    if capture is not None and capture.is_globally_capturing():
        capture.read_global_capture()
