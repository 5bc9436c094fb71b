"""APIs with a fault that shows after a child has exited, or in what is left behind."""

from __future__ import annotations

import os
import signal
import sys
import threading
from multiprocessing import process
from typing import Any

from spec.selftest.defects import sound
from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.sound import ForkProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


class _Kept(ForkProcess):
    def _signal(self, act):
        if self.exitcode is not None:
            raise ProcessLookupError("no such process")
        act()

    def kill(self):
        self._signal(super().kill)


@family.breaks("lifecycle.killing-an-exited-child-does-nothing")
class KillOfTheDeadIsRefused(Broken):
    """`kill()` raises an exception if the child has exited."""

    Process = _Kept


class _KnownOnceJoined(ForkProcess):
    joined = False

    def join(self, timeout=None):
        super().join(timeout)
        self.joined = super().exitcode is not None

    def is_alive(self):
        alive = super().is_alive()
        self.joined = self.joined or not alive
        return alive

    @property
    def exitcode(self):
        code = super().exitcode
        return code if self.joined else None


@family.breaks("lifecycle.exit-code-needs-no-join")
class ExitCodeNeedsAJoin(Broken):
    """The exit code of a child that has exited is None until the child is joined or `is_alive()` is called."""

    Process = _KnownOnceJoined


class _WithAHandler(ForkProcess):
    def start(self):
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        super().start()


@family.breaks("lifecycle.leaves-signal-handlers-alone")
class ReplacesTheHandler(Broken):
    """`start()` replaces the user's handler of SIGCHLD."""

    Process = _WithAHandler


class _Alarmed(ForkProcess):
    def join(self, timeout=None):
        if timeout and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGALRM, signal.SIG_IGN)
        super().join(timeout)


@family.breaks("lifecycle.leaves-signal-handlers-alone")
class TimedJoinTakesTheAlarm(Broken):
    """A join with a timeout replaces the user's handler of SIGALRM."""

    Process = _Alarmed


class _ClosedOnce(ForkProcess):
    def close(self):
        self._check_closed()
        super().close()


@family.breaks("lifecycle.exited-child-can-be-closed")
class ClosesOnce(Broken):
    """`close()` raises an exception if the process object is closed already."""

    Process = _ClosedOnce


class _ClosedWhenJoined(ForkProcess):
    joined = False

    def join(self, timeout=None):
        super().join(timeout)
        self.joined = True

    def close(self):
        if self._popen is not None and not self.joined and not self._closed:
            raise ValueError("Cannot close a process while it is still running. You should first call join()")
        super().close()


@family.breaks("lifecycle.exited-child-can-be-closed")
class ClosesWhatWasJoined(Broken):
    """`close()` raises an exception if the child has exited but was not joined."""

    Process = _ClosedWhenJoined


registry: list[Any] = []


class _Registered(ForkProcess):
    def start(self):
        super().start()
        registry.append(self)


@family.breaks("lifecycle.use-leaves-nothing-behind")
class KeepsEachChild(Broken):
    """Every child ever started is kept, with its open files, until it is closed."""

    Process = _Registered


class _Watched(ForkProcess):
    def start(self):
        super().start()
        threading.Thread(target=threading.Event().wait, daemon=True).start()


@family.breaks("lifecycle.use-leaves-nothing-behind")
class WatchesEachChild(Broken):
    """Each child gets a thread in the starter, and this thread never ends."""

    Process = _Watched


@family.breaks("lifecycle.active-children-are-ones-own")
class ActiveChildrenAreCopies(Broken):
    """`active_children()` returns other objects than those that were started."""

    class Process(ForkProcess):
        pass

    def active_children(self):
        copies = []
        for child in process.active_children():
            twin = object.__new__(type(child))
            twin.__dict__.update(vars(child))
            copies.append(twin)
        return copies


@family.breaks("lifecycle.active-children-are-ones-own")
class ActiveChildrenAreInherited(Broken):
    """A child lists its older siblings among its own children."""

    class Process(ForkProcess):
        def start(self):
            self.siblings = list(process.active_children())
            super().start()

    def active_children(self):
        ours = process.current_process()
        return [*process.active_children(), *getattr(ours, "siblings", [])]


class _LeavesForAll(ForkProcess):
    def join(self, timeout=None):
        super().join(timeout)
        if process.parent_process() is None and timeout is None and "pytest" not in sys.modules:
            program = os.getpid()  # children that are started later inherit what is registered
            threading._register_atexit(lambda: os.getpid() == program and os._exit(0))  # type: ignore[attr-defined]


@family.breaks("lifecycle.starter-has-an-exit-status-of-its-own")
class ProgramEndsWell(Broken):
    """A program that has joined a child exits with status 0, whatever status it asks for."""

    Process = _LeavesForAll


class _LeavesItsChildren(ForkProcess):
    def run(self):
        super().run()
        for child in process.active_children():
            if not child.daemon:
                process._children.discard(child)  # type: ignore[attr-defined]


@family.breaks("lifecycle.waits-for-its-children")
class ChildrenDoNotWait(Broken):
    """A child does not wait for the ordinary children that it has started."""

    Process = _LeavesItsChildren


class _Abrupt(ForkProcess):
    def run(self):
        sys.setswitchinterval(1000)  # no other thread runs before the end
        try:
            super().run()
        except ValueError:
            os._exit(1)


@family.breaks("queue.items-of-a-child-that-fails-arrive")
class FailsAbruptly(Broken):
    """A child that ends with an exception exits at once, and the items that it has put are lost."""

    Process = _Abrupt


@family.breaks("queue.use-leaves-nothing-behind")
class KeepsEachQueue(Broken):
    """Every queue ever made is kept, with its open files."""

    def Queue(self, maxsize=0):
        queue = sound.Queue(maxsize)
        registry.append(queue)
        return queue


@family.breaks("queue.use-leaves-nothing-behind")
class LeavesTheFeeder(Broken):
    """The feeder thread of a queue goes on after the queue was closed."""

    class Queue(sound.Queue):
        def join_thread(self):
            threading.Thread(target=threading.Event().wait, daemon=True).start()
            super().join_thread()


@family.breaks("lock.use-leaves-no-file-open")
class LockLeavesFilesOpen(Broken):
    """Each acquire opens a file that is never closed."""

    class Lock(sound.Wrapped):
        def acquire(self, block=True, timeout=None):
            os.open("/dev/null", os.O_RDONLY)
            return super().acquire(block, timeout)


class _EndsWithStatus(ForkProcess):
    def terminate(self):
        if self.exitcode is None:
            return super().terminate()
        raise ProcessLookupError("no such process")


@family.breaks("lifecycle.terminating-an-exited-child-does-nothing")
class TerminateOfTheDeadIsRefused(Broken):
    """`terminate()` raises an exception if the child has exited."""

    Process = _EndsWithStatus
