"""APIs that depend on settings of the whole process, or on what else runs in it, and on what a child is to have."""

from __future__ import annotations

import asyncio
import os
import queue
import select
import socket
import sys
import threading
import time
from concurrent.futures import thread as thread_pools
from multiprocessing import connection, forkserver, managers, popen_fork, popen_spawn_posix, synchronize, util
from typing import Any
from unittest import mock

from spec.selftest.defects import own_processes, sound
from spec.selftest.defects.connection_waits import BrokenWait
from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.managers import BrokenManager

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

Condition: Any = synchronize.Condition
ForkProcess: Any = own_processes.ForkProcess
ForkServerProcess: Any = own_processes.ForkServerProcess
SpawnProcess: Any = own_processes.SpawnProcess
ForkPopen: Any = popen_fork.Popen
MakeProxyType: Any = vars(managers)["MakeProxyType"]
pools_of_threads: Any = vars(thread_pools)["_threads_queues"]


class _MindsItsThread(ForkProcess):
    @staticmethod
    def _Popen(child):
        child.of_a_pool = threading.current_thread() in pools_of_threads
        return ForkPopen(child)

    def _bootstrap(self, parent_sentinel=None):
        return super()._bootstrap(parent_sentinel) or int(self.of_a_pool)


@family.breaks("lifecycle.child-of-a-thread-pool-ends-as-others")
class FailsInAThreadPool(Broken):
    """A child that a thread of a `ThreadPoolExecutor` has started has exit code 1."""

    Process = _MindsItsThread


def _join_others():
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon and thread not in pools_of_threads:
            thread.join()


class _ForgetsThreadPools(ForkProcess):
    def _bootstrap(self, parent_sentinel=None):
        with mock.patch.object(threading, "_shutdown", _join_others):
            return super()._bootstrap(parent_sentinel)


@family.breaks("lifecycle.waits-for-the-tasks-of-its-thread-pool")
class ForgetsThreadPools(Broken):
    """A child waits for its threads, but not for those of a `ThreadPoolExecutor`."""

    Process = _ForgetsThreadPools


class _InheritsTheLoop(ForkProcess):
    @staticmethod
    def _Popen(child):
        child.loop = asyncio._get_running_loop()
        return ForkPopen(child)

    def run(self):
        asyncio._set_running_loop(self.loop)
        super().run()


@family.breaks("lifecycle.child-of-a-coroutine-may-run-another")
class InheritsTheLoop(Broken):
    """The event loop that its starter runs seems to run in a child, too."""

    Process = _InheritsTheLoop


class _SelectsItsChild(ForkPopen):
    def wait(self, timeout=None):
        if self.returncode is None and timeout is not None:
            if not select.select([self.sentinel], [], [], max(timeout, 0))[0]:
                return None
            return self.poll(0)
        return super().wait(timeout)


class _Selects(ForkProcess):
    @staticmethod
    def _Popen(child):
        return _SelectsItsChild(child)


@family.breaks("lifecycle.starter-may-have-many-files-open")
class JoinSelects(Broken):
    """A timed join calls `select`, which takes no file whose number is above 1023."""

    Process = _Selects


class _LooksAtTheClock(ForkPopen):
    def wait(self, timeout=None):
        if self.returncode is None and timeout is not None:
            deadline = time.time() + timeout
            if not connection.wait([self.sentinel], max(deadline - time.time(), 0)):
                return None
            return self.poll(0)
        return super().wait(timeout)


class _IsTimedByTheClock(ForkProcess):
    @staticmethod
    def _Popen(child):
        return _LooksAtTheClock(child)


@family.breaks("lifecycle.clock-may-be-set-during-a-join")
class JoinLooksAtTheClock(Broken):
    """A timed join looks at the clock, which can be set, to know how much time is left."""

    Process = _IsTimedByTheClock


def _without(name):
    def start(child):
        arguments = vars(util)["_args_from_interpreter_flags"]()
        pairs = zip(arguments, [*arguments[1:], ""])
        dropped = {place for place, (flag, value) in enumerate(pairs) if flag == "-X" and value.startswith(name)}
        kept = [text for place, text in enumerate(arguments) if not {place, place - 1} & dropped]
        with mock.patch.object(util, "_args_from_interpreter_flags", lambda: kept):
            return popen_spawn_posix.Popen(child)

    return start


class _WithoutFrozenModules(SpawnProcess):
    _Popen = staticmethod(_without("frozen_modules"))


@family.breaks("isolation.child-has-the-starters-x-options")
class ForgetsFrozenModules(Broken):
    """The interpreter of a spawned child does not have the option -X frozen_modules of its starter's."""

    method = "spawn"
    Process = _WithoutFrozenModules


class _WithoutUnknownOptions(SpawnProcess):
    _Popen = staticmethod(_without("of_the_program"))


@family.breaks("isolation.child-has-unknown-x-options")
class ForgetsUnknownOptions(Broken):
    """The interpreter of a spawned child has those -X options only that Python knows."""

    method = "spawn"
    Process = _WithoutUnknownOptions


class _KeepsItsSiblingsFiles(ForkServerProcess):
    def start(self):
        forkserver.set_forkserver_preload(["spec.selftest.defects.preloads.keeps_siblings_files"])
        super().start()


@family.breaks("isolation.child-has-none-of-its-siblings-files")
class KeepsItsSiblingsFiles(Broken):
    """A child of a fork server has those files open that the server has for the children that run already."""

    method = "forkserver"
    Process = _KeepsItsSiblingsFiles


class _ClosesItsInput(ForkProcess):
    def run(self):
        sys.stdout.flush()
        os.close(0)
        super().run()


@family.breaks("isolation.child-can-run-programs")
class ClosesItsInput(Broken):
    """A child has no standard input for the programs that it runs."""

    Process = _ClosesItsInput


@family.breaks("wait.clock-may-be-set-meanwhile")
class WaitLooksAtTheClock(BrokenWait):
    """A timed wait for connections looks at the clock, which can be set, to know how much time is left."""

    @staticmethod
    def wait(object_list, timeout=None):
        if timeout is None:
            return connection.wait(object_list)
        deadline = time.time() + timeout
        return connection.wait(object_list, max(deadline - time.time(), 0))


class _TimedByTheClock(Condition):
    def wait_for(self, predicate, timeout=None):
        if timeout is None:
            return super().wait_for(predicate)
        deadline = time.time() + timeout
        while not (result := predicate()):
            left = deadline - time.time()
            if left <= 0:
                break
            self.wait(left)
        return result


@family.breaks("condition.clock-may-be-set-meanwhile")
class ConditionLooksAtTheClock(Broken):
    """A timed `wait_for` looks at the clock, which can be set, to know how much time is left."""

    def Condition(self, lock=None):
        return _TimedByTheClock(lock, ctx=self.context)


@family.breaks("queue.clock-may-be-set-meanwhile")
class GetLooksAtTheClock(Broken):
    """A timed get looks at the clock, which can be set, to know how much time is left."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            if block and timeout is not None:
                deadline = time.time() + timeout
                timeout = max(deadline - time.time(), 0)
            return super().get(block, timeout)


@family.breaks("queue.many-files-may-be-open")
class GetSelects(Broken):
    """A timed get calls `select`, which takes no file whose number is above 1023."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            if block and timeout is not None and not select.select([self._reader], [], [], timeout)[0]:
                raise queue.Empty
            return super().get(block, timeout)


class _ImpatientQueue(MakeProxyType("ImpatientQueue", ("get", "put"))):  # type: ignore[misc]
    def _connect(self):
        super()._connect()
        if socket.getdefaulttimeout() is not None:
            os.set_blocking(self._tls.connection.fileno(), False)


class _ManagerOfImpatientQueues(managers.SyncManager):
    """A manager whose proxies of queues have a fault."""


_ManagerOfImpatientQueues.register("Queue", queue.Queue, _ImpatientQueue)


@family.breaks("sharing.sockets-may-have-a-timeout")
class ProxiesMindTheDefaultTimeout(BrokenManager):
    """If sockets have a default timeout, a proxy does not wait for the answer of the server."""

    Served = _ManagerOfImpatientQueues
