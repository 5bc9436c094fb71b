"""Sentinels with a fault."""

from __future__ import annotations

import multiprocessing
import os
import signal
from multiprocessing import popen_fork
from typing import Any

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.sound import ForkProcess, ForkServerProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


class HasNoneBeforeStart(ForkServerProcess):
    @property
    def sentinel(self):
        return None if self.pid is None else super().sentinel


@family.breaks("lifecycle.no-sentinel-before-start")
class NoneBeforeStart(Broken):
    """The sentinel of a process that was not started is None."""

    method = "forkserver"
    Process = HasNoneBeforeStart


class HasAnother(ForkProcess):
    """A process that shares its sentinel with all others."""

    shared: Any = None

    def start(self):
        if self.shared is None:
            HasAnother.shared = self.make()
        super().start()

    @property
    def sentinel(self):
        return super().sentinel and self.shared


class IsAlwaysReady(HasAnother):
    def make(self):
        return os.open(os.devnull, os.O_RDONLY)


@family.breaks("lifecycle.sentinel-is-ready-at-the-end", "lifecycle.waits-for-its-threads")
class AlwaysReady(Broken):
    """The sentinel of a child is ready from the start on."""

    Process = IsAlwaysReady


class IsNeverReady(HasAnother):
    def make(self):
        sentinel, self.held = os.pipe()
        return sentinel


@family.breaks("lifecycle.sentinel-is-ready-at-the-end")
class NeverReady(Broken):
    """The starter keeps the other end of the sentinel open, so the sentinel is never ready."""

    Process = IsNeverReady


class IsWokenByAny(HasAnother):
    def make(self):
        sentinel, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # without a handler, the signal wakes nobody
        return sentinel

    def run(self):
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        super().run()


@family.breaks("lifecycle.sentinel-is-the-childs-own")
class SharedByAll(Broken):
    """All children have one sentinel, which is ready when any of them has ended."""

    Process = IsWokenByAny


class IsReapedByAHandler(ForkProcess):
    def start(self):
        signal.signal(signal.SIGCHLD, lambda *_: multiprocessing.active_children())
        super().start()

    def run(self):
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        super().run()


@family.breaks("lifecycle.sentinel-reaps-nothing")
class ReapedAtOnce(Broken):
    """A handler of SIGCHLD reaps every child that has exited."""

    Process = IsReapedByAHandler


class TellsTheEndOfItsCode(popen_fork.Popen):
    def _launch(self, process_obj):
        sentinel, end = os.pipe()
        run = process_obj.run

        def run_and_tell():
            try:
                run()
            finally:
                os.close(end)

        process_obj.run = run_and_tell
        super()._launch(process_obj)  # type: ignore[misc]
        del process_obj.run
        os.dup2(sentinel, self.sentinel)
        for fd in sentinel, end:
            os.close(fd)


class IsReadyAtTheEndOfItsCode(ForkProcess):
    _Popen = TellsTheEndOfItsCode


@family.breaks("lifecycle.waits-for-its-threads")
class ReadyBeforeItsThreadsHaveEnded(Broken):
    """The sentinel of a child is ready when the child's code has ended, while its threads still run."""

    Process = IsReadyAtTheEndOfItsCode
