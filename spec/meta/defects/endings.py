"""Children that come to their end with a fault."""

from __future__ import annotations

import multiprocessing
from multiprocessing import util
from typing import Any

from spec.meta.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

ForkProcess: Any = multiprocessing.get_context("fork").Process


def silenced_by(*ends: type[BaseException]) -> Any:
    """Return a class of processes that do not write out what they have printed if one of these *ends* them."""

    class Silenced(ForkProcess):
        def run(self):
            try:
                super().run()
            except ends:
                vars(util)["_flush_std_streams"] = lambda: None
                raise

    return Silenced


@family.breaks("lifecycle.output-is-written-once")
class ExitLosesOutput(Broken):
    """What a child has printed, and is not written out yet, is lost if it calls `sys.exit`."""

    Process = silenced_by(SystemExit)


@family.breaks("lifecycle.output-is-written-once")
class FailureLosesOutput(Broken):
    """What a child has printed, and is not written out yet, is lost if an exception ends it."""

    Process = silenced_by(Exception)
