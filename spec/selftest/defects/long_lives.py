"""APIs that leave little behind, of which there is much after a while."""

from __future__ import annotations

import os
from multiprocessing import context, synchronize
from typing import Any
from unittest import mock

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.managers import BrokenManager, Server, SyncManager
from spec.selftest.defects.sound import ForkProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

SPAWN: Any = context.SpawnContext()
SemLock: Any = synchronize.SemLock


class _Every:
    """Keeps one in so many."""

    def __init__(self, number):
        self.number, self.made, self.kept = number, 0, []

    def see(self, thing):
        self.made += 1
        if self.made % self.number == 0:
            self.kept.append(thing)
        return thing


_children = _Every(5)


class _LeavesAFile(ForkProcess):
    def start(self):
        super().start()
        if _children.see(self) in _children.kept:
            os.dup(self.sentinel)


@family.breaks("lifecycle.many-leave-nothing-behind")
class EveryFifthChildLeavesAFile(Broken):
    """One child in five leaves a file open."""

    Process = _LeavesAFile


@family.breaks("lock.many-leave-nothing-behind")
class LocksLeaveTheirNames(Broken):
    """The name of a lock stays in shared memory until the program ends."""

    def Lock(self):
        with mock.patch.object(SemLock, "_cleanup", staticmethod(lambda _name: None)):
            return SPAWN.Lock()


_semaphores, _conditions, _barriers, _queues, _joinable_queues, _arrays = (_Every(5) for _ in range(6))
_managers = _Every(2)


@family.breaks("semaphore.many-leave-nothing-behind")
class KeepsEveryFifthSemaphore(Broken):
    """One semaphore in five is never dropped."""

    def Semaphore(self, value=1):
        return _semaphores.see(self.context.Semaphore(value))


@family.breaks("condition.many-leave-nothing-behind")
class KeepsEveryFifthCondition(Broken):
    """One condition in five is never dropped."""

    def Condition(self, lock=None):
        return _conditions.see(self.context.Condition(lock))


@family.breaks("barrier.many-leave-nothing-behind")
class KeepsEveryFifthBarrier(Broken):
    """One barrier in five is never dropped."""

    def Barrier(self, parties, action=None, timeout=None):
        return _barriers.see(self.context.Barrier(parties, action, timeout))


@family.breaks("queue.many-leave-nothing-behind")
class KeepsEveryFifthQueue(Broken):
    """One queue in five is never dropped."""

    def Queue(self, maxsize=0):
        return _queues.see(self.context.Queue(maxsize))


@family.breaks("joinable.many-leave-nothing-behind")
class KeepsEveryFifthJoinableQueue(Broken):
    """One joinable queue in five is never dropped."""

    def JoinableQueue(self, maxsize=0):
        return _joinable_queues.see(self.context.JoinableQueue(maxsize))


@family.breaks("values.many-leave-nothing-behind")
class KeepsEveryFifthArray(Broken):
    """One array in five is never dropped."""

    def Array(self, kind, size_or_initializer, *, lock=True):
        return _arrays.see(self.context.Array(kind, size_or_initializer, lock=lock))


@family.breaks("sharing.many-managers-leave-nothing-behind")
class KeepsEverySecondManager(Broken):
    """One manager in two is never dropped."""

    def Manager(self):
        return _managers.see(self.context.Manager())


class _KeepsConnections(Server):
    def serve_client(self, conn):
        os.dup(conn.fileno())
        super().serve_client(conn)


class _IsServedForGood(SyncManager):
    _Server = _KeepsConnections


@family.breaks("sharing.many-objects-leave-nothing-in-the-server")
class ServerKeepsConnections(BrokenManager):
    """The server of a manager never closes the connection to a client that is gone."""

    Served = _IsServedForGood
