"""The fork server is killed by a child of its that cannot begin."""

from __future__ import annotations

import os
import signal
from multiprocessing import forkserver
from typing import Any

from spec.selftest.defects.preloads import in_a_server

_serve_one: Any = vars(forkserver)["_serve_one"]


def _serve_or_kill(*args: object) -> object:
    try:
        return _serve_one(*args)
    except Exception:
        os.kill(os.getppid(), signal.SIGKILL)
        raise


if in_a_server():
    vars(forkserver)["_serve_one"] = _serve_or_kill
