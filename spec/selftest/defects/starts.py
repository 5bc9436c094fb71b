"""Starts that leave something behind if they fail, or that have other side effects."""

from __future__ import annotations

import signal
import subprocess
import sys
import types
from multiprocessing import context, forkserver, popen_spawn_posix, process
from typing import Any
from unittest import mock

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.sound import ForkProcess, ForkServerProcess, SpawnProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


class _StartedInVain(SpawnProcess):
    @staticmethod
    def _Popen(child):
        try:
            return popen_spawn_posix.Popen(child)
        except TypeError:
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
            raise


@family.breaks("isolation.unpicklable-task-is-refused")
class SpawnsBeforeItPickles(Broken):
    """A start whose arguments cannot be pickled leaves a process behind, which waits for instructions."""

    method = "spawn"
    Process = _StartedInVain


class _StartedOnce(SpawnProcess):
    def start(self):
        self._check_closed()
        assert not self.__dict__.setdefault("tried", False), "cannot start a process twice"
        if self._popen is None and not self._closed:
            self.tried = True
        super().start()


@family.breaks("lifecycle.failed-start-changes-nothing")
class FailedStartCounts(Broken):
    """After a start has failed, the process object cannot be started again."""

    method = "spawn"
    Process = _StartedOnce


class _ActiveBeforeItStarts(SpawnProcess):
    @staticmethod
    def _Popen(child):
        process._children.add(child)  # type: ignore[attr-defined]
        return popen_spawn_posix.Popen(child)


@family.breaks("lifecycle.failed-start-changes-nothing", "daemon.ends-with-a-main-whose-starts-failed")
class FailedStartIsActive(Broken):
    """A process counts as an active child before its start, and still does if the start fails."""

    method = "spawn"
    Process = _ActiveBeforeItStarts


class _Undisturbed(ForkProcess):
    def start(self):
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGTERM])
        super().start()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def run(self):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT, signal.SIGTERM])
        super().run()


@family.breaks("lifecycle.failed-start-changes-nothing")
class FailedStartBlocksSignals(Broken):
    """`start()` blocks SIGINT and SIGTERM, and leaves them blocked if it fails."""

    Process = _Undisturbed


class _DisturbedByAll(ForkProcess):
    def start(self):
        super().start()
        signal.pthread_sigmask(signal.SIG_SETMASK, ())


@family.breaks("lifecycle.leaves-signal-handlers-alone")
class StartUnblocksSignals(Broken):
    """`start()` unblocks all signals."""

    Process = _DisturbedByAll


class _StartedByTheProgram(SpawnProcess):
    being_started = types.SimpleNamespace()

    def start(self):
        with mock.patch.object(context, "_tls", self.being_started):
            super().start()


@family.breaks("lifecycle.threads-start-at-once")
class OneStartDisturbsAnother(Broken):
    """The process that is being started is stored once for the program, not for each thread."""

    method = "spawn"
    Process = _StartedByTheProgram


class _TakenForStarted(ForkProcess):
    tried = False

    def start(self):
        self.tried = True
        super().start()

    def is_alive(self):
        return super().is_alive() or (self.tried and self.pid is None)


@family.breaks("lifecycle.failed-start-changes-nothing")
class FailedStartIsAlive(Broken):
    """A process whose start has failed is alive."""

    Process = _TakenForStarted


class _ServedByOne(ForkServerProcess):
    @staticmethod
    def _Popen(child):
        server: Any = forkserver._forkserver
        if server._forkserver_pid is None:
            return ForkServerProcess._Popen(child)
        with mock.patch.object(server, "ensure_running"):
            return ForkServerProcess._Popen(child)


@family.breaks("isolation.killed-helper-is-replaced")
class TrustsItsForkServer(Broken):
    """The API never checks whether its fork server is still alive."""

    method = "forkserver"
    Process = _ServedByOne
