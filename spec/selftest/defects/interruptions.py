"""Waits that react in the wrong way to signals, threads, or the death of other processes."""

from __future__ import annotations

import ctypes
import os
import threading
from multiprocessing import util
from queue import Empty
from unittest import mock

from spec.selftest.defects import sound
from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.sound import ForkProcess, ForkServerProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


libc = ctypes.CDLL(None, use_errno=True)
libc.sem_wait.argtypes = [ctypes.c_void_p]
pythons = ctypes.PyDLL(None)
pythons.sem_wait.argtypes = [ctypes.c_void_p]


@family.breaks("lock.wait-goes-on-after-a-signal")
class LockGivesUpOnASignal(Broken):
    """A signal makes an acquire return without the lock."""

    class Lock(sound.Wrapped):
        def wait(self):
            return libc.sem_wait(self.inner._semlock.handle) == 0


def _whatever_comes(call):
    """Return what *call* returns, and repeat it if Ctrl-C interrupts it."""
    while True:
        try:
            return call()
        except KeyboardInterrupt:
            pass


@family.breaks("lock.wait-goes-on-after-a-signal")
class LockCannotBeInterrupted(Broken):
    """An acquire goes on after a signal handler has raised KeyboardInterrupt."""

    class Lock(sound.Wrapped):
        def wait(self):
            return _whatever_comes(self.inner.acquire)


@family.breaks("queue.get-goes-on-after-a-signal")
class GetCannotBeInterrupted(Broken):
    """A get goes on after a signal handler has raised KeyboardInterrupt."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            return _whatever_comes(lambda: super(type(self), self).get(block, timeout))


@family.breaks("joinable.join-goes-on-after-a-signal")
class QueuesJoinCannotBeInterrupted(Broken):
    """Joining a queue goes on after a signal handler has raised KeyboardInterrupt."""

    class JoinableQueue(sound.JoinableQueue):
        def join(self):
            return _whatever_comes(super().join)


class _Joined(ForkProcess):
    def join(self, timeout=None):
        return _whatever_comes(lambda: super(_Joined, self).join(timeout))


@family.breaks("lifecycle.join-goes-on-after-a-signal")
class JoinCannotBeInterrupted(Broken):
    """Joining a child goes on after a signal handler has raised KeyboardInterrupt."""

    Process = _Joined


class _JoinedByPause(ForkProcess):
    def join(self, timeout=None):
        super().join(0)
        while timeout is None and self.is_alive():
            if libc.usleep(20_000) == -1:  # interrupted
                return


@family.breaks("lifecycle.join-goes-on-after-a-signal")
class JoinGivesUpOnASignal(Broken):
    """A signal makes a join return while the child runs."""

    Process = _JoinedByPause


def sleep_undisturbed(seconds):
    """Sleep for *seconds* seconds; after a signal, until none has arrived for ten times as long.

    On a busy machine, the time between two signals can be longer than *seconds*.
    """
    disturbed = libc.usleep(int(seconds * 1e6)) == -1
    while disturbed:
        disturbed = libc.usleep(int(seconds * 1e7)) == -1


class _JoinedAfterSleep(ForkProcess):
    def join(self, timeout=None):
        if timeout is not None and timeout > 0:
            sleep_undisturbed(timeout)
        super().join(timeout if timeout is None else 0)


@family.breaks("lifecycle.timed-join-ends-amid-signals")
class SignalsProlongAJoin(Broken):
    """The timeout of a join begins anew with each signal."""

    Process = _JoinedAfterSleep


@family.breaks("lock.timed-wait-ends-amid-signals")
class SignalsProlongAnAcquire(Broken):
    """The timeout of an acquire begins anew with each signal."""

    class Lock(sound.Wrapped):
        def acquire(self, block=True, timeout=None):
            if not block or timeout is None:
                return super().acquire(block)
            sleep_undisturbed(max(timeout, 0))
            return super().acquire(False)


@family.breaks("queue.timed-get-ends-amid-signals")
class SignalsProlongAGet(Broken):
    """The timeout of a get begins anew with each signal."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            if not block or timeout is None:
                return super().get(block)
            sleep_undisturbed(max(timeout, 0))
            return super().get(False)


class _JoinedBySleep(ForkProcess):
    def join(self, timeout=None):
        if timeout is None or timeout <= 1:
            super().join(timeout)
        else:
            libc.sleep(int(timeout))
            super().join(0)


@family.breaks("lifecycle.join-goes-on-after-a-signal")
class TimedJoinGivesUpOnASignal(Broken):
    """A signal makes a join with a timeout return too early, while the child runs."""

    Process = _JoinedBySleep


@family.breaks("lock.threads-wait-for-it-too")
class LockHoldsUpThreads(Broken):
    """A thread that waits for a lock holds the GIL, so no other thread can run."""

    class Lock(sound.Wrapped):
        def wait(self):
            return pythons.sem_wait(self.inner._semlock.handle) == 0


@family.breaks("lock.threads-wait-for-it-too")
class LockIsTriedOneByOne(Broken):
    """While a thread waits for a lock, a non-blocking acquire in another thread of its process waits too."""

    class Lock(sound.Wrapped):
        def __init__(self):
            super().__init__()
            self.turn = threading.Lock()

        def __reduce__(self):
            raise TypeError("threads share this lock")

        def acquire(self, block=True, timeout=None):
            if not self.inner.acquire(False):
                with self.turn:
                    return super().acquire(block, timeout)
            return True


@family.breaks("lock.threads-wait-for-it-too")
class LockIsOfTheProcess(Broken):
    """A thread gets a lock that another thread of its process holds."""

    class Lock(sound.Wrapped):
        owner = 0

        def acquire(self, block=True, timeout=None):
            if self.owner == os.getpid():
                return True
            acquired = super().acquire(block, timeout)
            self.owner = os.getpid() if acquired else 0
            return acquired

        def release(self):
            self.owner = 0
            super().release()


@family.breaks("queue.thread-that-waits-holds-up-no-other")
class OneThreadGets(Broken):
    """While a thread waits in get, a non-blocking get in another thread of its process waits too."""

    class Queue(sound.Queue):
        turn = threading.Lock()

        def get(self, block=True, timeout=None):
            with self.turn:
                return super().get(block, timeout)


@family.breaks("queue.thread-that-waits-holds-up-no-other")
class NobodyPutsMeanwhile(Broken):
    """While a thread waits in get, no other thread of its process can put."""

    class Queue(sound.Queue):
        turn = threading.Lock()

        def get(self, block=True, timeout=None):
            if not block:
                return super().get(block, timeout)
            with self.turn:
                return super().get(block, timeout)

        def put(self, obj, block=True, timeout=None):
            with self.turn:
                super().put(obj, block, timeout)


class _JoinedOneByOne(ForkProcess):
    turn = threading.Lock()

    def join(self, timeout=None):
        if timeout is not None:
            return super().join(timeout)
        with self.turn:
            return super().join()


@family.breaks("lifecycle.threads-join-their-own")
class JoinsOneByOne(Broken):
    """While a thread waits in join, no other thread of its process can join another child."""

    Process = _JoinedOneByOne


class _JoinedByTheFirst(ForkProcess):
    is_joined = False

    def join(self, timeout=None):
        if self.is_joined:
            return
        self.is_joined = True
        try:
            super().join(timeout)
        finally:
            self.is_joined = False


@family.breaks("lifecycle.threads-may-join-the-same")
class OnlyTheFirstWaits(Broken):
    """While a thread waits in join, another thread's join of the same child returns at once."""

    Process = _JoinedByTheFirst


class _StartedBetween(ForkProcess):
    turn = threading.RLock()

    def start(self):
        with self.turn:
            super().start()

    def join(self, timeout=None):
        with self.turn:
            super().join(timeout)


@family.breaks("lifecycle.threads-join-their-own")
class NobodyStartsMeanwhile(Broken):
    """While a thread waits in join, no other thread of its process can start a child."""

    Process = _StartedBetween


spawnv_passfds = util.spawnv_passfds

DEFENCELESS = """
import signal
set_handler = signal.signal
def set_but_that_of_sigint(number, handler):
    if number == signal.SIGINT:
        signal.signal, handler = set_handler, signal.SIG_DFL
    return set_handler(number, handler)
signal.signal = set_but_that_of_sigint
"""
"""Code that the fork server runs first, so that it does not ignore SIGINT."""


class _OfADefencelessForkServer(ForkServerProcess):
    @staticmethod
    def _Popen(child):
        def spawn(path, args, fds):
            *options, code = args
            return spawnv_passfds(path, [*options, DEFENCELESS + code if "forkserver" in code else code], fds)

        with mock.patch.object(util, "spawnv_passfds", spawn):
            return ForkServerProcess._Popen(child)


@family.breaks("lifecycle.goes-on-after-an-interrupt-of-all")
class ForkServerCanBeInterrupted(Broken):
    """Ctrl-C ends the fork server, and the exit codes of its children are lost."""

    method = "forkserver"
    Process = _OfADefencelessForkServer


@family.breaks("lock.killed-waiter-is-passed-over")
class WaitersStandInLine(Broken):
    """Processes that wait get the lock in turn, and a process that was killed keeps its turn."""

    class Lock(sound.Wrapped):
        def __init__(self):
            super().__init__()
            self.first = self.Inner()

        def wait(self):
            with self.first:
                return super().wait()


@family.breaks("queue.thread-that-waits-holds-up-no-other")
class ThreadsGetNothing(Broken):
    """A get works in the main thread only."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            if threading.current_thread() is not threading.main_thread():
                raise Empty
            return super().get(block, timeout)
