"""Shared values and arrays with a fault, in the memory behind them or in how they come to a child."""

from __future__ import annotations

import atexit
import errno
import mmap
import os
from multiprocessing import context, heap, process, sharedctypes
from multiprocessing.context import get_spawning_popen
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any
from unittest import mock

from spec.harness import dev_shm
from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.passing import private_copy

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

ForkProcess: Any = context.ForkProcess
FORK: Any = context.ForkContext()
Arena: Any = heap.Arena
BufferWrapper: Any = heap.BufferWrapper
Heap: Any = heap.Heap
Synchronized: Any = sharedctypes.Synchronized


@family.breaks("values.is-the-same-memory-in-all", "values.change-is-there-for-all-at-once")
class CopiesRawValues(Broken):
    """A child has a copy of a raw value or array."""

    def RawValue(self, kind, *arguments):
        return private_copy(self.context.RawValue(kind, *arguments))

    def RawArray(self, kind, size_or_initializer):
        return private_copy(self.context.RawArray(kind, size_or_initializer))


@family.breaks("values.is-the-same-memory-in-all")
class CopiesLargeArrays(Broken):
    """A child has a copy of an array that takes many pages."""

    def RawArray(self, kind, size_or_initializer):
        array = self.context.RawArray(kind, size_or_initializer)
        return private_copy(array) if len(array) > 10_000 else array


@family.breaks("values.any-part-keeps-the-memory")
class ForgetsStructures(Broken):
    """The memory of a structure is free for others as soon as the structure is made."""

    def RawValue(self, kind, *arguments):
        value = self.context.RawValue(kind, *arguments)
        if hasattr(kind, "_fields_"):
            del value._wrapper
        return value


def _refuse_to_pickle(_array):
    raise OSError(errno.EBADF, os.strerror(errno.EBADF))


@family.breaks("values.empty-array-is-handed-over")
class KeepsEmptyArraysBack(Broken):
    """An array of no items cannot be given to a child."""

    method = "spawn"

    def RawArray(self, kind, size_or_initializer):
        array = self.context.RawArray(kind, size_or_initializer)
        if not len(array):
            ForkingPickler.register(type(array), _refuse_to_pickle)
        return array


@family.breaks("values.is-in-no-file-on-a-disk")
class UsesAFolderOnADisk(Broken):
    """Values and arrays are in files in a folder for temporary files that are kept when the machine starts anew."""

    def RawValue(self, kind, *arguments):
        with mock.patch.object(Arena, "_choose_dir", lambda _arena, _size: "/var/tmp"):
            return self.context.RawValue(kind, *arguments)


def _rounded_down(number, alignment):
    up = -(-number // alignment) * alignment
    return up if up <= alignment or alignment >= mmap.PAGESIZE else up - alignment


@family.breaks("values.no-two-have-a-byte-in-common")
class SetsTooLittleAside(Broken):
    """What is set aside for an array is a few bytes less than it takes."""

    def RawArray(self, kind, size_or_initializer):
        with mock.patch.object(Heap, "_roundup", staticmethod(_rounded_down)):
            return self.context.RawArray(kind, size_or_initializer)


class _WaitsForItself(Heap):
    def free(self, block):
        with self._lock:
            pass
        super().free(block)


@family.breaks("values.can-be-dropped-by-the-garbage-collector")
class GivesBackUnderTheLock(Broken):
    """To give memory back takes the lock that is held while memory is taken."""

    def RawValue(self, kind, *arguments):
        if type(BufferWrapper._heap) is Heap:
            BufferWrapper._heap = _WaitsForItself()
        return self.context.RawValue(kind, *arguments)


class _UsesTheHeapOfItsStarter(ForkProcess):
    def run(self):
        BufferWrapper._heap._lastpid = os.getpid()
        super().run()


@family.breaks("values.what-is-made-after-the-start-is-ones-own")
class ChildrenUseTheStartersHeap(Broken):
    """A child takes the memory of a new value from where its starter takes it, and neither knows of the other."""

    Process = _UsesTheHeapOfItsStarter


def _copied(shared):
    return private_copy(shared.get_obj() if hasattr(shared, "get_obj") else shared)


class _HasCopies(ForkProcess):
    def run(self):
        shared = self._kwargs.get("in_a_dict", {})
        shared.update({name: _copied(value) for name, value in shared.items()})
        super().run()


@family.breaks("values.is-handed-over-inside-other-objects")
class CopiesWhatIsInADict(Broken):
    """A child has copies of the values that it is given in a dict."""

    Process = _HasCopies


class _CopiesForChildrenOfChildren(ForkProcess):
    _args: Any

    def run(self):
        starter = process.parent_process()
        if starter is not None and starter.name != "MainProcess":
            self._args = [_copied(value) if hasattr(value, "value") else value for value in self._args]
        super().run()


@family.breaks("values.is-handed-on-to-a-childs-child")
class CopiesForChildrenOfChildren(Broken):
    """A child's child has a copy of the value that it is given."""

    Process = _CopiesForChildrenOfChildren


class _Portable(Synchronized):
    def __reduce__(self):
        if get_spawning_popen() is not None:
            return super().__reduce__()
        return type(self.get_obj()), (self.value,)


@family.breaks("values.is-handed-over-at-the-start-only")
class PicklesValues(Broken):
    """A value can be pickled at any time, which makes another value of it."""

    def Value(self, kind, *arguments, lock=True):
        value = self.context.Value(kind, *arguments, lock=lock)
        return _Portable(value.get_obj(), value.get_lock(), self.context) if type(value) is Synchronized else value


_mapped: list[mmap.mmap] = []


@family.breaks("values.killed-program-leaves-nothing-behind")
class MemoryHasAName(Broken):
    """The memory of an array has a name in shared memory until the program ends in order."""

    def RawArray(self, kind, size_or_initializer):
        path = Path(dev_shm.SHARED_FOLDER, f"values-{os.getpid()}-{len(_mapped)}")
        path.write_bytes(bytes(mmap.PAGESIZE))
        with path.open("r+b") as file:
            _mapped.append(mmap.mmap(file.fileno(), mmap.PAGESIZE))
        atexit.register(path.unlink)
        return self.context.RawArray(kind, size_or_initializer)
