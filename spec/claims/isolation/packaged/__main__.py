"""The main module of a package, which starts a child at its top level, without a guard."""

from __future__ import annotations

import sys
from pathlib import Path

from impl.api import load
from spec.harness.recorder import Recorder

if len(sys.argv) > 2 and __name__ != "spec.claims.isolation.packaged.__main__":  # it is not imported by its name
    log = Recorder(Path(sys.argv[2]))
    log("main")
    child = load(sys.argv[1]).Process(target=log, args=("task",))
    child.start()
    child.join()
