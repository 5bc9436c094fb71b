"""A main module that starts a child at its top level, without the guard that belongs there."""

from __future__ import annotations

import sys
from pathlib import Path

from impl.api import load
from spec.harness.recorder import Recorder

if __name__ in ("__main__", "__mp_main__"):  # keeps tools that import every module from running this
    log = Recorder(Path(sys.argv[2]))
    log("main")
    child = load(sys.argv[1]).Process(target=log, args=("task",))
    child.start()
    child.join()
