"""Zombies that are reaped too early, by the wrong call or not at all, and joins that refuse nobody."""

from __future__ import annotations

import contextlib
import functools
import multiprocessing.process
import os
import signal
from multiprocessing import connection, forkserver, popen_fork, popen_forkserver
from typing import Any

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.sound import ForkProcess, ForkServerProcess, SpawnProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

ForkPopen: Any = popen_fork.Popen
ForkServerPopen: Any = popen_forkserver.Popen
process: Any = multiprocessing.process


def _has_exited(pid):
    """Return whether *pid* is a child of the caller and a zombie, without reaping it."""
    with contextlib.suppress(ChildProcessError):
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    return False


class _WaitedForOnly(ForkProcess):
    def join(self, timeout=None):
        if self.pid is None or self._parent_pid != os.getpid():
            super().join(timeout)
        elif timeout is None or connection.wait([self.sentinel], timeout):
            if self._popen.returncode is None:
                os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
            process._children.discard(self)


@family.breaks("zombie.joining-reaps-each")
class JoinDoesNotReap(Broken):
    """A join waits until the child has exited, but leaves it a zombie until its exit code is read."""

    Process = _WaitedForOnly


class _JoinedForGood(ForkProcess):
    def is_alive(self):
        if self._popen is not None and self._parent_pid == os.getpid() and _has_exited(self.pid):
            return False
        return super().is_alive()


@family.breaks("zombie.is-alive-reaps")
class IsAliveDoesNotReap(Broken):
    """`is_alive()` leaves a child that has exited a zombie."""

    Process = _JoinedForGood


@family.breaks("zombie.active-children-reaps")
class ActiveChildrenDoesNotReap(Broken):
    """`active_children()` leaves all zombies."""

    method = "spawn"

    def active_children(self):
        return [child for child in process._children if not _has_exited(child.pid)]


@family.breaks("zombie.active-children-reaps")
class ActiveChildrenReapsOne(Broken):
    """`active_children()` reaps only one zombie."""

    def active_children(self):
        exited = [child for child in process._children if _has_exited(child.pid)]
        for child in exited[:1]:
            child.join()
        return [child for child in process._children if child not in exited]


@family.breaks("zombie.active-children-reaps")
class ReapsStrangers(Broken):
    """`active_children()` also reaps children that the API has not started."""

    def active_children(self):
        active = process.active_children()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        return active


class _StartedOnly(SpawnProcess):
    def start(self):
        cleanup, process._cleanup = process._cleanup, int
        try:
            super().start()
        finally:
            process._cleanup = cleanup


def _look_at_all():
    """Look at all children of the API, without reaping any.

    Raises:
        ChildProcessError: one was reaped without the API.
    """
    for child in process.active_children():
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)


class _LooksAtAll(ForkProcess):
    def start(self):
        _look_at_all()
        super().start()


@family.breaks("zombie.reaped-by-another-disturbs-no-other")
class MissesWhatAnotherReaped(Broken):
    """Once a child was reaped without the API, nothing can be started, and nobody told which children are active."""

    Process = _LooksAtAll

    def active_children(self):
        _look_at_all()
        return process.active_children()


@family.breaks("zombie.starting-another-reaps")
class StartingDoesNotReap(Broken):
    """`start()` leaves all zombies."""

    method = "spawn"
    Process = _StartedOnly


class _ReapedAtOnce(ForkProcess):
    def start(self):
        super().start()
        signal.signal(signal.SIGCHLD, _reap)
        _reap()  # it may have exited before its pid was known


def _reap(*_):
    for child in list(process._children):
        child._popen.poll()


@family.breaks(
    "zombie.lingers-until-joined", "zombie.holds-no-memory-and-no-files", "zombie.keeps-exit-status-and-cpu-time"
)
class ReapsAtSigchld(Broken):
    """A signal handler reaps each child as soon as it exits."""

    Process = _ReapedAtOnce


class _Unnoticed(ForkProcess):
    def start(self):
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        super().start()


@family.breaks("zombie.piles-up", "zombie.wait-frees-the-pid", "zombie.kill-cannot-remove-it")
class IgnoresSigchld(Broken):
    """SIGCHLD is ignored, so there are no zombies and no exit codes."""

    Process = _Unnoticed


class _Attentive(ForkProcess):
    def start(self):
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        super().start()


@family.breaks("zombie.ignored-sigchld-leaves-none")
class InsistsOnSigchld(Broken):
    """`start()` sets the user's action for SIGCHLD back to the default."""

    Process = _Attentive


class _Told(ForkPopen):
    """A process whose child sends its exit code through a pipe and exits with status 0."""

    returncode: Any

    def _launch(self, child):
        self._told, tell = os.pipe()
        child._bootstrap = functools.partial(_tell, child._bootstrap, tell)
        super()._launch(child)
        del child._bootstrap
        os.close(tell)

    def poll(self, flag=os.WNOHANG):
        known = self.returncode is not None
        if super().poll(flag) is not None and not known:
            told = os.read(self._told, 1)
            os.close(self._told)
            if self.returncode == 0 and told:
                self.returncode = told[0]
        return self.returncode


def _tell(bootstrap, tell, **options):
    code = bootstrap(**options)
    os.write(tell, bytes([code % 256]))
    return 0


class _ToldProcess(ForkProcess):
    _Popen = _Told


@family.breaks("zombie.keeps-exit-status-and-cpu-time")
class TellsTheStarterOnly(Broken):
    """A child sends its exit code through a pipe, and its exit status for the kernel is always 0."""

    Process = _ToldProcess


class _JoinedByStrangers(SpawnProcess):
    def join(self, timeout=None):
        if self._parent_pid == os.getpid():
            super().join(timeout)


@family.breaks("zombie.only-the-parent-may-join")
class StrangersMayJoin(Broken):
    """A process that did not start the child may join it, and the join does nothing."""

    method = "spawn"
    Process = _JoinedByStrangers


class _JoinedUnstarted(ForkServerProcess):
    def join(self, timeout=None):
        if self._closed or self._popen is not None:
            super().join(timeout)


@family.breaks("zombie.nothing-unstarted-may-be-joined")
class UnstartedMayBeJoined(Broken):
    """Joining a process that was not started does nothing."""

    method = "forkserver"
    Process = _JoinedUnstarted


_started: list[Any] = []


class _Listed(ForkProcess):
    def start(self):
        super().start()
        _started.append(self)


@family.breaks("zombie.join-drops-the-child")
class ActiveChildrenAreAll(Broken):
    """`active_children()` also lists children that have ended and were joined."""

    Process = _Listed

    def active_children(self):
        process.active_children()
        return list(_started)


class _Lost(ForkServerProcess):
    def start(self):
        super().start()
        process._children.discard(self)
        _started.append(self)  # otherwise the child would take the end of this object for the end of the starter


@family.breaks("zombie.join-drops-the-child")
class NoChildIsActive(Broken):
    """`active_children()` lists no child of the fork server, and the program does not wait for them."""

    method = "forkserver"
    Process = _Lost


class _Uncounted(ForkServerPopen):
    def poll(self, flag=os.WNOHANG):
        code = super().poll(flag)
        return code and min(code, 1)


class _UncountedProcess(ForkServerProcess):
    _Popen = _Uncounted


@family.breaks("zombie.starter-still-gets-the-exit-code")
class ForkServerTellsFailureOnly(Broken):
    """The starter learns only whether a child of the fork server has failed, not its exit code."""

    method = "forkserver"
    Process = _UncountedProcess


class _NotReaped(ForkServerProcess):
    @staticmethod
    def _Popen(child):
        forkserver.set_forkserver_preload(["spec.selftest.defects.preloads.leaves_zombies"])
        return ForkServerProcess._Popen(child)


@family.breaks("zombie.starter-never-holds-it")
class ForkServerDoesNotReap(Broken):
    """The fork server reports how its children have ended, but does not reap them."""

    method = "forkserver"
    Process = _NotReaped
