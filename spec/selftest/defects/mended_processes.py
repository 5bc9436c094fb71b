"""Processes, and fork servers that start them, without a fault that those of the standard library have."""

from __future__ import annotations

import os
from multiprocessing import (
    connection,
    forkserver,
    popen_fork,
    popen_spawn_posix,
    process,
)
from typing import Any
from unittest import mock

from spec.selftest.defects.declaration import Broken
from spec.selftest.defects.handovers import preparing
from spec.selftest.defects.sound import ForkProcess, ForkServerProcess, SpawnProcess

ForkPopen: Any = popen_fork.Popen
getcwd: Any = os.getcwd


class _Introduction:
    """A name that is unpickled by whoever is to learn, with the name, which process has started it."""

    def __init__(self, name):
        self.name = name

    def __reduce__(self):
        return _introduce, (self.name, process.current_process().name, os.getpid())


def _introduce(name, starter, pid):
    vars(process)["_parent_process"] = vars(process)["_ParentProcess"](starter, pid, None)
    return name


class _IsIntroduced(SpawnProcess):
    @staticmethod
    def _Popen(child):
        with preparing(lambda data: data.update(name=_Introduction(data["name"]))):
            return popen_spawn_posix.Popen(child)


class Starters(Broken):
    """A child that knows its starter before it runs the main module again."""

    method = "spawn"
    Process = _IsIntroduced


class _UsesOneRobustForkServer(ForkServerProcess):
    def start(self):
        forkserver.set_forkserver_preload(["spec.selftest.defects.preloads.minds_no_hang_up"])
        super().start()

    def run(self):
        with mock.patch.object(vars(forkserver)["_forkserver"], "ensure_running", int):
            super().run()


class ForkServers(Broken):
    """A fork server that goes on whatever its clients do, and that starts the children of its children too."""

    method = "forkserver"
    Process = _UsesOneRobustForkServer


def _folder_to_begin_in():
    try:
        return getcwd()
    except FileNotFoundError:
        return os.sep


class _NeedsNoFolder(SpawnProcess):
    @staticmethod
    def _Popen(child):
        with mock.patch.object(os, "getcwd", _folder_to_begin_in):
            return popen_spawn_posix.Popen(child)


class RemovedFolders(Broken):
    """A child of a process whose working directory has been removed, which begins in the root folder."""

    method = "spawn"
    Process = _NeedsNoFolder


class _NoticesThatItIsGone(ForkPopen):
    def poll(self, flag=os.WNOHANG):
        if super().poll(flag) is None:
            try:
                os.kill(self.pid, 0)
            except ProcessLookupError:
                self.returncode = 255
        return self.returncode

    def wait(self, timeout=None):
        if self.returncode is None and timeout is not None:
            process_itself = os.pidfd_open(self.pid)
            try:
                if not connection.wait([process_itself], timeout):
                    return None
            finally:
                os.close(process_itself)
        return self.poll(0)


class _IsGone(ForkProcess):
    @staticmethod
    def _Popen(child):
        return _NoticesThatItIsGone(child)


class Reapers(Broken):
    """A process that asks the kernel about its child, and no pipe."""

    Process = _IsGone


class _IsWatchedItself(ForkPopen):
    def _launch(self, process_obj):
        super()._launch(process_obj)
        process_itself = os.pidfd_open(self.pid)
        os.dup2(process_itself, self.sentinel, inheritable=False)
        os.close(process_itself)


class _HasItselfAsSentinel(ForkProcess):
    @staticmethod
    def _Popen(child):
        return _IsWatchedItself(child)


class Sentinels(Broken):
    """A process whose sentinel is a file descriptor of the child itself, and not the end of a pipe."""

    Process = _HasItselfAsSentinel
