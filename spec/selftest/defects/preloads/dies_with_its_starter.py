"""The kernel kills the fork server when its starter dies."""

from __future__ import annotations

import ctypes
import signal

from spec.selftest.defects.preloads import in_a_server

PR_SET_PDEATHSIG = 1

if in_a_server():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
