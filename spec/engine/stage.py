"""The stage: the process in which one claim runs, a fork of pytest's.

What is under test runs here and in the processes that it starts, never in pytest's own process.  See
`spec.engine.watcher` for the other side.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import tempfile
import traceback
import types
from types import FrameType
from typing import NoReturn, Optional

import pytest
import pytest_timeout
from _pytest.runner import runtestprotocol

from spec.engine.observation import OBSERVATION
from spec.engine.stage_folder import STAGE_FOLDER, StageFolder
from spec.engine.sweep import SWEEP
from spec.harness import callers
from spec.harness.deadline import Crashed, Hung, awaited
from spec.harness.event_log import END_OF_CLAIM, log_failure, log_to
from spec.harness.process_table import descendants
from spec.harness.roles import describe_all
from spec.harness.signal_state import restore_defaults
from spec.harness.subreaper import become_subreaper

HUNG_SIGNAL = signal.SIGRTMAX if hasattr(signal, "SIGRTMAX") else signal.SIGTERM
"""The watcher sends it to the stage once it has declared the claim hung."""

LONGEST_OUTPUT = 10_000
"""At most this many characters of what a claim's processes print are kept, the last ones."""


def be_the_stage(item: pytest.Item, folder: StageFolder) -> NoReturn:
    """Run the test in this process, which was forked for it, leave its reports in *folder*, and exit."""
    status, stage = 1, os.getpid()
    try:
        _prepare(item, folder)
        reports = runtestprotocol(item, log=False)
        if os.getpid() == stage:  # not a child of what is under test that escaped into the code of its caller
            sweep = item.config.stash[SWEEP]
            sweep.note_use([stage, *descendants(stage)])
            folder.leave_inodes(sweep.used)
            folder.leave_reports([_serialized(item.config, report) for report in reports])
            status = 0
    except pytest.exit.Exception as request:
        folder.request_exit(str(request))
    except Exception:
        folder.leave_traceback(traceback.format_exc())
    finally:
        os._exit(status)


def _prepare(item: pytest.Item, folder: StageFolder) -> None:
    if not item.config.getoption("usepdb"):
        os.setsid()
    become_subreaper()
    restore_defaults()
    faulthandler.enable(folder.open_fatal_error())
    signal.signal(HUNG_SIGNAL, lambda _, frame: _raise_hung(folder, frame))
    os.register_at_fork(after_in_child=_forget_time_limit)
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder.make_temporary())
    # Children under spawn import the starter's main module.  Pytest's would cost each a quarter of a second.
    sys.modules["__main__"] = types.ModuleType("__main__")
    if OBSERVATION in item.stash:
        log_to(folder.event_log)


def _forget_time_limit() -> None:
    """Remove the signal handler of pytest-timeout from a child: its presence looks as if the child had a timer."""
    if getattr(signal.getsignal(signal.SIGALRM), "__module__", None) == pytest_timeout.__name__:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _raise_hung(folder: StageFolder, frame: Optional[FrameType]) -> None:
    """Raise what the watcher has declared; unlike the watcher, the stage knows the role of each process.

    If a process that called the API has failed, the claim would wait without end; that failure is raised instead.
    """
    __tracebackhide__ = True
    rule = (folder.hung or "").partition(":\n")[0]
    hang = f"{rule}:\n{describe_all(os.getpid())}"
    failures = callers.failures()
    log_failure("", awaited(frame) or END_OF_CLAIM, failures[0].partition(":\n")[0] if failures else rule)
    if failures:
        raise Crashed("\n".join([*failures, f"then {hang}"]))
    raise Hung(hang)


def _serialized(config: pytest.Config, report: pytest.TestReport) -> dict[str, object]:
    data: dict[str, object] = config.hook.pytest_report_to_serializable(config=config, report=report)
    data["sections"] = [(name, text[-LONGEST_OUTPUT:]) for name, text in report.sections]
    return data


def pytest_exception_interact(node: pytest.Item, report: pytest.TestReport) -> None:
    """Add the processes that the claim has started to the report of its failure, before anything is cleaned up."""
    folder = node.stash.get(STAGE_FOLDER, None)
    if folder is None or folder.hung is not None:  # then the explanation names them already
        return
    processes = descendants(os.getpid())
    if processes:
        report.sections.append(("Processes at that moment", describe_all(os.getpid(), processes)))
