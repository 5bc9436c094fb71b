"""Processes that are not who they should be, or whose children should not be."""

from __future__ import annotations

import copy
import multiprocessing
import os
from multiprocessing import popen_fork, util
from typing import Any

from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

ForkProcess: Any = multiprocessing.get_context("fork").Process
SpawnProcess: Any = multiprocessing.get_context("spawn").Process
ForkServerProcess: Any = multiprocessing.get_context("forkserver").Process
Popen: Any = popen_fork.Popen


class RunsInAWrapper(ForkProcess):
    def run(self):
        pid = os.fork()
        if pid == 0:
            super().run()
        else:
            os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 255)


@family.breaks(
    "fanout.join-waits-for-its-own-child-only",
    "identity.pid-is-the-childs-own",
    "identity.starter-is-the-parent",
    "identity.child-is-the-parent-of-its-children",
    "identity.ident-is-the-pid",
    "identity.live-children-have-pids-of-their-own",
    spoils=[
        "identity.",
        "lifecycle.",
        "daemon.",
        "orphan.",
        "zombie.",
        "lock.admits-one-buyer-at-a-time",
        "queue.pipe-ends-with-the-last-sender",
        "joinable.consumer-ends-with-main",
    ],
    why="claims know a child by its pid, and signals do not reach the wrapped one",
)
class PidIsTheWrappers(Broken):
    """A child is wrapped into another process, as by a shell, and the pid is that one's."""

    Process = RunsInAWrapper


class HasTheHelpersPid(ForkServerProcess):
    def start(self):
        super().start()
        with open(f"/proc/{self._popen.pid}/stat") as stat:
            self._popen.pid = int(stat.read().rpartition(")")[2].split()[1])


@family.breaks(
    "isolation.child-is-returned-joined",
    "identity.pid-is-the-childs-own",
    "identity.ident-is-the-pid",
    "identity.live-children-have-pids-of-their-own",
    spoils=[
        "identity.",
        "lifecycle.",
        "daemon.",
        "fanout.",
        "zombie.",
        "lock.admits-one-buyer-at-a-time",
        "isolation.child-begins-with-fresh-memory",
        "joinable.consumer-ends-with-main",
    ],
    why="claims know a child by its pid, and signals go to the fork server",
)
class PidIsTheHelpers(Broken):
    """The pid of a child is that of the fork server."""

    method = "forkserver"
    Process = HasTheHelpersPid


class HasTheYoungestsPid(ForkProcess):
    youngest = None

    def start(self):
        super().start()
        HasTheYoungestsPid.youngest = self._popen.pid

    @property
    def pid(self):
        pid = super().pid
        return pid if pid in (None, os.getpid()) else self.youngest


@family.breaks(
    "identity.live-children-have-pids-of-their-own",
    "identity.default-names-are-unique",
    "identity.child-knows-whether-it-is-a-daemon",
    "lifecycle.terminate-sends-sigterm",
    "lifecycle.sentinel-is-the-childs-own",
    "lifecycle.active-children-are-ones-own",
    spoils=["fanout.", "zombie.", "lock.admits-one-buyer-at-a-time"],
    why="claims know a child by its pid",
)
class PidIsTheYoungests(Broken):
    """The pid is kept by the class, so that all children have that of the one that was started last."""

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


@family.breaks(
    "lifecycle.child-gets-the-exit-codes-of-its-own",
    "lock.is-handed-on-to-a-childs-child",
    "identity.child-is-the-parent-of-its-children",
    "lifecycle.waits-for-its-children",
)
class GrandchildIsAnOrphan(Broken):
    """A child's child is started as daemons are, by a process in between that leaves at once."""

    Process = OrphansItsChildren


class NeedsNoHelper(SpawnProcess):
    _start_method = "forkserver"


@family.breaks(
    "identity.helper-is-the-parent",
    "orphan.keeps-the-helper-as-its-parent",
    "orphan.helper-ends-after-it",
    "isolation.helper-keeps-its-environment",
    "isolation.helper-preloads-modules",
    "zombie.starter-still-gets-the-exit-code",
    "zombie.starter-never-holds-it",
    "isolation.killed-helper-is-replaced",
)
class HelperIsMissing(Broken):
    """The start method is called forkserver, and the starter itself is the parent."""

    method = "forkserver"
    Process = NeedsNoHelper


@family.breaks(
    "identity.child-knows-its-starter",
    "daemon.can-find-out-that-main-was-killed",
    "daemon.can-join-main",
)
class StarterIsUnknown(Broken):
    """In a child, `parent_process()` is None."""

    def parent_process(self):
        return None


def the_parent():
    """Return the starter, as it should be, but for its pid."""
    starter: Any = copy.copy(multiprocessing.parent_process())
    if starter is not None:
        starter._pid = os.getppid()
    return starter


@family.breaks(
    "identity.child-knows-its-starter",
    "daemon.can-find-out-that-main-was-killed",
)
class StarterIsTheHelper(Broken):
    """In a child, the pid of `parent_process()` is that of its parent in the process table, the fork server."""

    method = "forkserver"
    parent_process = staticmethod(the_parent)


@family.breaks("identity.child-knows-its-starter")
class StarterIsCalledMain(Broken):
    """In a child, `parent_process()` is called MainProcess, also if it is a child itself."""

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
    """The child of a child takes the first starter of all, whom it inherits, for its own."""

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
    """The pid is known only to the starter: the child has None for its own."""

    Process = DoesNotKnowItsPid


@family.breaks(
    "identity.each-process-knows-itself",
    "identity.child-has-the-name-it-was-given",
    "identity.any-text-can-be-the-name",
    "identity.default-names-are-unique",
    "identity.default-name-tells-the-descent",
    "identity.renamed-before-start",
    "identity.renamed-while-it-runs",
    "identity.child-knows-whether-it-is-a-daemon",
    "sharing.wrong-authkey-is-refused",
    "identity.threads-know-their-process",
)
class CurrentProcessIsInherited(Broken):
    """A forked child takes the process that started it for itself."""

    def current_process(self):
        found: Any = copy.copy(multiprocessing.parent_process() or multiprocessing.current_process())
        found._config = {}
        return found


class HasPidZero(ForkProcess):
    @property
    def ident(self):
        return super().ident or 0

    pid = ident


@family.breaks(
    "identity.no-pid-before-start",
    "identity.ident-is-the-pid",
    "lifecycle.failed-start-changes-nothing",
)
class PidIsZeroBeforeStart(Broken):
    """The pid of a process that was not started is 0."""

    Process = HasPidZero


class StartsAtOnce(ForkProcess):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        super().start()

    def start(self):
        pass


@family.breaks(
    "daemon.each-ends-with-main",
    "daemon.may-have-no-children",
    "identity.no-pid-before-start",
    "identity.renamed-before-start",
    "lifecycle.not-alive-before-start",
    "lifecycle.starts-once",
    "lifecycle.no-sentinel-before-start",
    "zombie.nothing-unstarted-may-be-joined",
    "isolation.arguments-are-copied-at-the-start",
    "queue.items-of-a-daemon-arrive",
    spoils=["daemon.", "lifecycle.", "identity.", "joinable.consumer-ends-with-main"],
    why="what is declared of a process, or done with it, before its start comes too late",
)
class StartsWhenMade(Broken):
    """A process is started when it is made."""

    Process = StartsAtOnce


class HasItsNumberForIdent(ForkProcess):
    @property
    def ident(self):
        return super().ident and self._identity[-1]


@family.breaks("identity.ident-is-the-pid", "identity.is-known-after-the-join")
class IdentIsTheNumber(Broken):
    """The ident of a child is the number in its default name."""

    Process = HasItsNumberForIdent


class ForgetsItsPid(ForkProcess):
    @property
    def ident(self):
        ended = self is not multiprocessing.current_process() and self.exitcode is not None
        return None if ended else super().ident

    pid = ident


@family.breaks(
    "lifecycle.child-gets-the-exit-codes-of-its-own",
    "isolation.child-is-returned-joined",
    "fanout.join-waits-for-its-own-child-only",
    "identity.is-known-after-the-join",
    spoils=["lifecycle.", "zombie."],
    why="claims look a child that has ended up by its pid",
)
class PidIsForgotten(Broken):
    """The pid of a child is None once the child has ended."""

    Process = ForgetsItsPid


class LosesItsName(ForkProcess):
    def join(self, timeout=None):
        super().join(timeout)
        if self.exitcode is not None:
            self.name = f"{type(self).__name__} (ended)"


@family.breaks("identity.is-known-after-the-join")
class NameIsForgotten(Broken):
    """A joined child is called by another name."""

    Process = LosesItsName


class AsksTheStarterOnly(ForkProcess):
    def is_alive(self):
        assert self._parent_pid == os.getpid(), "can only test a child process"
        return super().is_alive()


@family.breaks("identity.each-process-knows-itself")
class NobodyIsAliveToHimself(Broken):
    """A child is refused an answer to whether it is alive itself."""

    Process = AsksTheStarterOnly
