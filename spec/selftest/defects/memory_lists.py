"""Lists in shared memory, and managers of shared memory, with a fault."""

from __future__ import annotations

import signal
from multiprocessing import resource_tracker
from multiprocessing.managers import SharedMemoryManager
from multiprocessing.shared_memory import ShareableList, SharedMemory
from typing import Any

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.own_memory import OwnList, OwnMemory, StockMemory

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

List: Any = ShareableList
Block: Any = SharedMemory
Managed: Any = SharedMemoryManager


class _TruthAsNumbers(List):
    def __getitem__(self, position):
        value = super().__getitem__(position)
        return int(value) if isinstance(value, bool) else value


@family.breaks("shared_memory.list-has-the-values-it-is-made-of")
class ReadsTruthAsNumbers(StockMemory):
    """A truth value in a list is read as a number."""

    ShareableList = _TruthAsNumbers


class _Stripped(List):
    def __getitem__(self, position):
        value = super().__getitem__(position)
        return value.rstrip() if isinstance(value, str) else value


@family.breaks("shared_memory.list-has-the-values-it-is-made-of")
class StripsTexts(StockMemory):
    """A text in a list is read without the blanks at its end."""

    ShareableList = _Stripped


class _Copied(List):
    def __init__(self, sequence=None, *, name=None):
        if sequence is None and name is not None:
            sequence, name = [*List(name=name)], None
        super().__init__(sequence, name=name)


@family.breaks("shared_memory.list-is-the-same-memory-in-all")
class AttachesToACopyOfAList(StockMemory):
    """Who attaches to a list by its name gets a copy of it."""

    ShareableList = _Copied


class _Wraps(List):
    def __getitem__(self, position):
        return super().__getitem__(position % (len(self) or 1))

    def __iter__(self):
        return (self[index] for index in range(len(self)))


@family.breaks("shared_memory.list-keeps-its-length")
class WrapsIndexes(StockMemory):
    """An index beyond the end of a list begins again at its first item."""

    ShareableList = _Wraps


class _Rounds(List):
    def __getitem__(self, position):
        return super().__getitem__(int(position))

    def __setitem__(self, position, value):
        super().__setitem__(int(position), value)


@family.breaks("shared_memory.index-must-be-an-integer")
class RoundsIndexes(StockMemory):
    """An index that is no integer is rounded to one."""

    ShareableList = _Rounds


class _OfOneType(List):
    def __setitem__(self, position, value):
        if type(value) is not type(self[position]):
            raise TypeError("the place is for another type")
        super().__setitem__(position, value)


@family.breaks("shared_memory.place-can-change-its-type", "shared_memory.any-assignments-are-seen-by-all")
class KeepsTypes(StockMemory):
    """A place in a list keeps its type."""

    ShareableList = _OfOneType


class _CutToFit(List):
    def __setitem__(self, position, value):
        try:
            super().__setitem__(position, value)
        except ValueError:
            super().__setitem__(position, value[:8])


@family.breaks("shared_memory.place-keeps-its-room")
class CutsTextsToFit(StockMemory):
    """A text that is too long for its place in a list is cut off."""

    ShareableList = _CutToFit


def wrapped(value):
    """Return a number that takes 64 bits."""
    return (value + 2**63) % 2**64 - 2**63 if type(value) is int else value


class _Wrapped(List):
    def __init__(self, sequence=None, *, name=None):
        super().__init__(None if sequence is None else [wrapped(value) for value in sequence], name=name)

    def __setitem__(self, position, value):
        super().__setitem__(position, wrapped(value))


@family.breaks("shared_memory.number-that-is-too-large-is-refused")
class WrapsNumbers(StockMemory):
    """A number that is too large for a list becomes another one."""

    ShareableList = _Wrapped


class _Written(List):
    def __init__(self, sequence=None, *, name=None):
        super().__init__(None if sequence is None else [self._taken(value) for value in sequence], name=name)

    @staticmethod
    def _taken(value):
        return value if type(value) in (int, float, bool, str, bytes, type(None)) else repr(value)[:8]

    def __setitem__(self, position, value):
        super().__setitem__(position, self._taken(value))


@family.breaks("shared_memory.other-types-are-refused")
class WritesOthersAsText(StockMemory):
    """A value of a type that a list cannot have is taken as a text."""

    ShareableList = _Written


class _EndsAtNulls(List):
    def __getitem__(self, position):
        value = super().__getitem__(position)
        if isinstance(value, str):
            return value.partition("\0")[0]
        return value.partition(b"\0")[0] if isinstance(value, bytes) else value


@family.breaks("shared_memory.list-keeps-nulls-inside")
class EndsAtTheFirstNull(StockMemory):
    """A text in a list ends before the first null character."""

    ShareableList = _EndsAtNulls


class _CountsOnce(List):
    def count(self, value):
        return int(value in [*self])


@family.breaks("shared_memory.list-counts-and-finds")
class CountsOnce(StockMemory):
    """`count` of a list counts equal items once."""

    ShareableList = _CountsOnce


class _WithoutRoom(List):
    @property
    def format(self):
        return super().format.replace("16s", "8s")


@family.breaks("shared_memory.format-is-that-of-struct")
class FormatHasNoRoom(StockMemory):
    """`format` tells of less room than there is."""

    ShareableList = _WithoutRoom


class _SharedByCopies(List):
    def __init__(self, sequence=None, *, name=None):
        if isinstance(sequence, ShareableList):
            sequence, name = None, sequence.shm.name
        super().__init__(sequence, name=name)


@family.breaks("shared_memory.list-of-another-is-its-own")
class SharesWithItsOriginal(StockMemory):
    """A list that is made of another list is that list."""

    ShareableList = _SharedByCopies


class _PickledWhole(List):
    def __reduce__(self):
        return type(self), ([*self],)


@family.breaks("shared_memory.pickled-list-is-attached-not-copied")
class PicklesCopiesOfLists(StockMemory):
    """The pickle of a list makes a copy of it."""

    ShareableList = _PickledWhole


class _HasAnotherBlock(List):
    shm: Any

    def __init__(self, sequence=None, *, name=None):
        super().__init__(sequence, name=name)
        self.kept, self.shm = self.shm, Block(self.shm.name)


@family.breaks("shared_memory.list-is-removed-through-its-block")
class ClosesHalfOfAList(StockMemory):
    """`shm` of a list is a second attachment to its block, and the first stays open."""

    ShareableList = _HasAnotherBlock


class _Nondescript(List):
    __repr__ = object.__repr__


@family.breaks("shared_memory.repr-of-a-list-tells-items-and-name")
class ListsLookAlike(StockMemory):
    """The repr of a list tells nothing about it."""

    ShareableList = _Nondescript


class _ForgetsLists(Managed):
    def ShareableList(self, sequence):
        return List(sequence)


@family.breaks("shared_memory.shutdown-removes-all-of-a-manager", "shared_memory.end-of-a-managers-block-removes-all")
class ForgetsLists(StockMemory):
    """A manager does not remove the lists that it has made."""

    Manager = _ForgetsLists


class _Small(Managed):
    def SharedMemory(self, size):
        return super().SharedMemory(size // 2)


@family.breaks("shared_memory.managers-memory-is-used-as-any-other")
class ManagersHalveSizes(StockMemory):
    """A block of a manager has half as many bytes as were asked for."""

    Manager = _Small


class _AtAnyTime(Managed):
    def SharedMemory(self, size):
        try:
            return super().SharedMemory(size)
        except Exception:
            return Block(create=True, size=size)


@family.breaks("shared_memory.manager-must-be-started")
class NeedsNoStart(StockMemory):
    """A manager that does not run makes blocks, which nobody removes."""

    Manager = _AtAnyTime


def end_at_an_interrupt(initializer, initargs):
    """Let SIGINT end the server of a manager."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    initializer(*initargs)


class _Interruptible(Managed):
    def start(self, initializer=int, initargs=()):
        super().start(end_at_an_interrupt, (initializer, initargs))


@family.breaks("shared_memory.managers-server-minds-no-interrupt")
class InterruptEndsTheServer(StockMemory):
    """SIGINT ends the server of a manager."""

    Manager = _Interruptible


class _TracksOneMore(Managed):
    def SharedMemory(self, size):
        block = super().SharedMemory(size)
        tracker: Any = resource_tracker
        tracker.register(f"/{block.name}-", "shared_memory")
        return block


@family.breaks("shared_memory.program-with-a-manager-is-silent")
class WarnsOfRemovedMemory(StockMemory):
    """At the end of a program there is a warning of memory that its manager has not left."""

    Manager = _TracksOneMore


class _Untracked(Managed):
    def SharedMemory(self, size):
        return OwnMemory(create=True, size=size)

    def ShareableList(self, sequence):
        return OwnList(sequence)


@family.breaks("shared_memory.killed-program-and-manager-leave-nothing")
class NobodyRemovesForManagers(StockMemory):
    """Nobody removes what a manager has made if its server is killed."""

    Manager = _Untracked
