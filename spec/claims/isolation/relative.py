"""A main module that imports a neighbour of its package by a relative name: see `spec.claims.isolation`."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from impl.api import load
from spec.harness.recorder import Recorder

from ..shared import steps


def tell_package(log: Recorder, whose: str) -> None:
    """Record the package that this module belongs to in the process that calls this."""
    log(whose, __package__)


if __name__ == "__main__":
    log = Recorder(Path(sys.argv[2]))
    tell_package(log, "main's")
    child = load(sys.argv[1]).Process(target=steps.steps(partial(tell_package, log, "the child's")))
    child.start()
    child.join()
