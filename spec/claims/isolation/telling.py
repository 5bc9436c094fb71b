"""A main module that records what a process knows while it runs this module: see `spec.claims.isolation`."""

from __future__ import annotations

import sys
from pathlib import Path

from impl.api import load
from spec.harness.recorder import Recorder

if __name__ in ("__main__", "__mp_main__"):  # a tool that imports every module does not run this one
    log = Recorder(Path(sys.argv[2])) if len(sys.argv) > 2 else None
    if log:
        mp = load(sys.argv[1])
        starter = mp.parent_process() if hasattr(mp, "parent_process") else None
        log("found", getattr(sys.modules.get(__name__), "load", None) is load)
        log(__name__, [sys.argv[1:], mp.current_process().name, starter and starter.pid])

if __name__ == "__main__":
    assert log
    child = mp.Process(target=log, args=("task",), name="a child")
    child.start()
    child.join()
