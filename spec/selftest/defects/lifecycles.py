"""Processes with a fault in starting, living or being closed."""

from __future__ import annotations

import contextlib
import copy
import os
import threading
from multiprocessing import connection, popen_fork
from typing import Any

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.sound import ForkProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


class IsBornAlive(ForkProcess):
    def is_alive(self):
        return super().is_alive() or self.pid is None


@family.breaks("lifecycle.not-alive-before-start")
class AliveBeforeStart(Broken):
    """`is_alive()` is true before the start."""

    Process = IsBornAlive


class _IsKeptUntilItIsJoined(ForkProcess):
    def is_alive(self):
        alive = super().is_alive()
        if self.pid is not None:
            KEPT.add(self)
        return alive

    def join(self, timeout=None):
        super().join(timeout)
        if self.exitcode is not None:
            KEPT.discard(self)


KEPT: set[Any] = set()


@family.breaks("lifecycle.child-that-was-asked-is-not-kept")
class KeepsChildrenUntilTheyAreJoined(Broken):
    """The object of a child that was asked whether it is alive is kept until it is joined."""

    Process = _IsKeptUntilItIsJoined


class IsAliveForEver(ForkProcess):
    def is_alive(self):
        return super().is_alive() or self.pid is not None


@family.breaks("lifecycle.not-alive-after-join", "zombie.is-alive-reaps")
class StartedIsAlive(Broken):
    """`is_alive()` stays true after the child has ended."""

    Process = IsAliveForEver


class RemembersWhetherItLives(ForkProcess):
    alive = False

    def is_alive(self):
        last, self.alive = self.alive, super().is_alive()
        return last


@family.breaks("lifecycle.alive-while-it-runs")
class AliveAsOfTheLastTime(Broken):
    """`is_alive()` answers what was true when it was last called."""

    Process = RemembersWhetherItLives


class IsAliveOnceItWaits(ForkProcess):
    def is_alive(self):
        if not super().is_alive():
            return False
        with open(f"/proc/{self.pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] in "RD"


@family.breaks("lifecycle.alive-while-it-runs", "lifecycle.alive-while-it-is-stopped")
class SleepingIsDead(Broken):
    """`is_alive()` is true only while the child runs on a CPU or waits for one."""

    Process = IsAliveOnceItWaits


class AnswersAnybody(ForkProcess):
    def is_alive(self):
        if self._parent_pid == os.getpid():
            return super().is_alive()
        return os.path.exists(f"/proc/{self.pid}")


@family.breaks("lifecycle.only-the-starter-may-ask")
class AnyoneMayAsk(Broken):
    """Any process may call `is_alive()`, which then tells whether a process with that pid exists."""

    Process = AnswersAnybody


class TakesStoppedForEnded(popen_fork.Popen):
    def poll(self, flag=os.WNOHANG):
        with contextlib.suppress(ChildProcessError):
            pid, status = os.waitpid(self.pid, flag | os.WUNTRACED)
            if pid == self.pid:
                stopped = os.WIFSTOPPED(status)
                self.returncode = -os.WSTOPSIG(status) if stopped else os.waitstatus_to_exitcode(status)
        return self.returncode


class EndsWhenStopped(ForkProcess):
    @staticmethod
    def _Popen(process_obj):
        return TakesStoppedForEnded(process_obj)


@family.breaks("lifecycle.alive-while-it-is-stopped", "lifecycle.join-waits-for-a-stopped-child")
class StoppedIsDead(Broken):
    """A child that a signal has stopped counts as dead."""

    Process = EndsWhenStopped


class StartsAgain(ForkProcess):
    again: Any = None

    def start(self):
        if self.pid is None:
            self.again = copy.copy(self)
            super().start()
        else:
            self.again.start()


@family.breaks("lifecycle.starts-once")
class MayBeStartedTwice(Broken):
    """`start()` can be called any number of times."""

    Process = StartsAgain


class StartsAgainAtItsEnd(StartsAgain):
    def start(self):
        assert self.pid is None or not self.is_alive(), "cannot start a process twice"
        super().start()


@family.breaks("lifecycle.starts-once")
class MayBeStartedAgain(Broken):
    """A process can be started again after it has ended."""

    Process = StartsAgainAtItsEnd


class StartsForAnybody(ForkProcess):
    def start(self):
        self._parent_pid = os.getpid()
        super().start()


@family.breaks("lifecycle.only-its-maker-may-start-it")
class AnyoneMayStart(Broken):
    """A process other than the one that made the process object can start it."""

    Process = StartsForAnybody


class IsKilledWhenClosed(ForkProcess):
    def close(self):
        if not self._closed and self.is_alive():
            self.kill()
            self.join()
        super().close()


@family.breaks("lifecycle.running-child-cannot-be-closed")
class CloseKills(Broken):
    """`close()` kills a child that runs."""

    Process = IsKilledWhenClosed


class IsForgottenWhenClosed(ForkProcess):
    _closed: bool

    def close(self):
        if not self._closed and self.is_alive():
            self._closed = True
        else:
            super().close()


@family.breaks("lifecycle.running-child-cannot-be-closed")
class CloseForgets(Broken):
    """`close()` does not refuse a child that runs; the child runs on, unknown to its starter."""

    Process = IsForgottenWhenClosed


class IsJoinedWhenClosed(ForkProcess):
    def close(self):
        if not self._closed and self.pid is not None:
            self.join()
        super().close()


@family.breaks("lifecycle.running-child-cannot-be-closed")
class CloseWaits(Broken):
    """`close()` waits until the child has ended."""

    Process = IsJoinedWhenClosed


class StaysOpen(ForkProcess):
    def close(self):
        if self.is_alive():
            super().close()


@family.breaks("lifecycle.closed-child-answers-nothing", "lifecycle.closed-child-gets-no-signal")
class CloseDoesNothing(Broken):
    """Closing a child that was joined does nothing."""

    Process = StaysOpen


class KeepsItsFiles(ForkProcess):
    def close(self):
        if self._popen is not None:
            self._popen.finalizer.cancel()
        super().close()


@family.breaks("lifecycle.close-leaves-no-file-open")
class CloseLeaks(Broken):
    """`close()` leaves the file descriptors open that the starter has for the child."""

    Process = KeepsItsFiles


_closed: list[object] = []


class IsKeptWhenClosed(ForkProcess):
    def close(self):
        super().close()
        _closed.append(self)


@family.breaks("lifecycle.closed-child-is-not-kept")
class KeepsClosedChildren(Broken):
    """The objects of closed children are kept."""

    Process = IsKeptWhenClosed


class RemembersItsPid(ForkProcess):
    last = None

    def start(self):
        super().start()
        self.last = self._popen.pid

    @property
    def ident(self):
        return self.last or super().ident

    pid = ident


@family.breaks("lifecycle.closed-child-answers-nothing")
class ClosedKeepsItsPid(Broken):
    """The pid of a child can be read after `close()`."""

    Process = RemembersItsPid


class IsSparedWhenClosed(ForkProcess):
    def terminate(self):
        if not self._closed:
            super().terminate()

    def kill(self):
        if not self._closed:
            super().kill()


@family.breaks("lifecycle.closed-child-gets-no-signal")
class ClosedIsSpared(Broken):
    """`terminate()` and `kill()` raise no exception after `close()`."""

    Process = IsSparedWhenClosed


class KnowsItsThread(ForkProcess):
    def start(self):
        super().start()
        self.thread = threading.current_thread()


@family.breaks("lifecycle.outlives-the-thread-that-started-it")
class ActiveInItsThreadOnly(Broken):
    """`active_children()` lists only the children that the calling thread has started."""

    Process = KnowsItsThread

    def active_children(self):
        active: Any = self.context.active_children()
        return [child for child in active if child.thread is threading.current_thread()]


active: list[Any] = []


class _LivesWithItsChildren(ForkProcess):
    def is_alive(self):
        return self.pid is not None and not connection.wait([self.sentinel], 0)


@family.breaks("lifecycle.not-alive-though-its-child-is")
class AliveWhileItsChildrenAre(Broken):
    """A child counts as alive while a child of its own runs, which also has its sentinel open."""

    Process = _LivesWithItsChildren


class LeavesTheList(ForkProcess):
    def join(self, timeout=None):
        super().join(timeout)
        if self in active and self.exitcode is not None:
            active.remove(self)


@family.breaks("lifecycle.active-children-are-ones-own")
class ActiveChildrenAreTheRegistry(Broken):
    """`active_children()` returns the API's own list, which changes when a child is joined."""

    Process = LeavesTheList

    def active_children(self):
        active[:] = self.context.active_children()
        return active


class _Main:
    """The main process, for which nobody need wait."""

    def join(self, timeout=None):
        pass


@family.breaks("lifecycle.main-cannot-be-joined")
class MainCanBeJoined(Broken):
    """The main process can be joined, which does nothing."""

    current_process = _Main
