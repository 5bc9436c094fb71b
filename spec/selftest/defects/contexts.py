"""An API whose contexts mix what they should not, and keep apart what they should not."""

from __future__ import annotations

import multiprocessing
import threading
from types import SimpleNamespace

from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_all_start_methods = family.get_all_start_methods

SPAWN = multiprocessing.get_context("spawn")

_OTHERS = {
    "fork": SimpleNamespace(Lock=SPAWN.Lock, Queue=SPAWN.Queue),
    "spawn": SimpleNamespace(Lock=threading.Lock),
    "forkserver": SimpleNamespace(Lock=threading.Lock),
}


def get_context(name=None):
    """Return what the contexts of the standard library are here, or one of the broken APIs."""
    return _OTHERS[name] if name in _OTHERS else family.get_context(name)


def get_start_method(allow_none=False):
    """Return the default start method."""
    return "fork"


def set_start_method(method, force=False):
    """Do nothing."""


@family.breaks("isolation.lock-of-a-forking-context-is-refused")
class TakesForkedLocks(Broken):
    """A spawned child can be given a lock of a context that forks."""

    method = "spawn"


@family.breaks("isolation.lock-of-another-context-is-shared")
class CopiesLocksOfOthers(Broken):
    """A child has its own copy of a lock that a context that spawns has made."""


@family.breaks("isolation.its-exceptions-have-one-base")
class HasUnrelatedExceptions(Broken):
    """`TimeoutError` is Python's own, and no `ProcessError`."""

    TimeoutError = TimeoutError
