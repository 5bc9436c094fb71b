"""An API with a wrong default start method."""

from __future__ import annotations

import multiprocessing

from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

_default = multiprocessing.get_context("spawn")
Pipe, Process, get_start_method = _default.Pipe, _default.Process, _default.get_start_method


@family.breaks("isolation.default-is-fork", "isolation.default-is-forkserver")
class SpawnsByDefault(Broken):
    """Processes for which no start method is named are spawned, as on Windows and macOS."""
