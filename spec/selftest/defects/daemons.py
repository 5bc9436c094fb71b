"""Daemons that end too late, in the wrong way, through the wrong process, or not at all."""

from __future__ import annotations

import atexit
import ctypes
import multiprocessing.process
import multiprocessing.util
import os
import signal
import sys
import threading
import weakref
from multiprocessing import connection
from typing import Any

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.sound import ForkProcess, ForkServerProcess, SpawnProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

process: Any = multiprocessing.process
util: Any = multiprocessing.util
Mixin: Any = object

PR_SET_PDEATHSIG = 1


def _let_go(child):
    """Let the end of this process have no effect on the *child*."""
    process._children.discard(child)


def _call(method):
    """Call a bound method, given as a weak reference, if its object still exists."""
    bound = method()
    if bound is not None:
        bound()


class _Ending(Mixin):
    """A process with a method that its starter calls first when the starter ends."""

    def start(self):
        super().start()
        util.Finalize(None, _call, (weakref.WeakMethod(self.at_the_end),), exitpriority=0)


class _EndedLast(_Ending, ForkProcess):
    def at_the_end(self):
        if not self.daemon:
            self.join()


@family.breaks("daemon.ends-with-main", "daemon.never-finishes-its-work")
class EndsDaemonsLast(Broken):
    """A program ends its daemons only after it has waited for its ordinary children."""

    Process = _EndedLast


class _WaitedFor(_Ending, SpawnProcess):
    def at_the_end(self):
        self._config["daemon"] = False


@family.breaks("daemon.ends-with-main", "daemon.never-finishes-its-work")
class WaitsForDaemons(Broken):
    """A program waits for its daemons, as for its ordinary children, instead of ending them."""

    method = "spawn"
    Process = _WaitedFor


class _OfTheForkServer(_Ending, ForkServerProcess):
    def at_the_end(self):
        if self.daemon:
            _let_go(self)


@family.breaks("daemon.ends-with-main", "daemon.each-ends-with-main")
class LeavesDaemonsToTheForkServer(Broken):
    """A program does not end its daemons, because they are children of the fork server."""

    method = "forkserver"
    Process = _OfTheForkServer


class _WithoutAnEnd(ForkProcess):
    def start(self):
        super().start()
        atexit.unregister(util._exit_function)


@family.breaks(
    "daemon.each-ends-with-main", "daemon.program-ends-after-its-ordinary-child", "orphan.is-not-made-by-a-normal-end"
)
class EndsCarelessly(Broken):
    """A program ends like any other Python program: it ends no daemon and waits for no child."""

    Process = _WithoutAnEnd


class _Killed(_Ending, ForkProcess):
    def at_the_end(self):
        if self.daemon:
            self.kill()


@family.breaks("daemon.is-ended-by-sigterm")
class KillsDaemons(Broken):
    """A program ends its daemons with SIGKILL."""

    Process = _Killed


class _Interrupted(_Ending, SpawnProcess):
    def at_the_end(self):
        if self.daemon:
            os.kill(self.pid, signal.SIGINT)
            self.join()


@family.breaks("daemon.is-ended-by-sigterm", "daemon.runs-no-cleanup-code")
class InterruptsDaemons(Broken):
    """A program ends its daemons with SIGINT, as Ctrl-C does."""

    method = "spawn"
    Process = _Interrupted


class _EndedAndForgotten(_Ending, ForkProcess):
    def at_the_end(self):
        if self.daemon:
            self.terminate()
            _let_go(self)


@family.breaks("daemon.is-ended-by-sigterm")
class DoesNotWaitForDaemonsToEnd(Broken):
    """A program sends SIGTERM to its daemons and exits without waiting until they have ended."""

    Process = _EndedAndForgotten


class _EndedAnyway(_Ending, ForkProcess):
    def at_the_end(self):
        if not self.daemon:
            self.terminate()


@family.breaks("daemon.program-ends-after-its-ordinary-child", "daemon.endless-ordinary-child-keeps-the-program")
class EndsOrdinaryChildrenToo(Broken):
    """A program ends all its children, not only its daemons."""

    Process = _EndedAnyway


class _NotWaitedFor(_Ending, ForkServerProcess):
    def at_the_end(self):
        if not self.daemon:
            _let_go(self)


@family.breaks("daemon.program-ends-after-its-ordinary-child", "orphan.is-not-made-by-a-normal-end")
class LeavesOrdinaryChildrenToTheForkServer(Broken):
    """A program does not wait for its ordinary children because they are children of the fork server."""

    method = "forkserver"
    Process = _NotWaitedFor


class _LeftAZombie(ForkProcess):
    def join(self, timeout=None):
        if util.is_exiting() and not self.daemon:
            connection.wait([self.sentinel])
        else:
            super().join(timeout)


@family.breaks("daemon.program-ends-after-its-ordinary-child")
class EndsWithoutReaping(Broken):
    """A program waits until its ordinary children have exited, but leaves them zombies."""

    Process = _LeftAZombie


class _FailsItsStarter(ForkProcess):
    def join(self, timeout=None):
        super().join(timeout)
        if util.is_exiting() and not self.daemon and self.exitcode:
            os._exit(1)


@family.breaks("daemon.endless-ordinary-child-keeps-the-program")
class FailsWithItsChild(Broken):
    """A program fails if an ordinary child that it waits for at its end was killed."""

    Process = _FailsItsStarter


class _LostByAFailure(ForkProcess):
    def start(self):
        super().start()
        sys.excepthook = _fail


def _fail(kind, error, trace):
    sys.__excepthook__(kind, error, trace)
    os._exit(1)


@family.breaks("daemon.ends-with-a-main-that-fails")
class FailsCarelessly(Broken):
    """A program that ends with an exception ends no daemon and waits for no child."""

    Process = _LostByAFailure


class _TiedToItsStarter(ForkProcess):
    def run(self):
        if self.daemon:
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
        super().run()


@family.breaks("daemon.outlives-a-killed-main", "daemon.outlives-a-main-that-leaves-by-os-exit")
class DaemonsDieWithTheStarter(Broken):
    """The kernel kills a daemon when its starter dies, in whatever way."""

    Process = _TiedToItsStarter


class _TakesItsEldersAlong(ForkProcess):
    def start(self):
        self._elders = [child.pid for child in process.active_children() if child.daemon]
        super().start()

    def run(self):
        super().run()
        for pid in self._elders:
            os.kill(pid, signal.SIGTERM)


@family.breaks("daemon.outlives-its-siblings")
class EndsOlderDaemons(Broken):
    """A child that ends terminates the daemons that its starter had when it started the child."""

    Process = _TakesItsEldersAlong


class _EndedByJoin(ForkProcess):
    def join(self, timeout=None):
        if self.daemon and not util.is_exiting():
            self.terminate()
        super().join(timeout)


@family.breaks("daemon.joined-completes")
class JoinEndsDaemons(Broken):
    """Joining a daemon ends it."""

    Process = _EndedByJoin


class _NotJoined(SpawnProcess):
    def join(self, timeout=None):
        super().join(0 if self.daemon and not util.is_exiting() else timeout)


@family.breaks("daemon.joined-completes")
class JoinDoesNotWaitForDaemons(Broken):
    """Joining a daemon returns at once."""

    method = "spawn"
    Process = _NotJoined


class _ForgetsItsDaemons(ForkProcess):
    def run(self):
        try:
            super().run()
        finally:
            for child in process.active_children():
                if child.daemon:
                    _let_go(child)


@family.breaks("daemon.ends-with-its-creator")
class OnlyMainEndsDaemons(Broken):
    """A child that ends does not end the daemons that it has started; only the main program does."""

    Process = _ForgetsItsDaemons


class _EndsInOrder(ForkProcess):
    def run(self):
        if self.daemon:
            signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        super().run()


@family.breaks("daemon.runs-no-cleanup-code")
class DaemonsEndInOrder(Broken):
    """A daemon turns SIGTERM into an exception, so its ``finally`` blocks run."""

    Process = _EndsInOrder


class _RunsExitHandlers(SpawnProcess):
    def run(self):
        if self.daemon:
            signal.signal(signal.SIGTERM, _run_exit_handlers)
        super().run()


def _run_exit_handlers(*_):
    atexit._run_exitfuncs()
    os._exit(0)


@family.breaks("daemon.runs-no-cleanup-code")
class DaemonsRunExitHandlers(Broken):
    """A daemon that gets SIGTERM runs its exit handlers, but no ``finally`` block, and exits."""

    method = "spawn"
    Process = _RunsExitHandlers


class ThreadAsChild:
    """A thread in place of a child process."""

    def __init__(self, child):
        self.pid, self.returncode = os.getpid(), None
        self.sentinel, self._end = os.pipe()
        self._thread = threading.Thread(
            target=self._run, args=(child._target, child._args, child._kwargs), daemon=True
        )
        self._thread.start()

    def _run(self, target, args, kwargs):
        target(*args, **kwargs)
        self.returncode = 0
        os.close(self._end)

    def poll(self):
        return self.returncode

    def wait(self, timeout):
        self._thread.join(timeout)
        return self.returncode

    def terminate(self):
        self.returncode = -signal.SIGTERM


class _ThreadIfDaemon(ForkProcess):
    @staticmethod
    def _Popen(child):
        return ThreadAsChild(child) if child.daemon else ForkProcess._Popen(child)


@family.breaks("daemon.lives-while-main-does", "daemon.outlives-a-killed-main")
class DaemonsAreThreads(Broken):
    """A daemon is a thread of its creator."""

    Process = _ThreadIfDaemon


class _OneInTwo(_Ending, ForkProcess):
    def at_the_end(self):
        if self.daemon and self._identity[-1] % 2 == 0:
            _let_go(self)


@family.breaks("daemon.each-ends-with-main")
class EndsEverySecondOnly(Broken):
    """A program ends only every second of its daemons."""

    Process = _OneInTwo
