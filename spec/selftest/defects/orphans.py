"""Children and fork servers with a fault when their starter ends."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import signal
import struct
import threading
from multiprocessing import connection, forkserver, popen_fork, process, util
from typing import Any

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.sound import ForkProcess, ForkServerProcess, SpawnProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

Popen: Any = popen_fork.Popen

PR_SET_PDEATHSIG = 1


class _KilledWithItsStarter(ForkProcess):
    def run(self):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        super().run()


@family.breaks("orphan.goes-on-running", "orphan.goes-on-running-when-the-parent-is-killed")
class DiesWithTheStarter(Broken):
    """The kernel kills a child when its starter dies."""

    Process = _KilledWithItsStarter


class _WatchesItsStarter(SpawnProcess):
    def run(self):
        if not self.daemon:
            threading.Thread(target=_end_after, args=(process.parent_process(),), daemon=True).start()
        super().run()


def _end_after(starter):
    connection.wait([starter.sentinel])
    os._exit(1)


@family.breaks("orphan.goes-on-running", "orphan.goes-on-running-when-the-parent-is-killed")
class EndsAfterTheStarter(Broken):
    """A child notices the end of its starter and exits in the middle of its work."""

    method = "spawn"
    Process = _WatchesItsStarter


class _FailsAlone(ForkProcess):
    def run(self):
        try:
            super().run()
        finally:
            starter = process.parent_process()
            if starter and not starter.is_alive():
                os._exit(1)


@family.breaks("orphan.is-reaped-by-its-adopter")
class OrphansFail(Broken):
    """An orphan that cannot report its end exits with status 1, whatever status it asks for."""

    Process = _FailsAlone


class _KnowsOneParent(SpawnProcess):
    def run(self):
        os.getppid = functools.partial(int, os.getppid())
        super().run()


@family.breaks("orphan.sees-its-new-parent")
class RemembersItsParent(Broken):
    """A child looks up the pid of its parent once, when it starts."""

    method = "spawn"
    Process = _KnowsOneParent


class _Guarded(Popen):
    """A process with a guard: the starter's child is the guard, and the pid is that of the guard's child."""

    pid: Any

    def _launch(self, child):
        told, tell = os.pipe()
        child._bootstrap = functools.partial(_guard, child._bootstrap, tell)
        super()._launch(child)
        del child._bootstrap
        self._guard = self.pid
        os.close(tell)
        [self.pid] = struct.unpack("q", os.read(told, 8))
        os.close(told)

    def poll(self, flag=os.WNOHANG):
        child, self.pid = self.pid, self._guard
        try:
            return super().poll(flag)
        finally:
            self.pid = child


def _guard(bootstrap, tell, **options):
    pid = os.fork()
    if pid == 0:
        os.close(tell)
        return bootstrap(**options)
    os.write(tell, struct.pack("q", pid))
    os.close(tell)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code < 0:
        if -code not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


class _GuardedProcess(ForkProcess):
    _Popen = _Guarded


@family.breaks(
    "orphan.is-adopted", "orphan.is-adopted-by-the-nearest-subreaper", "orphan.is-not-adopted-by-other-ancestors"
)
class GuardsEachChild(Broken):
    """Between the starter and each child there is a process that waits for the child and then exits as it did."""

    Process = _GuardedProcess


def _preloading(name):
    def start(child):
        forkserver.set_forkserver_preload([f"spec.selftest.defects.preloads.{name}"])
        return ForkServerProcess._Popen(child)

    return start


class _OfAFaithfulServer(ForkServerProcess):
    _Popen = staticmethod(_preloading("dies_with_its_starter"))


@family.breaks("orphan.keeps-the-helper-as-its-parent", "orphan.helper-ends-after-it")
class ForkServerDiesWithTheStarter(Broken):
    """The fork server dies with its starter, and its children become orphans."""

    method = "forkserver"
    Process = _OfAFaithfulServer


class _OfARuthlessServer(ForkServerProcess):
    _Popen = staticmethod(_preloading("takes_its_children_along"))


@family.breaks("orphan.goes-on-running-when-the-parent-is-killed", "orphan.keeps-the-helper-as-its-parent")
class ForkServerTakesItsChildrenAlong(Broken):
    """When its starter dies, the fork server kills its children and exits."""

    method = "forkserver"
    Process = _OfARuthlessServer


class _OfAHiddenServer(ForkServerProcess):
    _Popen = staticmethod(_preloading("stands_behind_another"))


@family.breaks("identity.helper-is-the-parent")
class ForkServerStandsBehindAnother(Broken):
    """The fork server is a child of another process, not of the starter."""

    method = "forkserver"
    Process = _OfAHiddenServer


class _OfAnEndlessServer(ForkServerProcess):
    @staticmethod
    def _Popen(child):
        spawn, util.spawnv_passfds = util.spawnv_passfds, _pass_both_ends
        try:
            return ForkServerProcess._Popen(child)
        finally:
            util.spawnv_passfds = spawn


def _pass_both_ends(path, args, fds, spawn=util.spawnv_passfds):
    if "forkserver" in args[-1]:
        pipes = {os.fstat(fd).st_ino for fd in fds}
        fds = [int(fd) for fd in os.listdir("/proc/self/fd") if _inode(int(fd)) in pipes]
    return spawn(path, args, fds)


def _inode(fd):
    with contextlib.suppress(OSError):  # the descriptor of the listing itself is closed
        return os.fstat(fd).st_ino


@family.breaks("orphan.helper-ends-after-it")
class ForkServerNeverEnds(Broken):
    """The fork server itself holds the other end of the pipe that would tell it to end."""

    method = "forkserver"
    Process = _OfAnEndlessServer
