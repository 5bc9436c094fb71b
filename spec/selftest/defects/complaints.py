"""APIs that complain, at the end of a program or a child, of what is no fault, or leave something running."""

from __future__ import annotations

import atexit
import os
import signal
import sys
from multiprocessing import util
from typing import Any

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.managers import BrokenManager, SyncManager
from spec.selftest.defects.sound import ForkProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


def _complain(what):
    print(f"{what} was not closed", file=sys.stderr, flush=True)


class _Complained(ForkProcess):
    joined = False

    def start(self):
        super().start()
        atexit.register(self._tell)

    def join(self, timeout=None):
        super().join(timeout)
        self.joined = True

    def _tell(self):
        if not self.joined:
            _complain(self.name)


@family.breaks("lifecycle.program-with-unjoined-children-is-silent")
class ComplainsOfUnjoinedChildren(Broken):
    """A program that ends names each child that it has not joined."""

    Process = _Complained


@family.breaks("daemon.daemons-in-calls-end-silently")
class ComplainsOfDaemons(Broken):
    """A program that ends names each daemon that has to be terminated."""

    class Process(_Complained):
        def _tell(self):
            if self.daemon:
                super()._tell()


@family.breaks("lock.program-that-holds-locks-is-silent")
class ComplainsOfLocks(Broken):
    """A program that ends names each lock that it still refers to."""

    def Lock(self):
        lock = self.context.Lock()
        util.Finalize(lock, _complain, ("a lock",), exitpriority=0)
        return lock


@family.breaks("semaphore.program-that-holds-semaphores-is-silent")
class ComplainsOfSemaphores(Broken):
    """A program that ends names each semaphore that it still refers to."""

    def Semaphore(self, value=1):
        semaphore = self.context.Semaphore(value)
        util.Finalize(semaphore, _complain, ("a semaphore",), exitpriority=0)
        return semaphore


@family.breaks("condition.program-that-holds-conditions-is-silent")
class ComplainsOfConditions(Broken):
    """A program that ends names each condition that it still refers to."""

    def Condition(self, lock=None):
        condition = self.context.Condition(lock)
        util.Finalize(condition, _complain, ("a condition",), exitpriority=0)
        return condition


@family.breaks("barrier.program-that-has-barriers-is-silent")
class ComplainsOfBarriers(Broken):
    """A program that ends names each barrier that it still refers to."""

    def Barrier(self, parties, action=None, timeout=None):
        barrier = self.context.Barrier(parties, action, timeout)
        util.Finalize(barrier, _complain, ("a barrier",), exitpriority=0)
        return barrier


@family.breaks("values.program-that-has-values-is-silent")
class ComplainsOfValues(Broken):
    """A program that ends names each value that it still refers to."""

    def Value(self, kind, *arguments, lock=True):
        value = self.context.Value(kind, *arguments, lock=lock)
        util.Finalize(value, _complain, ("a value",), exitpriority=0)
        return value


@family.breaks("queue.program-that-closes-no-queue-is-silent")
class ComplainsOfQueues(Broken):
    """A child that ends names each queue that it has put to and has not closed."""

    def Queue(self, maxsize=0):
        queue: Any = self.context.Queue(maxsize)
        util.Finalize(queue, _complain_unless, (queue._reader,), exitpriority=0)
        return queue


def _complain_unless(reader):
    if util.is_exiting() and not reader.closed:
        _complain("a queue")


@family.breaks("joinable.program-with-outstanding-items-is-silent")
class ComplainsOfOutstandingItems(Broken):
    """A program that ends tells how many items are outstanding."""

    def JoinableQueue(self, maxsize=0):
        queue: Any = self.context.JoinableQueue(maxsize)
        util.Finalize(queue, _count, (queue._unfinished_tasks,), exitpriority=0)
        return queue


def _count(unfinished):
    if util.is_exiting() and unfinished._semlock._get_value():
        _complain("an item")


class _NamedAtTheEnd(SyncManager):
    def start(self, *args):
        super().start(*args)
        util.Finalize(self, _complain_at_exit, exitpriority=1)


def _complain_at_exit():
    if util.is_exiting():
        _complain("a manager")


@family.breaks("sharing.program-that-shuts-no-manager-down-is-silent")
class ComplainsOfManagers(BrokenManager):
    """A program that ends names each manager that it has not shut down."""

    Served = _NamedAtTheEnd


@family.breaks("sharing.server-ends-with-main")
class LeavesServers(Broken):
    """A program that ends, in order or by an exception, leaves the servers of its managers running."""

    def Manager(self):
        manager = self.context.Manager()
        sys.excepthook = lambda *_: os._exit(1)
        atexit.register(os._exit, 0)
        return manager


@family.breaks("lifecycle.helpers-end-with-the-program")
class LeavesItsHelper(Broken):
    """A lock has a helper process, which a program ends when it ends, but not if a signal ends the program."""

    helper: Any = None

    def Lock(self):
        if self.helper is None:
            self.helper = os.fork()
            if self.helper == 0:
                signal.pause()
            atexit.register(self._end, os.getpid())
        return self.context.Lock()

    def _end(self, owner):
        if os.getpid() == owner:
            os.kill(self.helper, signal.SIGKILL)
            os.waitpid(self.helper, 0)
