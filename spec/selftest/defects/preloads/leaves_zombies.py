"""The fork server reads how its children have ended, but reaps none."""

from __future__ import annotations

import os

from spec.harness.process_table import children
from spec.selftest.defects.preloads import in_a_server

_wait = os.waitpid
_seen: set[int] = set()


def _look(_pid: int, _options: int) -> tuple[int, int]:
    """Replace ``waitpid(-1, WNOHANG)``: return each child that has exited, once."""
    for pid in children(os.getpid()):
        if pid not in _seen:
            ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended:
                _seen.add(pid)
                return pid, ended.si_status << 8 if ended.si_code == os.CLD_EXITED else ended.si_status
    return 0, 0


def _reap_again() -> None:
    os.waitpid = _wait


if in_a_server():
    os.waitpid = _look
    os.register_at_fork(after_in_child=_reap_again)
