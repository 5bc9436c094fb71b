"""Blocks and lists of shared memory with a fault at an edge: the first item, the last one, the first descriptor."""

from __future__ import annotations

from multiprocessing.shared_memory import ShareableList, SharedMemory
from typing import Any

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.own_memory import StockMemory

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

List: Any = ShareableList
Block: Any = SharedMemory


class _FromTheBeginningOnly(List):
    def __setitem__(self, position, value):
        if position < 0:
            raise IndexError("assignment index out of range")
        super().__setitem__(position, value)


@family.breaks("shared_memory.index-from-the-end-is-assigned")
class AssignsFromTheBeginningOnly(StockMemory):
    """An index from the end of a list is refused when an item is assigned."""

    ShareableList = _FromTheBeginningOnly


class _BeginsAgain(List):
    def __setitem__(self, position, value):
        super().__setitem__(max(position, -len(self)), value)


@family.breaks("shared_memory.index-far-before-the-first-is-refused")
class AssignsTheFirstInstead(StockMemory):
    """An index before the first item of a list is taken for that of the first item when an item is assigned."""

    ShareableList = _BeginsAgain


class _CutAtAMillion(List):
    def __init__(self, sequence=None, *, name=None):
        super().__init__(sequence and [self._cut(value) for value in sequence], name=name)

    @staticmethod
    def _cut(value):
        return value[: 10**6] if isinstance(value, (str, bytes)) else value


@family.breaks("shared_memory.long-item-is-whole-or-refused")
class CutsLongItems(StockMemory):
    """A list keeps the first million bytes of an item."""

    ShareableList = _CutAtAMillion


class _KeepsTheFirst(Block):
    _fd: int

    def close(self):
        if self._fd == 0:
            self._fd = -1
        super().close()


@family.breaks("shared_memory.close-ends-the-use-without-standard-input")
class TakesZeroForNoFile(StockMemory):
    """`close` leaves a file open whose descriptor is 0."""

    SharedMemory = _KeepsTheFirst


class _NamedWithASlash(Block):
    @property
    def name(self):
        return f"/{super().name}"


@family.breaks("shared_memory.is-the-name-of-its-file")
class NamesHaveASlash(StockMemory):
    """The name of a block begins with a slash."""

    SharedMemory = _NamedWithASlash
