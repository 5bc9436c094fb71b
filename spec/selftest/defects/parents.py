"""Children with wrong knowledge about their starter."""

from __future__ import annotations

import multiprocessing.process
import multiprocessing.util
import os
from multiprocessing import reduction
from typing import Any

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.sound import ForkProcess, SpawnProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


process: Any = multiprocessing.process


class _BoundToItsSentinel(ForkProcess):
    def _bootstrap(self, parent_sentinel=None):
        os.dup2(_never_ready(), parent_sentinel)
        return super()._bootstrap(parent_sentinel)


def _never_ready():
    reading, _writing = os.pipe()
    return reading


@family.breaks("daemon.can-find-out-that-main-was-killed", "daemon.can-join-main")
class ParentSentinelIsNeverReady(Broken):
    """The child itself keeps the sentinel of `parent_process()` from being ready."""

    Process = _BoundToItsSentinel


class _Starter:
    """The object that `parent_process()` returns."""

    def __init__(self, process):
        self._process = process

    def __getattr__(self, name):
        return getattr(self._process, name)


class _Immortal(_Starter):
    def is_alive(self):
        return True


@family.breaks("daemon.can-find-out-that-main-was-killed")
class TakesTheStarterForAlive(Broken):
    """`parent_process().is_alive()` is always true."""

    method = "spawn"

    def parent_process(self):
        starter = process.parent_process()
        return starter and _Immortal(starter)


class _NotJoined(_Starter):
    def join(self, timeout=None):
        pass


@family.breaks("daemon.can-join-main")
class JoiningTheStarterIsInVain(Broken):
    """`parent_process().join()` does not wait."""

    def parent_process(self):
        starter = process.parent_process()
        return starter and _NotJoined(starter)


class _JoinedWhatever(_Starter):
    def join(self, timeout=None):
        self._process.join()


@family.breaks("daemon.can-join-main")
class JoiningTheStarterTakesNoLimit(Broken):
    """`parent_process().join()` ignores its timeout."""

    def parent_process(self):
        starter = process.parent_process()
        return starter and _JoinedWhatever(starter)


class _ByKernel(_Starter):
    @property
    def pid(self):
        return os.getppid()


@family.breaks("identity.child-knows-its-starter")
class TakesTheForkServerForTheStarter(Broken):
    """`parent_process()` has the pid of the fork server."""

    method = "forkserver"

    def parent_process(self):
        starter = process.parent_process()
        return starter and _ByKernel(starter)


class _HoldsOlderSiblingsPipes(SpawnProcess):
    def __getstate__(self):
        state = self.__dict__.copy()
        pipes = [fd for child in process.active_children() for fd in child._popen.finalizer._args]
        state["_siblings_pipes"] = [reduction.DupFd(fd) for fd in pipes]
        return state


@family.breaks("daemon.finds-out-whatever-its-siblings-do")
class SiblingsKeepTheStarterAlive(Broken):
    """A spawned child holds open the pipes that tell its older siblings that the starter has ended."""

    method = "spawn"
    Process = _HoldsOlderSiblingsPipes
