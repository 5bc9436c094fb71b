"""Processes with a wrong pid, parent or starter."""

from __future__ import annotations

import copy
import multiprocessing
import os
from multiprocessing import popen_fork, util
from typing import Any

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.sound import ForkProcess, ForkServerProcess, SpawnProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

Popen: Any = popen_fork.Popen


class RunsInAWrapper(ForkProcess):
    def run(self):
        pid = os.fork()
        if pid == 0:
            super().run()
        else:
            os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 255)


@family.breaks("identity.pid-is-the-childs-own", "identity.starter-is-the-parent")
class PidIsTheWrappers(Broken):
    """A child runs inside another process, as under a shell, and the pid is that of the outer process."""

    Process = RunsInAWrapper


class HasTheForkServersPid(ForkServerProcess):
    def start(self):
        super().start()
        with open(f"/proc/{self._popen.pid}/stat") as stat:
            self._popen.pid = int(stat.read().rpartition(")")[2].split()[1])


@family.breaks("identity.pid-is-the-childs-own")
class PidIsTheForkServers(Broken):
    """The pid of a child is that of the fork server."""

    method = "forkserver"
    Process = HasTheForkServersPid


class HasTheYoungestsPid(ForkProcess):
    youngest = None

    def start(self):
        super().start()
        HasTheYoungestsPid.youngest = self._popen.pid

    @property
    def pid(self):
        pid = super().pid
        return pid if pid in (None, os.getpid()) else self.youngest


@family.breaks("identity.live-children-have-pids-of-their-own")
class PidIsTheYoungests(Broken):
    """All process objects share one pid, that of the child that was started last."""

    Process = HasTheYoungestsPid


class ForksTwice(Popen):
    def _launch(self, process_obj):
        sentinel, held = os.pipe()
        between = os.fork()
        if between == 0:
            os.write(held, Popen(process_obj).pid.to_bytes(4, "big"))
            os._exit(0)
        os.close(held)
        os.waitpid(between, 0)
        self.pid = int.from_bytes(os.read(sentinel, 4), "big")
        self.sentinel = sentinel
        self.finalizer = util.Finalize(self, os.close, (sentinel,))


class OrphansItsChildren(ForkProcess):
    @staticmethod
    def _Popen(process_obj):
        started_by_main = multiprocessing.parent_process() is None
        return Popen(process_obj) if started_by_main else ForksTwice(process_obj)


@family.breaks("identity.child-is-the-parent-of-its-children")
class GrandchildIsAnOrphan(Broken):
    """A child's child is started by an intermediate process that exits at once."""

    Process = OrphansItsChildren


class NeedsNoForkServer(SpawnProcess):
    _start_method = "forkserver"


@family.breaks("identity.helper-is-the-parent", "zombie.starter-never-holds-it")
class ForkServerIsMissing(Broken):
    """The start method is called forkserver, but the starter itself is the child's parent."""

    method = "forkserver"
    Process = NeedsNoForkServer


@family.breaks("identity.child-knows-its-starter")
class StarterIsUnknown(Broken):
    """In a child, `parent_process()` is None."""

    def parent_process(self):
        return None


def the_parent():
    """Return the object for the starter, with a wrong pid."""
    starter: Any = copy.copy(multiprocessing.parent_process())
    if starter is not None:
        starter._pid = os.getppid()
    return starter


@family.breaks("identity.child-knows-its-starter")
class StarterIsTheForkServer(Broken):
    """In a child, `parent_process()` has the pid of the fork server."""

    method = "forkserver"
    parent_process = staticmethod(the_parent)


@family.breaks("identity.child-knows-its-starter")
class StarterIsCalledMain(Broken):
    """In a child, the name of `parent_process()` is always MainProcess."""

    def parent_process(self):
        starter = copy.copy(multiprocessing.parent_process())
        if starter is not None:
            starter.name = "MainProcess"
        return starter


class KeepsTheFirstStarter(ForkProcess):
    starter: Any = None

    def run(self):
        if self.starter is None:
            KeepsTheFirstStarter.starter = multiprocessing.parent_process()
        super().run()


@family.breaks("identity.child-knows-its-starter")
class StarterIsMain(Broken):
    """In a child's child, `parent_process()` is the main process."""

    Process = KeepsTheFirstStarter

    def parent_process(self):
        return self.Process.starter


@family.breaks("identity.main-has-no-starter")
class MainStartedItself(Broken):
    """In the main program, `parent_process()` is the program itself."""

    def parent_process(self):
        return multiprocessing.parent_process() or multiprocessing.current_process()


class DoesNotKnowItsPid(ForkProcess):
    @property
    def pid(self):
        return None if self is multiprocessing.current_process() else super().pid


@family.breaks("identity.each-process-knows-itself", "identity.threads-know-their-process")
class OwnPidIsUnknown(Broken):
    """In a child, the pid of `current_process()` is None."""

    Process = DoesNotKnowItsPid


@family.breaks("identity.each-process-knows-itself", "identity.threads-know-their-process")
class CurrentProcessIsInherited(Broken):
    """In a forked child, `current_process()` is the starter."""

    def current_process(self):
        found: Any = copy.copy(multiprocessing.parent_process() or multiprocessing.current_process())
        found._config = {}
        return found


class HasPidZero(ForkProcess):
    @property
    def ident(self):
        return super().ident or 0

    pid = ident


@family.breaks("identity.no-pid-before-start")
class PidIsZeroBeforeStart(Broken):
    """The pid of a process that was not started is 0."""

    Process = HasPidZero


class StartsAtOnce(ForkProcess):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        super().start()

    def start(self):
        pass


@family.breaks("lifecycle.not-alive-before-start", "isolation.arguments-are-copied-at-the-start")
class StartsWhenMade(Broken):
    """A process is started when the process object is made."""

    Process = StartsAtOnce


class HasItsNumberForIdent(ForkProcess):
    @property
    def ident(self):
        return super().ident and self._identity[-1]


@family.breaks("identity.ident-is-the-pid")
class IdentIsTheNumber(Broken):
    """The ident of a child is the number in its default name."""

    Process = HasItsNumberForIdent


class ForgetsItsPid(ForkProcess):
    @property
    def ident(self):
        ended = self is not multiprocessing.current_process() and self.exitcode is not None
        return None if ended else super().ident

    pid = ident


@family.breaks("identity.is-known-after-the-join")
class PidIsForgotten(Broken):
    """The pid of a child is None after the child has ended."""

    Process = ForgetsItsPid


class LosesItsName(ForkProcess):
    def join(self, timeout=None):
        super().join(timeout)
        if self.exitcode is not None:
            self.name = f"{type(self).__name__} (ended)"


@family.breaks("identity.is-known-after-the-join")
class NameIsForgotten(Broken):
    """The name of a child changes when it is joined."""

    Process = LosesItsName


class AsksTheStarterOnly(ForkProcess):
    def is_alive(self):
        assert self._parent_pid == os.getpid(), "can only test a child process"
        return super().is_alive()


@family.breaks("identity.each-process-knows-itself")
class NobodyIsAliveToHimself(Broken):
    """In a child, `current_process().is_alive()` raises an exception."""

    Process = AsksTheStarterOnly
