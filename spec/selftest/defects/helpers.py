"""Fork servers and resource trackers with a fault."""

from __future__ import annotations

import os
import stat
import tempfile
import threading
import uuid
import warnings
from multiprocessing import connection, forkserver, popen_forkserver, resource_tracker, util
from unittest import mock

from spec.claims.shared.long_paths import LONGEST_ADDRESS
from spec.selftest.defects import own_processes
from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.sound import ForkServerProcess, SpawnProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


class _Keeps(ForkServerProcess):
    def start(self):
        super().start()
        os.dup(self.sentinel)


@family.breaks("isolation.replaced-helper-leaves-no-file")
class LeavesFiles(Broken):
    """Each start leaves a file open in the starter."""

    method = "forkserver"
    Process = _Keeps


class _AtAnAbstractAddress(ForkServerProcess):
    @staticmethod
    def _Popen(child):
        address = f"\0spec-{uuid.uuid4().hex}"
        with mock.patch.object(connection, "arbitrary_address", lambda _family: address):
            return popen_forkserver.Popen(child)


@family.breaks("isolation.helper-listens-at-no-abstract-address")
class ListensAtAnAbstractAddress(Broken):
    """The fork server listens at an abstract address, to which processes of all users can connect."""

    method = "forkserver"
    Process = _AtAnAbstractAddress


class _OpenToAll(ForkServerProcess):
    def start(self):
        super().start()
        address = vars(forkserver)["_forkserver"]._forkserver_address
        if not address.startswith("\0"):
            os.chmod(address, stat.S_IMODE(os.stat(address).st_mode) | 0o066)


@family.breaks("isolation.helper-serves-its-user-only")
class ServesAllUsers(Broken):
    """All users may use the socket of the fork server."""

    method = "forkserver"
    Process = _OpenToAll


@family.breaks("lock.names-that-are-left-make-a-warning", "lock.killed-tracker-is-replaced")
class RemovesWithoutAWord(Broken):
    """Nothing is said when names are left over, or when the resource tracker, which removes them, has died."""

    method = "spawn"

    def Lock(self):
        os.environ["PYTHONWARNINGS"] = "ignore"
        warnings.simplefilter("ignore")
        return self.context.Lock()


@family.breaks("lock.reaped-tracker-is-replaced")
class MissesItsTracker(Broken):
    """A lock cannot be made if the resource tracker was reaped by somebody else."""

    method = "spawn"

    def Lock(self):
        tracker = vars(resource_tracker)["_resource_tracker"]._pid
        if tracker is not None:
            os.waitpid(tracker, os.WNOHANG)
        return self.context.Lock()


class _NotReentrant:
    def __init__(self):
        self.lock = threading.Lock()

    def __enter__(self):
        self.lock.acquire()

    def __exit__(self, *exception):
        self.lock.release()

    def _recursion_count(self):
        return 1


@family.breaks("lock.is-made-though-another-is-dropped-meanwhile")
class WaitsForItself(Broken):
    """A lock that is dropped while another one is made waits until that is made."""

    method = "spawn"

    def Lock(self):
        tracker = vars(resource_tracker)["_resource_tracker"]
        if not isinstance(tracker._lock, _NotReentrant):
            tracker._lock = _NotReentrant()
        return self.context.Lock()


@family.breaks("lock.tracker-minds-no-signal")
class TrackerMindsSignals(Broken):
    """A signal that ends other processes ends the resource tracker as well."""

    method = "spawn"

    def Lock(self):
        with mock.patch.object(util, "spawnv_passfds", _start_minding_signals):
            return self.context.Lock()


_spawnv_passfds = util.spawnv_passfds


def _start_minding_signals(path, args, passfds):
    *options, command = args
    return _spawnv_passfds(path, [*options, f"import signal; signal.signal = print; {command}"], passfds)


def _fork_and_spawn(path, args, passfds):
    pid = os.fork()
    if pid == 0:
        _spawnv_passfds(path, args, passfds)
        os._exit(0)
    return pid


@family.breaks("isolation.starter-runs-no-fork-handlers")
class ForksForItsTracker(Broken):
    """A lock is made by a process that forks, with all handlers of forks, to start the resource tracker."""

    method = "spawn"

    def Lock(self):
        with mock.patch.object(util, "spawnv_passfds", _fork_and_spawn):
            return self.context.Lock()


def _stop_tracker():
    tracker = vars(resource_tracker)["_resource_tracker"]
    os.close(tracker._fd)
    os.waitpid(tracker._pid, 0)
    tracker._fd = tracker._pid = None


@family.breaks("lifecycle.program-whose-helpers-the-kernel-reaps-is-silent")
class ReapsItsTracker(Broken):
    """A program that ends waits for the resource tracker, and fails if somebody else has reaped it."""

    method = "spawn"

    def Lock(self):
        if vars(resource_tracker)["_resource_tracker"]._pid is None:
            util.Finalize(None, _stop_tracker, exitpriority=-1000)
        return self.context.Lock()


def _needs_a_short_path():
    if len(tempfile.gettempdir()) > LONGEST_ADDRESS:
        raise OSError("AF_UNIX path too long")


class _NeedsAShortPath(own_processes.ForkServerProcess):
    def start(self):
        _needs_a_short_path()
        super().start()


@family.breaks("isolation.path-to-temporary-files-may-be-long", "sharing.path-to-temporary-files-may-be-long")
class NeedsAShortPath(Broken):
    """Neither a fork server nor the server of a manager can listen if the path to temporary files is long."""

    method = "forkserver"
    Process = _NeedsAShortPath

    def Manager(self):
        _needs_a_short_path()
        return self.context.Manager()


class _HasItsOwnTracker(SpawnProcess):
    def run(self):
        tracker = vars(resource_tracker)["_resource_tracker"]
        tracker._fd = tracker._pid = None
        super().run()


@family.breaks("lock.one-tracker-serves-all")
class OneTrackerForEachProcess(Broken):
    """Each process starts a resource tracker of its own."""

    method = "spawn"
    Process = _HasItsOwnTracker
