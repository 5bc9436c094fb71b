"""Events with a fault."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from multiprocessing import context, process, synchronize
from typing import Any

from spec.harness.process_table import ALIVE, state
from spec.selftest.defects import conditions
from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.interruptions import sleep_undisturbed

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

primitives: Any = synchronize
SpawnContext: Any = context.SpawnContext


class BrokenEvents(Broken):
    """A multiprocessing API with events of another class.

    Attributes:
        Faulty: the class.
    """

    Faulty: type = primitives.Event

    def Event(self):
        return self.Faulty(ctx=self.context)


@family.breaks("event.runners-wait-for-the-gun", "event.set-wakes-all-that-wait")
class DoesNotWait(BrokenEvents):
    """A wait returns true at once."""

    class Faulty(primitives.Event):
        def wait(self, timeout=None):
            return True


@family.breaks("event.set-wakes-all-that-wait", "event.runners-wait-for-the-gun")
class WakesOne(BrokenEvents):
    """To set an event wakes one of those that wait for it."""

    class Faulty(primitives.Event):
        def set(self):
            with self._cond:
                self._flag.acquire(False)
                self._flag.release()
                self._cond.notify()


@family.breaks("event.every-process-sees-it", "event.starter-waits-for-every-runner")
class PrivateToEachProcess(Broken):
    """The event is for threads: each process that inherits it has an event of its own."""

    Event = staticmethod(threading.Event)


@family.breaks("event.every-process-sees-it")
class CountsItsSets(BrokenEvents):
    """An event that was set twice has to be cleared twice."""

    class Faulty(primitives.Event):
        def set(self):
            with self._cond:
                self._flag.release()
                self._cond.notify_all()


@family.breaks("event.set-lets-later-ones-through", "event.gun-that-is-not-cleared-holds-nobody")
class WakesOnlyThoseWhoWait(BrokenEvents):
    """To set an event wakes those that wait for it, and does not last."""

    class Faulty(primitives.Event):
        def set(self):
            with self._cond:
                self._cond.notify_all()

        def wait(self, timeout=None):
            with self._cond:
                return self._cond.wait(timeout)


@family.breaks("event.set-lets-later-ones-through")
class ClearsItself(BrokenEvents):
    """A wait that returns true clears the event."""

    class Faulty(primitives.Event):
        def wait(self, timeout=None):
            is_set = super().wait(timeout)
            self.clear()
            return is_set


@family.breaks("event.each-is-independent")
class AllAreOne(Broken):
    """All events are one event."""

    def __init__(self):
        super().__init__()
        self.event = self.context.Event()

    def Event(self):
        return self.event


@family.breaks("event.threads-wait-for-it-too")
class OneThreadWaits(BrokenEvents):
    """Of each process, one thread can wait at a time."""

    class Faulty(primitives.Event):
        def __init__(self, *, ctx):
            super().__init__(ctx=ctx)
            self.turn = threading.Lock()

        def wait(self, timeout=None):
            if not self.turn.acquire(False):
                return False
            try:
                return super().wait(timeout)
            finally:
                self.turn.release()


class _KnowsItsSetter(primitives.Event):
    """An event that knows which process has set it last."""

    def __init__(self, *, ctx):
        super().__init__(ctx=ctx)
        self.setter = ctx.RawValue("i")

    def set(self):
        self.setter.value = os.getpid()
        super().set()


@family.breaks("event.any-sequence-of-operations")
class IgnoresClear(BrokenEvents):
    """An event that another process has set cannot be cleared."""

    class Faulty(_KnowsItsSetter):
        def clear(self):
            if self.setter.value == os.getpid():
                super().clear()


@family.breaks("event.waits-without-limit")
class GivesUpAfterAWhile(BrokenEvents):
    """A wait without a timeout returns false after a while."""

    class Faulty(primitives.Event):
        def wait(self, timeout=None):
            return super().wait(1 if timeout is None else timeout)


@family.breaks("event.wait-can-be-timed", "event.runner-goes-home")
class TakesSecondsForMilliseconds(BrokenEvents):
    """A wait takes its timeout for milliseconds."""

    class Faulty(primitives.Event):
        def wait(self, timeout=None):
            return super().wait(None if timeout is None else timeout / 1000)


@family.breaks("event.wait-can-be-timed", "event.runner-goes-home")
class SaysSetWhenTimeIsUp(BrokenEvents):
    """A wait returns true when its time is up."""

    class Faulty(primitives.Event):
        def wait(self, timeout=None):
            return super().wait(timeout) or timeout is not None


@family.breaks("event.wait-can-be-timed")
class ZeroIsForEver(BrokenEvents):
    """A wait with a timeout of 0 waits without a limit."""

    class Faulty(primitives.Event):
        def wait(self, timeout=None):
            return super().wait(timeout or None)


class _LosesCount(conditions.InSteps):
    """A condition that does not count all who go on.

    Attributes:
        uncounted: why they went on: ``timed out`` or ``interrupted``.
    """

    uncounted = ""

    def wait(self, timeout=None):
        reason = "interrupted"
        self.begin()
        depth = self.give_up()
        try:
            reason = "woken" if self.sleep(timeout) else "timed out"
            return reason == "woken"
        finally:
            if reason != self.uncounted:
                self._woken_count.release()
            self.take_back(depth)


class _OnAnotherCondition(primitives.Event):
    """An event that is made of a condition of another class."""

    Condition: Any = _LosesCount

    def __init__(self, *, ctx):
        super().__init__(ctx=ctx)
        self._cond = self.Condition(ctx.Lock(), ctx=ctx)


@family.breaks("event.waits-in-vain-leave-it-usable")
class WaitsForThoseThatHaveGivenUp(BrokenEvents):
    """To set an event waits for all whose waits have timed out."""

    class Faulty(_OnAnotherCondition):
        class Condition(_LosesCount):
            uncounted = "timed out"


@family.breaks("event.interrupted-wait-leaves-it-usable")
class WaitsForTheInterrupted(BrokenEvents):
    """To set an event waits for all whose waits an exception has ended."""

    class Faulty(_OnAnotherCondition):
        class Condition(_LosesCount):
            uncounted = "interrupted"


@family.breaks("event.wait-goes-on-after-a-signal")
class GivesUpOnASignal(BrokenEvents):
    """A signal makes a wait return."""

    class Faulty(_OnAnotherCondition):
        Condition = conditions.GivesUpOnASignal.Faulty


@family.breaks("event.timed-wait-ends-amid-signals")
class SignalsProlongIt(BrokenEvents):
    """The timeout of a wait begins anew with each signal."""

    class Faulty(primitives.Event):
        def wait(self, timeout=None):
            if timeout is None:
                return super().wait()
            sleep_undisturbed(max(0, timeout))
            return super().wait(0)


@family.breaks("event.stays-set-after-its-setter")
class DiesWithItsSetter(BrokenEvents):
    """An event is set only while the process lives that has set it."""

    class Faulty(_KnowsItsSetter):
        def is_set(self):
            return super().is_set() and state(self.setter.value) == ALIVE


@family.breaks("event.waiters-handler-may-ask")
class OneCallAtATime(BrokenEvents):
    """A process cannot ask for the state of an event that it waits for."""

    class Faulty(primitives.Event):
        def __init__(self, *, ctx):
            super().__init__(ctx=ctx)
            self.turn = threading.Lock()

        def wait(self, timeout=None):
            with self.turn:
                return super().wait(timeout)

        def is_set(self):
            with self.turn:
                return super().is_set()


@family.breaks("event.many-leave-nothing-behind")
class LeavesAFile(BrokenEvents):
    """An event leaves a file open."""

    class Faulty(primitives.Event):
        def set(self):
            super().set()
            os.open(os.devnull, os.O_RDONLY)


@family.breaks("event.program-that-uses-events-is-silent")
class ComplainsOfEvents(BrokenEvents):
    """A program that ends names each event that it still refers to."""

    class Faulty(primitives.Event):
        def __init__(self, *, ctx):
            super().__init__(ctx=ctx)
            atexit.register(print, "an event was not closed", file=sys.stderr)


class _NewToGrandchildren(primitives.Event):
    def __getstate__(self):
        if process.parent_process() is None:
            return super().__getstate__()
        self.another = primitives.Event(ctx=SpawnContext())
        return self.another.__getstate__()


@family.breaks("event.is-handed-on-to-a-childs-child")
class NewToGrandchildren(BrokenEvents):
    """A spawned child's child gets a new event instead of the one that it was given."""

    method = "spawn"
    Faulty = _NewToGrandchildren


@family.breaks("event.made-for-forks-is-refused-elsewhere")
class HasOneContextOnly(Broken):
    """Whichever context is asked for, its events suit spawned children."""

    method = "spawn"

    def get_context(self, _name=None):
        return self
