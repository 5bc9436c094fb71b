"""The fork server kills its children and exits when its starter dies."""

from __future__ import annotations

import ctypes
import os
import signal

from spec.harness.process_table import children
from spec.selftest.defects.preloads import in_a_server

PR_SET_PDEATHSIG = 1


def _end_all(_number: int, _frame: object) -> None:
    for pid in children(os.getpid()):
        os.kill(pid, signal.SIGKILL)
    os._exit(0)


def _end_nobody() -> None:
    signal.signal(signal.SIGUSR2, signal.SIG_DFL)


if in_a_server():
    signal.signal(signal.SIGUSR2, _end_all)
    os.register_at_fork(after_in_child=_end_nobody)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGUSR2), 0, 0, 0)
