"""APIs with a fault that somebody has reported of a library: what is right in most places is wrong in one."""

from __future__ import annotations

import atexit
import errno
import importlib.util
import mmap
import os
import signal
import sys
import threading
import warnings
from multiprocessing import connection, forkserver, popen_fork, popen_spawn_posix, process, util
from multiprocessing.managers import DictProxy as ProxyOfDict
from queue import Empty
from typing import Any
from unittest import mock

from spec.selftest.defects import own_processes, sound
from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.handovers import preparing
from spec.selftest.defects.proxies import BrokenDict

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

ForkProcess: Any = own_processes.ForkProcess
SpawnProcess: Any = own_processes.SpawnProcess
ForkServerProcess: Any = own_processes.ForkServerProcess
DictProxy: Any = ProxyOfDict
ForkPopen: Any = popen_fork.Popen
LONGEST_ARGUMENT = 32 * mmap.PAGESIZE
"""How many bytes one argument of a program can have on Linux: see MAX_ARG_STRLEN in execve(2)."""


class _HasItsCommandLineLate(SpawnProcess):
    @staticmethod
    def _Popen(child):
        child.argv = sys.argv
        with preparing(lambda data: data.pop("sys_argv", None)):
            return popen_spawn_posix.Popen(child)

    def run(self):
        sys.argv = self.argv
        super().run()


@family.breaks(
    "isolation.command-line-is-there-while-main-runs-again",
    "isolation.unguarded-main-breaks",
    "identity.name-is-known-while-main-runs-again",
)
class CommandLineComesLate(Broken):
    """A child has its starter's command line only when it has run the main module again."""

    method = "spawn"
    Process = _HasItsCommandLineLate


class _HidesMain(SpawnProcess):
    def start(self):
        super().start()
        sys.modules.pop("__mp_main__", None)


@family.breaks("isolation.classes-of-main-are-known-on-both-sides")
class ForgetsWhatMainIsCalledInAChild(Broken):
    """A starter does not know the name under which its child has the main module."""

    method = "spawn"
    Process = _HidesMain


class _StartedByAShortLine(SpawnProcess):
    @staticmethod
    def _Popen(child):
        if len(repr(sys.argv)) > LONGEST_ARGUMENT:
            raise OSError(errno.E2BIG, os.strerror(errno.E2BIG))
        return popen_spawn_posix.Popen(child)


@family.breaks("isolation.command-line-may-be-long")
class CommandLineIsOneArgument(Broken):
    """A child gets its starter's command line as one argument, and cannot be started if that is too long."""

    method = "spawn"
    Process = _StartedByAShortLine


@family.breaks("isolation.helper-preloads-from-the-starters-path")
class PreloadsFromTheUsualPlaces(Broken):
    """The fork server preloads modules of the standard library, and passes over others."""

    method = "forkserver"
    Process = ForkServerProcess

    def set_forkserver_preload(self, module_names):
        usual = os.path.dirname(os.__file__)
        found = {name: importlib.util.find_spec(name) for name in module_names}
        self.context.set_forkserver_preload(
            [name for name, spec in found.items() if spec and os.path.dirname(spec.origin or "") == usual]
        )


@family.breaks("isolation.only-names-can-be-preloaded")
class PreloadsTexts(Broken):
    """What is to be preloaded is taken for a name, whatever it is."""

    method = "forkserver"

    def set_forkserver_preload(self, module_names):
        self.context.set_forkserver_preload([str(name) for name in module_names])


class _OfAServerThatWritesLate(ForkServerProcess):
    @staticmethod
    def _Popen(child):
        preloaded = vars(forkserver)["_forkserver"]._preload_modules
        late = "spec.selftest.defects.preloads.writes_late"
        if late not in preloaded:
            forkserver.set_forkserver_preload([late, *preloaded])
        return ForkServerProcess._Popen(child)


@family.breaks("isolation.output-of-a-preloaded-module-is-written-once")
class ForkServerWritesLate(Broken):
    """The fork server leaves it to its children to write out what was printed while it preloaded modules."""

    method = "forkserver"
    Process = _OfAServerThatWritesLate


class _WarnsOfThreads(SpawnProcess):
    def start(self):
        if threading.active_count() > 1:
            warnings.warn("this process is multi-threaded", DeprecationWarning, stacklevel=2)
        super().start()


@family.breaks("isolation.fresh-memory-needs-no-warning-of-threads")
class SpawnWarnsOfThreads(Broken):
    """A process that has a second thread is warned though it does not fork."""

    method = "spawn"
    Process = _WarnsOfThreads


class _HasItsNameLate(SpawnProcess):
    @staticmethod
    def _Popen(child):
        with preparing(lambda data: data.pop("name", None)):
            return popen_spawn_posix.Popen(child)


@family.breaks("identity.name-is-known-while-main-runs-again")
class NameComesLate(Broken):
    """A child has its name only when it has run the main module again."""

    method = "spawn"
    Process = _HasItsNameLate


class _HasTheFirstKey(ForkProcess):
    first = process.current_process().authkey

    def run(self):
        process.current_process().authkey = self.first
        super().run()


@family.breaks("identity.child-has-the-starters-authkey")
class ChildHasTheFirstAuthkey(Broken):
    """A child has the authkey that its starter began with, whatever the starter has now."""

    Process = _HasTheFirstKey


class _KeepsTheChildsEnd(SpawnProcess):
    @staticmethod
    def _Popen(child):
        kept, pipe = [], os.pipe

        def keeping():
            ends = pipe()
            kept.append(os.dup(ends[0]))
            return ends

        with mock.patch.object(os, "pipe", keeping):
            popen = popen_spawn_posix.Popen(child)
        for end in kept:
            os.close(end)
        return popen


@family.breaks("lifecycle.start-ends-though-the-child-does-meanwhile")
class StarterKeepsTheChildsEnd(Broken):
    """While it starts a child, a starter keeps open what the child reads from, and so never learns that it ends."""

    method = "spawn"
    Process = _KeepsTheChildsEnd


class _IgnoresExitHandlers(ForkProcess):
    def run(self):
        with mock.patch.object(atexit, "register", lambda function, *_, **__: function):
            super().run()


@family.breaks("lifecycle.runs-its-own-exit-handlers", "lifecycle.exit-handlers-run-before-it-waits")
class ChildRegistersInVain(Broken):
    """A child runs no exit handler that it registers."""

    Process = _IgnoresExitHandlers


class _WaitsFirst(ForkProcess):
    def run(self):
        super().run()
        vars(util)["_exit_function"]()


@family.breaks("lifecycle.exit-handlers-run-before-it-waits")
class ChildWaitsBeforeItsExitHandlers(Broken):
    """A child waits for its children before it runs its exit handlers."""

    Process = _WaitsFirst


def _complain(maker):
    if os.getpid() != maker:
        print("there is a lock that another process has made", file=sys.stderr)


@family.breaks("lifecycle.program-that-ends-in-order-is-silent")
class ForkedProcessComplains(Broken):
    """A process that was forked without the API complains, at its end, of locks that it has inherited."""

    def Lock(self):
        atexit.register(_complain, os.getpid())
        return self.context.Lock()


def _wait_for_all(reader, writer, maker):
    if os.getpid() == maker:
        os.close(writer)
        os.read(reader, 1)


@family.breaks(
    "orphan.keeps-no-program-from-ending",
    "lifecycle.ends-though-a-copy-of-it-runs-on",
    "lock.use-leaves-no-file-open",
)
class EndsAfterAllThatInherit(Broken):
    """A program that has made a lock ends only when no process is left that has inherited the lock."""

    def Lock(self):
        atexit.register(_wait_for_all, *os.pipe(), os.getpid())
        return self.context.Lock()


class _SignalsAnyway(ForkPopen):
    def _send_signal(self, sig):
        if self.returncode is None:
            os.kill(self.pid, sig)


class _IsSignalledAnyway(ForkProcess):
    @staticmethod
    def _Popen(child):
        return _SignalsAnyway(child)


@family.breaks("daemon.reaped-daemon-does-not-disturb-the-end")
class EndFailsWithAReapedDaemon(Broken):
    """At its end a program fails to signal a daemon that somebody else has reaped."""

    Process = _IsSignalledAnyway


@family.breaks("queue.get-without-time-gets-what-is-there")
class NoTimeIsNoItem(Broken):
    """A get with no time to wait raises Empty, whatever is there."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            if block and timeout is not None and timeout <= 0:
                raise Empty
            return super().get(block, timeout)


class _ForChildrenOnly(connection.Connection):
    def __reduce__(self):
        raise TypeError("a connection can be given to a child that starts only")


@family.breaks("queue.connection-can-be-sent", "queue.connection-of-an-ended-giver-holds-nothing-up")
class ConnectionsAreInheritedOnly(Broken):
    """A connection can be given to a child that starts, and can be neither put into a queue nor sent."""

    def Pipe(self, duplex=True):
        return [
            _ForChildrenOnly(os.dup(end.fileno()), end.readable, end.writable) for end in self.context.Pipe(duplex)
        ]


def _wait_for_the_giver():
    signal.pause()


class _NeverArrives(connection.Connection):
    def __reduce__(self):
        return _wait_for_the_giver, ()


@family.breaks("queue.connection-can-be-sent", "queue.connection-of-an-ended-giver-holds-nothing-up")
class TakerWaitsForTheGiver(Broken):
    """A process that gets a connection from a queue waits for the process that put it, even if that one has ended."""

    def Pipe(self, duplex=True):
        return [_NeverArrives(os.dup(end.fileno()), end.readable, end.writable) for end in self.context.Pipe(duplex)]


class _SentForGood(DictProxy):
    def __reduce__(self):
        return _rebuild_for_good, super().__reduce__()


def _rebuild_for_good(function, args):
    proxy = function(*args)
    if hasattr(proxy, "_close"):
        proxy._close.cancel()
    return proxy


@family.breaks("sharing.child-gives-its-reference-back")
class WhatWasSentCountsForGood(BrokenDict):
    """A proxy that has arrived in a process counts even when that process has dropped it."""

    Dict = _SentForGood


@family.breaks("lock.locked-tells-whether-any-process-holds-it")
class LockedAsksWhetherTheCallerHoldsIt(Broken):
    """What locked() answers is whether the process that calls it holds the lock."""

    class Lock(sound.Lock):
        def locked(self):
            return self.holder.value == os.getpid()


@family.breaks("sharing.server-ends-with-an-interrupted-main")
class InterruptedMainLeavesItsServer(Broken):
    """A program that an exception ends leaves its managers' servers running."""

    def Manager(self):
        sys.excepthook = lambda *_: os._exit(1)
        return self.context.Manager()


class _EndsBeforeItsThreads(ForkProcess):
    def run(self):
        super().run()
        vars(util)["_exit_function"]()


@family.breaks("queue.late-item-of-a-thread-arrives")
class ClosesQueuesBeforeThreadsHaveEnded(Broken):
    """A child that comes to its end closes its queues first, and waits for its threads afterwards."""

    Process = _EndsBeforeItsThreads
