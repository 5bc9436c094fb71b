"""APIs that harm their caller: they hang, crash, leak, or kill processes of others."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from multiprocessing import connection, queues
from multiprocessing.context import ForkProcess

from spec.engine.verdicts import CRASHED, HUNG, VIOLATED
from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

fork = multiprocessing.get_context("fork")


def hang(*arguments, **others):
    threading.Event().wait()


class _NeverJoined(ForkProcess):
    join = hang


@family.breaks("fanout.together-waits-for-all", verdicts=[HUNG])
class JoinHangs(Broken):
    """Joining a child never returns."""

    Process = _NeverJoined


class _NeverSeenToEnd(ForkProcess):
    def join(self, timeout=None):
        while True:
            time.sleep(0.2)


@family.breaks("fanout.together-waits-for-all", verdicts=[HUNG])
class JoinLooksForEver(Broken):
    """Joining a child polls for ever and never sees that the child has ended."""

    Process = _NeverSeenToEnd


class _NeverStarted(ForkProcess):
    start = hang


@family.breaks("fanout.together-waits-for-all", verdicts=[HUNG, VIOLATED])
class StartHangs(Broken):
    """Starting a child never returns."""

    Process = _NeverStarted


class _NeverAcquired:
    acquire = __enter__ = hang

    def release(self):
        pass

    def __exit__(self, *exception):
        pass


@family.breaks("lock.admits-one-buyer-at-a-time", "lock.acquire-can-refuse-to-wait", verdicts=[HUNG])
class AcquireHangs(Broken):
    """Acquiring a lock never returns."""

    Lock = RLock = _NeverAcquired


class _NeverGot(queues.Queue):
    get = hang


@family.breaks("queue.carries-a-message-from-a-child", "queue.first-in-is-first-out", verdicts=[HUNG])
class GetHangs(Broken):
    """Getting from a queue never returns."""

    def Queue(self, maxsize=0):
        return _NeverGot(maxsize, ctx=self.context)


class _NeverPut(queues.Queue):
    put = hang


@family.breaks("queue.carries-a-message-from-a-child", "queue.first-in-is-first-out", verdicts=[HUNG])
class PutHangs(Broken):
    """Putting to a queue never returns."""

    def Queue(self, maxsize=0):
        return _NeverPut(maxsize, ctx=self.context)


class _NeverReceived(connection.Connection):
    recv = hang


@family.breaks("queue.pipe-carries-an-answer-from-a-child", "queue.pipe-of-two-ways", verdicts=[HUNG])
class ReceiveHangs(Broken):
    """Receiving from a pipe never returns."""

    def Pipe(self, duplex=True):
        return tuple(
            _NeverReceived(os.dup(end.fileno()), end.readable, end.writable) for end in self.context.Pipe(duplex)
        )


class _NeverJoinedQueue(queues.JoinableQueue):
    join = hang


@family.breaks("joinable.join-returns-at-once-with-nothing-outstanding", verdicts=[HUNG, VIOLATED])
class QueueJoinHangs(Broken):
    """Joining a queue never returns."""

    def JoinableQueue(self, maxsize=0):
        return _NeverJoinedQueue(maxsize, ctx=self.context)


@family.breaks("sharing.counts-down-under-the-lock", verdicts=[HUNG, VIOLATED])
class ManagerHangs(Broken):
    """Making a manager never returns."""

    Manager = hang


@family.breaks(
    "fanout.together-waits-for-all",
    "lock.admits-one-buyer-at-a-time",
    "queue.first-in-is-first-out",
    verdicts=[HUNG, VIOLATED],
)
class EverythingHangs(Broken):
    """No call ever returns."""

    Process = Lock = RLock = Queue = JoinableQueue = Pipe = Manager = hang
    current_process = parent_process = active_children = hang


class _DeafWhenJoined(ForkProcess):
    def join(self, timeout=None):
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        while True:
            with suppress(BaseException):
                hang()


@family.breaks("fanout.together-waits-for-all", verdicts=[HUNG])
class JoinHangsDeafToSignals(Broken):
    """Joining a child never returns, blocks all signals and swallows every exception."""

    Process = _DeafWhenJoined


class _DeafToTerminate(ForkProcess):
    def run(self):
        for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}:
            if number <= signal.SIGTERM:
                signal.signal(number, signal.SIG_IGN)
        super().run()


@family.breaks("lifecycle.terminated-child-dies-of-sigterm", verdicts=[VIOLATED, HUNG])
class ChildrenIgnoreSignals(Broken):
    """A child ignores all signals that can be ignored."""

    Process = _DeafToTerminate


class _ExitsWhenTerminating(ForkProcess):
    def terminate(self):
        super().terminate()
        os._exit(0)


@family.breaks("lifecycle.terminate-sends-sigterm", verdicts=[CRASHED])
class TerminateExits(Broken):
    """Terminating a child ends the calling process with status 0."""

    Process = _ExitsWhenTerminating


class _CrashesWhenTerminating(ForkProcess):
    def terminate(self):
        super().terminate()
        ctypes.string_at(0)


@family.breaks("lifecycle.terminate-sends-sigterm", verdicts=[CRASHED])
class TerminateCrashes(Broken):
    """Terminating a child reads an invalid memory address."""

    Process = _CrashesWhenTerminating


class _KillsTheGroup(ForkProcess):
    def kill(self):
        os.killpg(0, signal.SIGKILL)


@family.breaks("lifecycle.kill-ends-what-ignores-sigterm", verdicts=[CRASHED])
class KillEndsTheProcessGroup(Broken):
    """Killing a child kills the whole process group, including the caller."""

    Process = _KillsTheGroup


class _KillsSiblings(ForkProcess):
    def terminate(self):
        for child in fork.active_children():
            os.kill(child.ident or 0, signal.SIGTERM)


@family.breaks("lifecycle.terminate-sends-sigterm", verdicts=[VIOLATED])
class TerminateEndsSiblings(Broken):
    """Terminating a child terminates its siblings too."""

    Process = _KillsSiblings


class _Leaks(ForkProcess):
    def start(self):
        if os.fork() == 0:
            while True:
                signal.pause()
        super().start()


@family.breaks("fanout.together-waits-for-all", verdicts=[VIOLATED])
class StartLeaksAProcess(Broken):
    """Starting a child starts a second process, which never ends."""

    Process = _Leaks


class _Talks(ForkProcess):
    def join(self, timeout=None):
        super().join(timeout)
        sys.stdout.write("x" * 5_000_000)
        sys.stderr.write("x" * 5_000_000)


@family.breaks("lifecycle.output-is-written-once", "lifecycle.needs-no-output")
class PrintsMegabytes(Broken):
    """Joining a child prints five megabytes to both stdout and stderr."""

    Process = _Talks


class _Nobody:
    """An object that answers like a process, while no process exists."""

    count = 0

    def __init__(self, group=None, target=None, name=None, args=(), kwargs=None, *, daemon=None):
        _Nobody.count += 1
        self.name = name or f"Process-{_Nobody.count}"
        self.daemon = bool(daemon)
        self.pid = self.ident = self.exitcode = None
        self.sentinel = os.open(os.devnull, os.O_RDONLY)

    def start(self):
        self.pid = self.ident = os.getpid() + _Nobody.count

    def join(self, timeout=None):
        self.exitcode = 0

    def is_alive(self):
        return self.pid is not None and self.exitcode is None

    def terminate(self):
        self.exitcode = -signal.SIGTERM

    def kill(self):
        self.exitcode = -signal.SIGKILL

    def close(self):
        pass


@family.breaks("isolation.child-is-another-process", "identity.pid-is-the-childs-own")
class Hollow(Broken):
    """The objects answer like processes, but no process exists."""

    Process = _Nobody
