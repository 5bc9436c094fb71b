"""Joins with a fault."""

from __future__ import annotations

import os
import time
from multiprocessing import connection

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.sound import ForkProcess, ForkServerProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


class IsReapedByAnother(ForkProcess):
    def join(self, timeout=None):
        if self.pid is None or self._parent_pid != os.getpid():
            super().join(timeout)  # which refuses it
        connection.wait([self.sentinel], timeout)


@family.breaks("lifecycle.not-alive-after-join")
class JoinWaitsForTheSentinel(Broken):
    """A join waits for the sentinel, which is ready before the child has exited, and does not reap the child."""

    Process = IsReapedByAnother


class _IsLeftAZombie(ForkProcess):
    def join(self, timeout=None):
        if timeout is None:
            super().join()
        else:
            connection.wait([self.sentinel], timeout)


@family.breaks("lifecycle.timed-join-is-over-with-the-child")
class TimedJoinDoesNotReap(Broken):
    """A join with a timeout returns when the child has exited, but leaves it a zombie."""

    Process = _IsLeftAZombie


class _IsAskedTooEarly(ForkProcess):
    def join(self, timeout=None):
        super().join(timeout if timeout is None else 0)
        if timeout is not None:
            connection.wait([self.sentinel], timeout)


@family.breaks("lifecycle.timed-join-is-over-with-the-child")
class TimedJoinLooksOnce(Broken):
    """A join with a timeout looks once whether the child has exited, and then waits for the sentinel only."""

    Process = _IsAskedTooEarly


class _TellsWhetherItEnded(ForkProcess):
    def join(self, timeout=None):
        super().join(timeout)
        return self.exitcode is not None


@family.breaks("lifecycle.timed-join-ends-nothing")
class JoinReturnsWhetherItEnded(Broken):
    """A join returns a boolean instead of None."""

    Process = _TellsWhetherItEnded


class IsKilledInTime(ForkProcess):
    def join(self, timeout=None):
        super().join(timeout)
        if self.is_alive():
            self.kill()
            super().join()


@family.breaks("lifecycle.timed-join-ends-nothing")
class TimedJoinKills(Broken):
    """A join with a timeout kills the child when the time is over."""

    Process = IsKilledInTime


class HasNoTime(ForkProcess):
    def join(self, timeout=None):
        super().join(None if timeout is None else 0)


@family.breaks("lifecycle.timed-join-is-over-with-the-child")
class TimedJoinOnlyLooks(Broken):
    """A join with a timeout only checks whether the child has ended, and does not wait."""

    Process = HasNoTime


class CountsMilliseconds(ForkProcess):
    def join(self, timeout=None):
        super().join(timeout and timeout / 1000)


@family.breaks("lifecycle.timed-join-ends-nothing")
class TimedJoinCountsMilliseconds(Broken):
    """A join takes its timeout for milliseconds."""

    Process = CountsMilliseconds


class LosesPatience(ForkProcess):
    def join(self, timeout=None):
        super().join(timeout)
        if self.is_alive():
            raise TimeoutError("the child runs on")


@family.breaks("lifecycle.timed-join-ends-nothing")
class TimedJoinRaises(Broken):
    """A join with a timeout raises TimeoutError if the child still runs, as futures do."""

    Process = LosesPatience


class IsWatchedInTime(ForkProcess):
    def join(self, timeout=None):
        if timeout:
            os.dup(self.sentinel)
        super().join(timeout)


@family.breaks("lifecycle.use-leaves-nothing-behind", "lifecycle.close-leaves-no-file-open")
class TimedJoinLeavesFilesOpen(Broken):
    """A join with a timeout opens a file and leaves it open."""

    Process = IsWatchedInTime


class IsWatchedForAMoment(ForkProcess):
    def join(self, timeout=None):
        if timeout == 0 and self.is_alive():
            os.dup(self.sentinel)
        super().join(timeout)


@family.breaks("lifecycle.use-leaves-nothing-behind", "lifecycle.close-leaves-no-file-open")
class VainJoinLeavesFilesOpen(Broken):
    """A join that does not wait opens a file, and leaves it open if the child still runs."""

    Process = IsWatchedForAMoment


class TakesItsTime(ForkProcess):
    def join(self, timeout=None):
        time.sleep(max(0, timeout or 0))
        super().join(timeout)


@family.breaks("lifecycle.timed-join-is-over-with-the-child")
class TimedJoinTakesAllItsTime(Broken):
    """A join with a timeout always sleeps for all of its time."""

    Process = TakesItsTime


class HasNoLimit(ForkProcess):
    def join(self, timeout=None):
        super().join()


@family.breaks("lifecycle.timed-join-ends-nothing", "lifecycle.timed-join-ends-amid-signals")
class TimeIsIgnored(Broken):
    """A join ignores its timeout."""

    Process = HasNoLimit


class TakesZeroForNone(ForkProcess):
    def join(self, timeout=None):
        super().join(timeout or None)


@family.breaks("lifecycle.timed-join-ends-nothing")
class ZeroSecondsAreForEver(Broken):
    """A join with a timeout of 0, which is false, waits without a limit."""

    Process = TakesZeroForNone


class ForgetsTheCode(ForkServerProcess):
    def join(self, timeout=None):
        super().join(timeout)
        if timeout is not None:
            self._popen.returncode = self.exitcode and 255


@family.breaks("lifecycle.timed-join-is-over-with-the-child")
class TimedJoinLosesTheCode(Broken):
    """After a join with a timeout, the exit code is only 0 or 1."""

    method = "forkserver"
    Process = ForgetsTheCode


class IsJoinedOnce(ForkProcess):
    joined = False

    def join(self, timeout=None):
        super().join(timeout)
        assert not self.joined, "can only join a child once"
        self.joined = not self.is_alive()


@family.breaks("lifecycle.can-be-joined-again")
class SecondJoinIsRefused(Broken):
    """Joining a child a second time raises an exception."""

    Process = IsJoinedOnce


class FindsNoChild(ForkProcess):
    joined = False

    def join(self, timeout=None):
        super().join(timeout)
        if self.joined:
            self._popen.returncode = None
        self.joined = self.exitcode is not None


@family.breaks("lifecycle.can-be-joined-again")
class SecondJoinForgetsTheCode(Broken):
    """Joining a child a second time loses its exit code."""

    Process = FindsNoChild


class _AsksTheSentinel(ForkProcess):
    def join(self, timeout=None):
        if timeout is None or connection.wait([self.sentinel], timeout):
            super().join()


@family.breaks("lifecycle.join-without-time-never-blocks")
class WaitsWhenTheSentinelIsReady(Broken):
    """A join of any time waits for the child without limit once its sentinel is ready."""

    Process = _AsksTheSentinel
