"""Barriers with a fault."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from contextlib import suppress
from multiprocessing import synchronize
from typing import Any

from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

SharedBarrier: Any = synchronize.Barrier


class BrokenBarriers(Broken):
    """A multiprocessing API with barriers of another class.

    Attributes:
        Faulty: the class.
    """

    Faulty: type = SharedBarrier

    def Barrier(self, parties, action=None, timeout=None):
        return self.Faulty(parties, action, timeout, ctx=self.context)


@family.breaks("barrier.nobody-runs-ahead", "barrier.any-sequence-of-operations")
class LetsAllPass(BrokenBarriers):
    """A wait returns at once, whoever waits."""

    class Faulty(SharedBarrier):
        def wait(self, timeout=None):
            if self.broken:
                raise threading.BrokenBarrierError
            return 0


@family.breaks("barrier.is-used-again-and-again")
class StaysOpen(BrokenBarriers):
    """The barrier is never closed again after it was opened once."""

    class Faulty(SharedBarrier):
        def __init__(self, *args, ctx):
            super().__init__(*args, ctx=ctx)
            self.opened = ctx.Event()

        def wait(self, timeout=None):
            if self.opened.is_set():
                return 0
            number = super().wait(timeout)
            self.opened.set()
            return number


@family.breaks("barrier.is-used-again-and-again")
class NumbersAllAlike(BrokenBarriers):
    """Each wait returns zero."""

    class Faulty(SharedBarrier):
        def wait(self, timeout=None):
            super().wait(timeout)
            return 0


class _Counted:
    """An action that counts how often the barrier opens, and then calls another *action*, if there is one."""

    def __init__(self, opened, action):
        self.opened, self.action = opened, action

    def __call__(self):
        self.opened.value += 1
        if self.action:
            self.action()


@family.breaks("barrier.in-every-schedule-all-go-on-together")
class OpensTooSoonOnceInAWhile(BrokenBarriers):
    """Every third time, the barrier opens although one party has not come."""

    class Faulty(SharedBarrier):
        def __init__(self, parties, action, timeout, *, ctx):
            self.opened, self.invited = ctx.RawValue("L", 0), parties
            super().__init__(parties, _Counted(self.opened, action), timeout, ctx=ctx)

        def __getstate__(self):
            return super().__getstate__(), self.opened, self.invited

        def __setstate__(self, state):
            own, self.opened, self.invited = state
            super().__setstate__(own)

        def wait(self, timeout=None):
            self._parties = max(self.invited - (self.opened.value % 3 == 2), 1)
            return super().wait(timeout)


@family.breaks("barrier.one-party-passes-at-once")
class SkipsTheActionOfOne(BrokenBarriers):
    """A barrier of one party does not call its action."""

    def Barrier(self, parties, action=None, timeout=None):
        return super().Barrier(parties, action if parties > 1 else None, timeout)


@family.breaks("barrier.action-runs-before-any-goes-on")
class ActsAfterwards(BrokenBarriers):
    """The party that opens the barrier calls the action once the others go on."""

    class Faulty(SharedBarrier):
        def __init__(self, parties, action, timeout, *, ctx):
            super().__init__(parties, None, timeout, ctx=ctx)
            self.late = action

        def wait(self, timeout=None):
            number = super().wait(timeout)
            if number == self.parties - 1 and self.late:
                self.late()
            return number


@family.breaks("barrier.action-runs-before-any-goes-on")
class EachActs(BrokenBarriers):
    """Each party calls the action before it waits."""

    class Faulty(SharedBarrier):
        def __init__(self, parties, action, timeout, *, ctx):
            super().__init__(parties, None, timeout, ctx=ctx)
            self.own = action

        def wait(self, timeout=None):
            if self.own:
                self.own()
            return super().wait(timeout)


@family.breaks("barrier.failed-action-breaks-it")
class ForgivesItsAction(BrokenBarriers):
    """An exception that the action raises is dropped."""

    class Faulty(SharedBarrier):
        def __init__(self, parties, action, timeout, *, ctx):
            super().__init__(parties, action and Forgiving(action), timeout, ctx=ctx)


class Forgiving:
    """A function that raises nothing."""

    def __init__(self, function):
        self.function = function

    def __call__(self):
        with suppress(Exception):
            self.function()


@family.breaks("barrier.late-party-breaks-it-for-all")
class TimesOutAlone(BrokenBarriers):
    """A wait whose timeout has passed leaves the others waiting."""

    class Faulty(SharedBarrier):
        def _wait(self, timeout):
            if timeout is not None and not self._cond.wait_for(lambda: self._state != 0, timeout):
                raise threading.BrokenBarrierError
            super()._wait(None)


@family.breaks("barrier.may-have-a-timeout-of-its-own")
class IgnoresItsTimeout(BrokenBarriers):
    """The timeout that the barrier was made with is ignored."""

    def Barrier(self, parties, action=None, timeout=None):
        return super().Barrier(parties, action)


@family.breaks("barrier.may-have-a-timeout-of-its-own")
class PrefersItsTimeout(BrokenBarriers):
    """The timeout that the barrier was made with counts even for waits that have one."""

    class Faulty(SharedBarrier):
        def wait(self, timeout=None):
            return super().wait(timeout if self._timeout is None else self._timeout)


@family.breaks("barrier.waits-without-limit")
class GivesUpAfterAWhile(BrokenBarriers):
    """A wait without a timeout breaks the barrier after three seconds."""

    class Faulty(SharedBarrier):
        def wait(self, timeout=None):
            return super().wait(3 if timeout is None else timeout)


@family.breaks("barrier.can-be-reset-after-an-abort")
class StaysBroken(BrokenBarriers):
    """A reset does not mend a barrier that was aborted."""

    class Faulty(SharedBarrier):
        def reset(self):
            if not self.broken:
                super().reset()


@family.breaks("barrier.can-be-reset-after-an-abort")
class ForgetsWhoWaits(BrokenBarriers):
    """An abort leaves those waiting who wait already."""

    class Faulty(SharedBarrier):
        def abort(self):
            with self._cond:
                self._state = -2


@family.breaks("barrier.signal-lets-nobody-through")
class CountsTheInterrupted(BrokenBarriers):
    """A party whose wait was ended by an exception of a signal handler still counts."""

    class Faulty(SharedBarrier):
        def _wait(self, timeout):
            try:
                super()._wait(timeout)
            except KeyboardInterrupt:
                self._count += 1
                raise


@family.breaks("barrier.signal-lets-nobody-through")
class HandlesNoSignal(BrokenBarriers):
    """A process that waits handles signals only once all parties have come."""

    class Faulty(SharedBarrier):
        def wait(self, timeout=None):
            blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
            try:
                return super().wait(timeout)
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


@family.breaks("barrier.threads-and-processes-are-parties-alike")
class CountsProcesses(BrokenBarriers):
    """All threads of a process are one party."""

    class Faulty(SharedBarrier):
        def __init__(self, *args, ctx):
            super().__init__(*args, ctx=ctx)
            self.here = threading.Lock()

        def wait(self, timeout=None):
            with self.here:
                return super().wait(timeout)


@family.breaks("barrier.is-handed-on-to-a-childs-child")
class NewToGrandchildren(BrokenBarriers):
    """A child's child has a barrier of its own, which one party opens."""

    class Faulty(SharedBarrier):
        def wait(self, timeout=None):
            parent = multiprocessing.parent_process()
            if parent is not None and parent.name != "MainProcess":
                return 0
            return super().wait(timeout)


@family.breaks("barrier.stopped-party-passes-once-it-continues")
class TurnsTheStoppedBack(BrokenBarriers):
    """A party that was stopped while it waited finds the barrier broken."""

    class Faulty(SharedBarrier):
        def wait(self, timeout=None):
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGCONT, _turn_back)
            return super().wait(timeout)


def _turn_back(_number, _frame):
    raise threading.BrokenBarrierError
