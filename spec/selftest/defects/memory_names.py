"""Blocks of shared memory with a fault in their names and sizes, in their pickles, or in who removes them."""

from __future__ import annotations

import atexit
import os
import sys
from contextlib import suppress
from functools import partial
from multiprocessing import util
from multiprocessing.shared_memory import SharedMemory
from typing import Any

from spec.harness.dev_shm import path_of
from spec.selftest.defects.declaration import Family
from spec.selftest.defects.own_memory import OwnMemory, StockMemory
from spec.selftest.defects.own_processes import ForkProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

Block: Any = SharedMemory


class _Shortened(Block):
    def __init__(self, name=None, create=False, size=0):
        super().__init__(name and name[:100], create, size)


@family.breaks("shared_memory.has-the-name-that-it-is-given")
class ShortensNames(StockMemory):
    """A name is cut off after a hundred characters."""

    SharedMemory = _Shortened


class _OneName(Block):
    def __init__(self, name=None, create=False, size=0):
        if name is None and create:
            name = f"psm_{os.getpid()}"
            create = not path_of(name).exists()
        super().__init__(name, create, size)


@family.breaks("shared_memory.without-a-name-each-gets-its-own")
class UsesOneName(StockMemory):
    """All blocks that one process makes without a name are the same."""

    SharedMemory = _OneName


class _Attached(Block):
    def __init__(self, name=None, create=False, size=0):
        try:
            super().__init__(name, create, size)
        except FileExistsError:
            self._flags = os.O_RDWR
            super().__init__(name)


@family.breaks("shared_memory.name-in-use-is-refused")
class AttachesToNamesInUse(StockMemory):
    """Who makes a block with a name that is in use is attached to that block."""

    SharedMemory = _Attached


class _Made(Block):
    def __init__(self, name=None, create=False, size=0):
        try:
            super().__init__(name, create, size)
        except FileNotFoundError:
            super().__init__(name, True, size or 1)


@family.breaks("shared_memory.missing-names-are-refused", "shared_memory.pickle-of-a-removed-block-is-refused")
class MakesMissingBlocks(StockMemory):
    """Who attaches to a name that is not in use makes a block."""

    SharedMemory = _Made


class _Nameless(Block):
    def __init__(self, name=None, create=False, size=0):
        super().__init__(name, create or name is None, size or 1)


@family.breaks("shared_memory.attaching-needs-a-name", "shared_memory.sizes-below-one-are-refused")
class MakesWhatIsNotAskedFor(StockMemory):
    """Without a name a block is made, and without a size it has one byte."""

    SharedMemory = _Nameless


class _LeavesItsName(Block):
    def __init__(self, name=None, create=False, size=0):
        try:
            super().__init__(name, create, size)
        except OSError:
            path_of(name).touch()
            raise


@family.breaks("shared_memory.block-without-room-leaves-no-name")
class LeavesNames(StockMemory):
    """A block that cannot be made leaves its name."""

    SharedMemory = _LeavesItsName


class _Cut(Block):
    def __init__(self, name=None, create=False, size=0):
        super().__init__(name and name.partition("\0")[0], create, size)


@family.breaks("shared_memory.name-with-a-null-is-refused")
class CutsNamesAtNulls(StockMemory):
    """A name ends before a null character that it contains."""

    Process = ForkProcess  # its class has no known deviations
    SharedMemory = _Cut


class _Possible(Block):
    def __init__(self, name=None, create=False, size=0):
        super().__init__(name and name.replace("/", "_")[:200], create, size)


@family.breaks("shared_memory.impossible-names-leave-nothing")
class ChangesImpossibleNames(StockMemory):
    """A name that cannot be that of a block is changed into one that can."""

    SharedMemory = _Possible


class _AttachesToAnything(Block):
    def __init__(self, name=None, create=False, size=0):
        possible = name is None or ("/" not in name and len(name) < 256)
        super().__init__(*((name, create, size) if create or possible else (None, True, 1)))


@family.breaks("shared_memory.impossible-names-leave-nothing")
class AttachesToImpossibleNames(StockMemory):
    """Attaching by a name that cannot be that of a block makes a block with another name."""

    SharedMemory = _AttachesToAnything


class _RefusedLate(OwnMemory):
    def __init__(self, name=None, create=False, size=0):
        super().__init__(name, create, size)
        self.name.encode("ascii")


@family.breaks("shared_memory.name-of-any-script-is-taken-or-leaves-nothing")
class RefusesNamesTooLate(StockMemory):
    """A name that is not of ASCII characters is refused once the block has been made."""

    Process = ForkProcess
    SharedMemory = _RefusedLate


class _Complains(OwnMemory):
    def __init__(self, name=None, create=False, size=0):
        super().__init__(name, create, size)
        if {*self.name} & {*":\n"}:
            print("strange name", file=sys.stderr)


@family.breaks("shared_memory.colons-in-a-name-are-no-trouble", "shared_memory.line-breaks-in-a-name-are-no-trouble")
class ComplainsOfStrangeNames(StockMemory):
    """Something is printed of names that contain a colon or a line break."""

    Process = ForkProcess
    SharedMemory = _Complains


def copied(kind, data):
    """Return a new block with these bytes."""
    block = kind(create=True, size=len(data))
    block.buf[:] = data
    return block


class _PickledWhole(Block):
    def __reduce__(self):
        return copied, (type(self), bytes(self.buf))


@family.breaks(
    "shared_memory.pickled-is-attached-not-copied",
    "shared_memory.given-to-a-child-is-the-same-memory",
    "shared_memory.can-be-sent-through-a-queue",
)
class PicklesCopies(StockMemory):
    """The pickle of a block makes a copy of it."""

    SharedMemory = _PickledWhole


def attached(kind, name, _data):
    """Return an attachment to a block."""
    return kind(name)


class _PickledBesides(Block):
    def __reduce__(self):
        return attached, (type(self), self.name, bytes(self.buf))


@family.breaks("shared_memory.large-blocks-have-small-pickles")
class PicklesTheMemory(StockMemory):
    """The pickle of a block contains its memory, which nobody needs."""

    SharedMemory = _PickledBesides


def remove(name):
    """Remove a name, if it is there."""
    with suppress(FileNotFoundError):
        path_of(name).unlink()


class _Forgetful(OwnMemory):
    def __init__(self, name=None, create=False, size=0, *, track=True):
        super().__init__(name, create, size, track=track)
        if track:
            atexit.register(remove, self.name)

    def __reduce__(self):
        return type(self), (self.name,)


@family.breaks("shared_memory.pickle-keeps-that-it-is-not-tracked")
class PicklesForgetTrack(StockMemory):
    """The pickle of a block that is not tracked is that of one that is."""

    SharedMemory = _Forgetful


class _AlwaysTracked(OwnMemory):
    def __init__(self, name=None, create=False, size=0, *, track=True):
        super().__init__(name, create, size, track=track)
        atexit.register(remove, self.name)


@family.breaks("shared_memory.untracked-reader-removes-nothing")
class IgnoresTrack(StockMemory):
    """A block is removed when a process ends that has attached to it, also with `track=False`."""

    SharedMemory = _AlwaysTracked


class _HiddenIfUntracked(OwnMemory):
    def __init__(self, name=None, create=False, size=0, *, track=True):
        super().__init__(name, create, size, track=track)
        if create and not track:
            self.unlink()


@family.breaks("shared_memory.untracked-block-outlives-its-program")
class UntrackedHasNoName(StockMemory):
    """A block that is not tracked has no name, so that it goes with its program."""

    SharedMemory = _HiddenIfUntracked


@family.breaks(
    "shared_memory.killed-programs-block-is-removed",
    "shared_memory.forgotten-block-is-removed",
    "shared_memory.tracked-reader-removes-it",
)
class NobodyRemoves(StockMemory):
    """Nobody removes the block of a program that does not."""

    SharedMemory = OwnMemory


class _StillTracked(Block):
    def unlink(self):
        path_of(self.name).unlink()


@family.breaks("shared_memory.program-that-removes-its-block-is-silent")
class WarnsOfRemovedBlocks(StockMemory):
    """A block that has been unlinked is said to be left at the end of the program."""

    SharedMemory = _StillTracked


class _Mortal(Block):
    def __init__(self, name=None, create=False, size=0):
        super().__init__(name, create, size)
        if create:
            util.Finalize(None, partial(remove, self.name), exitpriority=0)


@family.breaks(
    "shared_memory.made-by-a-child-it-outlives-it", "shared_memory.made-by-a-child-of-a-user-it-outlives-it"
)
class GoesWithItsMaker(StockMemory):
    """A block is removed when the process ends that has made it."""

    Process = ForkProcess
    SharedMemory = _Mortal
