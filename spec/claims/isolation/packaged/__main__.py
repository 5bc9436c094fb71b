"""The main module of a package, which starts a child at its top level, without a guard.

The child makes a folder: it finds nothing that this module defines, as it does not run this module again.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from impl.api import load
from spec.harness.recorder import Recorder

if len(sys.argv) > 2 and __name__ != "spec.claims.isolation.packaged.__main__":  # it is not imported by its name
    log = Recorder(Path(sys.argv[2]))
    log("main")
    child = load(sys.argv[1]).Process(target=os.mkdir, args=(sys.argv[3],))
    child.start()
    child.join()
