"""Shared values and arrays whose lock guards too little, too much, or is another than that given."""

from __future__ import annotations

import os
import time
from multiprocessing import context, sharedctypes
from typing import Any

from spec.harness.process_table import ALIVE, state
from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.interruptions import LockGivesUpOnASignal, WaitersStandInLine
from spec.selftest.defects.rlocks import HandMadeAgain

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

FORK: Any = context.ForkContext()
Synchronized: Any = sharedctypes.Synchronized
SynchronizedArray: Any = sharedctypes.SynchronizedArray
SynchronizedString: Any = sharedctypes.SynchronizedString


class _OwnLocks(Broken):
    """An API whose values and arrays have a lock of its own, made by `make_lock`, if no lock is given."""

    make_lock: Any = staticmethod(FORK.RLock)

    def Value(self, kind, *arguments, lock=True):
        return self.context.Value(kind, *arguments, lock=self.instead_of(lock))

    def Array(self, kind, size_or_initializer, *, lock=True):
        return self.context.Array(kind, size_or_initializer, lock=self.instead_of(lock))

    def instead_of(self, lock):
        return self.make_lock() if lock in (True, None) else lock


class _OwnClasses(Broken):
    """An API whose values and arrays have classes of its own."""

    Number, Numbers, Text = Synchronized, SynchronizedArray, SynchronizedString

    def Value(self, kind, *arguments, lock=True):
        return self.around(self.context.Value(kind, *arguments, lock=lock))

    def Array(self, kind, size_or_initializer, *, lock=True):
        return self.around(self.context.Array(kind, size_or_initializer, lock=lock))

    def around(self, shared):
        kinds = {Synchronized: self.Number, SynchronizedArray: self.Numbers, SynchronizedString: self.Text}
        kind = kinds.get(type(shared))
        return kind(shared.get_obj(), shared.get_lock(), self.context) if kind else shared


@family.breaks("values.holder-can-use-its-value", "values.lock-does-not-exclude-its-holders-handler")
class NotRecursive(_OwnLocks):
    """The lock of a value is one that its holder cannot acquire again."""

    make_lock = staticmethod(FORK.Lock)


class _WritesWithoutTheLock(Synchronized):
    @property
    def value(self):
        with self:
            return self._obj.value

    @value.setter
    def value(self, number):
        self._obj.value = number


class _ReadsWithoutTheLock(SynchronizedArray):
    def __getitem__(self, index):
        return self._obj[index]


@family.breaks("values.every-access-waits-for-the-lock")
class WritesWithoutTheLock(_OwnClasses):
    """A value is written without its lock."""

    Number = _WritesWithoutTheLock


@family.breaks("values.every-access-waits-for-the-lock", "values.slice-is-written-in-one-step")
class ReadsWithoutTheLock(_OwnClasses):
    """An array is read without its lock."""

    Numbers = _ReadsWithoutTheLock


class _ForAnybody(HandMadeAgain):
    def release(self):
        if self.mine:
            super().release()


class _GivesUp(_ForAnybody):
    def __enter__(self):
        return self.acquire(True, 0.5)

    def acquire(self, block=True, timeout=None):
        return super().acquire(block, 0.5 if block else timeout)


@family.breaks("values.access-waits-without-limit")
class GoesOnWithoutTheLock(_OwnLocks):
    """A process that has waited for the lock of a value for some time goes on without it."""

    make_lock = _GivesUp


@family.breaks("values.holder-of-a-plain-lock-waits-for-itself", "values.one-lock-can-guard-several")
class IgnoresTheLockThatIsGiven(_OwnLocks):
    """A value has a lock of its own, whichever lock it is made with."""

    def instead_of(self, lock):
        return False if lock is False else self.make_lock()


@family.breaks("values.one-lock-can-guard-several")
class OneLockForAll(_OwnLocks):
    """All values have the lock that was given first."""

    lock: Any = None

    def instead_of(self, lock):
        if lock not in (True, None, False):
            type(self).lock = lock
        return lock if lock is False else self.lock or self.make_lock()


class _GuardsItsObject(SynchronizedArray):
    def get_obj(self):
        return self


@family.breaks("values.lock-does-not-guard-the-raw-object")
class ObjectInsideHasTheLock(_OwnClasses):
    """The object that `get_obj()` of an array returns is guarded too."""

    Numbers = _GuardsItsObject


@family.breaks("values.raw-has-no-lock")
class RawHasALock(Broken):
    """A raw array has a lock."""

    def RawArray(self, kind, size_or_initializer):
        return self.context.Array(kind, size_or_initializer)


class _WritesOneByOne(SynchronizedArray):
    def __setitem__(self, index, value):
        if isinstance(index, slice):
            for place, number in zip(range(*index.indices(len(self))), value):
                super().__setitem__(place, number)
        else:
            super().__setitem__(index, value)


@family.breaks("values.slice-is-written-in-one-step")
class WritesSlicesOneByOne(_OwnClasses):
    """To write a slice takes the lock for each number anew."""

    Numbers = _WritesOneByOne


class _Tears(Synchronized):
    @property
    def value(self):
        with self:
            return self._obj.value

    @value.setter
    def value(self, number):
        if isinstance(number, int):
            with self:
                self._obj.value = self._obj.value >> 32 << 32 | number & 0xFFFFFFFF
            time.sleep(0.001)  # for this long the others can read it
        with self:
            self._obj.value = number


@family.breaks("values.no-number-is-read-half-written")
class WritesHalfAfterHalf(_OwnClasses):
    """To write a number takes the lock for each half anew."""

    Number = _Tears


class _OfAProcess(HandMadeAgain):
    who = staticmethod(os.getpid)


@family.breaks("values.lock-excludes-threads-too")
class LockOfAProcess(_OwnLocks):
    """The lock of a value is held by a whole process, with all its threads."""

    make_lock = _OfAProcess


@family.breaks("values.access-goes-on-after-a-signal")
class GoesOnAfterASignal(_OwnLocks):
    """A process that waits for the lock of a value goes on without the lock after a signal."""

    make_lock = LockGivesUpOnASignal.Lock


class _InLine(WaitersStandInLine.Lock):
    Inner = staticmethod(FORK.RLock)


@family.breaks("values.killed-waiter-is-passed-over")
class WaitersStandInLineForValues(_OwnLocks):
    """Processes that wait for the lock of a value get it in turn, and one that was killed keeps its turn."""

    make_lock = _InLine


class _DiesWithItsHolder(HandMadeAgain):
    @property
    def free(self):
        return not self.holder.value or state(self.holder.value) != ALIVE


@family.breaks("values.killed-holder-leaves-it-locked")
class FreedByItsHoldersDeath(_OwnLocks):
    """The lock of a value is free as soon as its holder is dead."""

    make_lock = _DiesWithItsHolder


@family.breaks("values.any-sequence-of-operations")
class IgnoresOthersReleases(_OwnLocks):
    """A process that does not hold the lock of a value may try to release it."""

    make_lock = _ForAnybody
