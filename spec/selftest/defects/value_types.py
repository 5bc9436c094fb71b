"""Shared values, arrays and structures that hold something else than what was written to them."""

from __future__ import annotations

import ctypes
from multiprocessing import context, sharedctypes
from typing import Any

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.passing import private_copy

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

FORK: Any = context.ForkContext()
Synchronized: Any = sharedctypes.Synchronized
SynchronizedArray: Any = sharedctypes.SynchronizedArray
SynchronizedString: Any = sharedctypes.SynchronizedString


@family.breaks("values.keeps-whatever-its-typecode-allows")
class FloatsAreSingle(Broken):
    """A value of type double has the precision of a float."""

    def Value(self, kind, *arguments, lock=True):
        return self.context.Value("f" if kind == "d" else kind, *arguments, lock=lock)


@family.breaks("values.what-no-value-can-hold-is-refused")
class TakesFloatsForWholeNumbers(Broken):
    """A whole number can be made of a float, of which only the whole part is kept."""

    def Value(self, kind, *arguments, lock=True):
        if kind == "i" and arguments and isinstance(arguments[0], float):
            arguments = (int(arguments[0]),)
        return self.context.Value(kind, *arguments, lock=lock)


@family.breaks("values.long-numbers-have-a-typecode")
class CutsLongNumbers(Broken):
    """A value of eight bytes keeps four of them."""

    def Value(self, kind, *arguments, lock=True):
        return self.context.Value({"q": "i", "Q": "I"}.get(kind, kind), *arguments, lock=lock)


@family.breaks("values.array-has-the-values-that-it-is-made-of")
class ArraysBeginWithTheirHeader(Broken):
    """An array that is made of values has them two places too late."""

    def Array(self, kind, size_or_initializer, *, lock=True):
        array = self.context.Array(kind, size_or_initializer, lock=lock)
        if not isinstance(size_or_initializer, int) and len(array) > 2:
            array[2:], array[:2] = array[:-2], [0, 0]
        return array


class _WrapsAround(SynchronizedArray):
    def __getitem__(self, index):
        return super().__getitem__(index if isinstance(index, slice) else index % len(self))


class _IgnoresSteps(SynchronizedArray):
    def __getitem__(self, index):
        return super().__getitem__(slice(index.start, index.stop) if isinstance(index, slice) else index)


class _WritesWhatFits(SynchronizedArray):
    def __setitem__(self, index, value):
        if isinstance(index, slice):
            value = value[: len(self[index])]
        super().__setitem__(index, value)


class _OwnArrays(Broken):
    """An API whose arrays, but not those of characters, have a class of its own."""

    Numbers = SynchronizedArray

    def Array(self, kind, size_or_initializer, *, lock=True):
        array = self.context.Array(kind, size_or_initializer, lock=lock)
        if type(array) is SynchronizedArray:
            return self.Numbers(array.get_obj(), array.get_lock(), self.context)
        return array


@family.breaks("values.array-is-read-and-written-by-index")
class IndicesWrapAround(_OwnArrays):
    """An index beyond the end of an array is one of a place near its beginning."""

    Numbers = _WrapsAround


@family.breaks("values.slices-are-those-of-a-list")
class IgnoresSteps(_OwnArrays):
    """A slice with a step is one without."""

    Numbers = _IgnoresSteps


@family.breaks("values.slices-are-those-of-a-list")
class WritesWhatFits(_OwnArrays):
    """What is too long for a slice is cut."""

    Numbers = _WritesWhatFits


@family.breaks("values.array-of-a-length-begins-with-zeros")
class FindsWhatWasThere(Broken):
    """An array of a length begins with what its memory was used for before."""

    def Array(self, kind, size_or_initializer, *, lock=True):
        if kind != "i" or not isinstance(size_or_initializer, int):
            return self.context.Array(kind, size_or_initializer, lock=lock)
        numbers = vars(sharedctypes)["_new_value"](ctypes.c_int * size_or_initializer)
        return SynchronizedArray(numbers, self.context.RLock() if lock is True else lock, self.context)


class _EndsAtTheFirstNull(SynchronizedString):
    @property
    def raw(self):
        return self.value

    @raw.setter
    def raw(self, text):
        self.value = text


@family.breaks("values.text-is-read-as-value-and-raw")
class RawEndsAtTheFirstNull(Broken):
    """The whole text of an array of characters cannot be read."""

    def Array(self, kind, size_or_initializer, *, lock=True):
        array = self.context.Array(kind, size_or_initializer, lock=lock)
        if type(array) is SynchronizedString:
            return _EndsAtTheFirstNull(array.get_obj(), array.get_lock(), self.context)
        return array


@family.breaks("values.is-a-number-of-c")
class AllNumbersAreLong(Broken):
    """A whole number takes eight bytes, whatever its typecode is."""

    def RawValue(self, kind, *arguments):
        return self.context.RawValue("q" if kind in tuple("bBhHiIlL") else kind, *arguments)


def _is_structure(kind):
    return isinstance(kind, type) and issubclass(kind, ctypes.Structure)


@family.breaks("values.structure-is-shared-with-its-fields", "values.structure-has-fields-of-any-type")
class CopiesStructures(Broken):
    """A child has a copy of a structure."""

    def Value(self, kind, *arguments, lock=True):
        value = self.context.Value(kind, *arguments, lock=lock)
        return private_copy(value.get_obj()) if _is_structure(kind) else value


class _Value(Synchronized):
    """A value whose module, this one, is taken for the one that has `copy` and `synchronized`."""


def copy(shared):
    """Return the same object."""
    return shared


def synchronized(shared, lock=None, ctx=None):
    """Put a lock around an object, but not the one that was given."""
    return vars(sharedctypes)["synchronized"](shared, FORK.RLock(), FORK)


@family.breaks("values.copy-is-shared-and-apart", "values.lock-can-be-put-around-a-raw-object")
class CopiesNothing(Broken):
    """`copy()` returns what it is given, and `synchronized()` ignores the lock that it is given."""

    def Value(self, kind, *arguments, lock=True):
        value = self.context.Value(kind, *arguments, lock=lock)
        return _Value(value.get_obj(), value.get_lock(), self.context) if type(value) is Synchronized else value
