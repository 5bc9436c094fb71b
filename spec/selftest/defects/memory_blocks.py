"""Blocks of shared memory with a fault: their memory, their views, and how they are closed and unlinked."""

from __future__ import annotations

import os
from contextlib import suppress
from multiprocessing.shared_memory import SharedMemory
from typing import Any

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.own_memory import StockMemory

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

Block: Any = SharedMemory


class _HalfAsLarge(Block):
    def __init__(self, name=None, create=False, size=0):
        super().__init__(name, create, size if size < 2 else size // 2)


@family.breaks("shared_memory.is-a-file-of-its-size")
class HalfAsLarge(StockMemory):
    """A block has half as many bytes as were asked for."""

    SharedMemory = _HalfAsLarge


class _Used(Block):
    def __init__(self, name=None, create=False, size=0):
        super().__init__(name, create, size)
        if create:
            self.buf[:] = b"\xff" * len(self.buf)


@family.breaks("shared_memory.begins-with-zeros")
class BeginsWithWhatWasThere(StockMemory):
    """A new block does not begin with zeros."""

    SharedMemory = _Used


class _OpenToAll(Block):
    _mode = 0o666


@family.breaks("shared_memory.only-its-user-may-open-it")
class OpenToAll(StockMemory):
    """Every user may open a block."""

    SharedMemory = _OpenToAll


class _Copied(Block):
    _buf: Any

    def __init__(self, name=None, create=False, size=0):
        super().__init__(name, create, size)
        if not create:
            self._buf = memoryview(bytearray(self._buf))


@family.breaks(
    "shared_memory.attached-by-name-is-the-same-memory",
    "shared_memory.change-is-there-for-a-stopped-process",
    "shared_memory.programs-share-by-name",
)
class AttachesToACopy(StockMemory):
    """Who attaches to a block gets a copy of it."""

    SharedMemory = _Copied


class _SizedByWhoAttaches(Block):
    _size: Any

    def __init__(self, name=None, create=False, size=0):
        super().__init__(name, create, size)
        self._size = size or self._size


@family.breaks("shared_memory.attaching-ignores-the-size")
class BelievesWhoAttaches(StockMemory):
    """The size of a block is the one that was asked for when it was attached to."""

    SharedMemory = _SizedByWhoAttaches


class _StaysOpen(Block):
    def close(self):
        pass


@family.breaks("shared_memory.close-ends-the-use-here-only")
class CloseDoesNothing(StockMemory):
    """`close` does nothing."""

    SharedMemory = _StaysOpen


class _RemovedByClose(Block):
    def close(self):
        if self._buf is not None:
            with suppress(FileNotFoundError):
                super().unlink()
        super().close()


@family.breaks("shared_memory.close-ends-the-use-here-only", "shared_memory.child-that-ends-removes-nothing")
class CloseRemovesTheName(StockMemory):
    """`close` unlinks the block, too."""

    SharedMemory = _RemovedByClose


_attached: list[Any] = []


class _ClosedTogether(Block):
    def __init__(self, name=None, create=False, size=0):
        super().__init__(name, create, size)
        _attached.append(self)

    def close(self):
        for one in [one for one in _attached if one.name == self.name]:
            _attached.remove(one)
            Block.close(one)
        super().close()


@family.breaks("shared_memory.each-attachment-is-closed-on-its-own")
class ClosesAllAttachments(StockMemory):
    """`close` closes all attachments of the process to the same block."""

    SharedMemory = _ClosedTogether


class _StaysThere(Block):
    def unlink(self):
        pass


@family.breaks("shared_memory.unlink-removes-the-name-not-the-memory")
class UnlinkDoesNothing(StockMemory):
    """`unlink` does nothing."""

    SharedMemory = _StaysThere


class _Erased(Block):
    _buf: Any

    def unlink(self):
        super().unlink()
        self._buf = self._buf and memoryview(bytearray(self._buf))


@family.breaks("shared_memory.unlink-removes-the-name-not-the-memory")
class UnlinkRemovesTheMemory(StockMemory):
    """After `unlink` the process that has called it no longer has the memory that others use."""

    SharedMemory = _Erased


class _UnlinkedAgain(Block):
    def unlink(self):
        with suppress(FileNotFoundError):
            super().unlink()


@family.breaks("shared_memory.any-process-may-unlink-it-once")
class UnlinkMayBeRepeated(StockMemory):
    """`unlink` of a block that is gone raises nothing."""

    SharedMemory = _UnlinkedAgain


class _UnlinkedWhileOpen(Block):
    def unlink(self):
        if self._buf is None:
            raise ValueError("the block is closed")
        super().unlink()


@family.breaks("shared_memory.close-and-unlink-come-in-any-order")
class UnlinkComesFirst(StockMemory):
    """A block that was closed cannot be unlinked."""

    SharedMemory = _UnlinkedWhileOpen


class _WithoutItsEnd(Block):
    @property
    def buf(self):
        return self._buf[:-1]


@family.breaks("shared_memory.buf-is-a-view-of-bytes")
class LacksTheLastByte(StockMemory):
    """`buf` lacks the last byte of the block."""

    SharedMemory = _WithoutItsEnd


class _ClosedInSilence(Block):
    def close(self):
        with suppress(BufferError):
            super().close()


@family.breaks("shared_memory.close-is-refused-while-a-view-is-in-use")
class CloseTellsOfNoView(StockMemory):
    """`close` raises nothing if there is a view, though the block stays open."""

    SharedMemory = _ClosedInSilence


class _Nondescript(Block):
    __repr__ = object.__repr__


@family.breaks("shared_memory.repr-tells-name-and-size")
class BlocksLookAlike(StockMemory):
    """The repr of a block tells nothing about it."""

    SharedMemory = _Nondescript


kept: list[Any] = []


class _Kept(Block):
    def __init__(self, name=None, create=False, size=0):
        super().__init__(name, create, size)
        kept.append(self)


@family.breaks("shared_memory.dropped-block-is-closed-and-not-removed")
class KeepsWhatIsDropped(StockMemory):
    """A block that nothing refers to any more stays open."""

    SharedMemory = _Kept


class _Leaks(Block):
    def close(self):
        if self._fd >= 0:
            os.dup(self._fd)
        super().close()


@family.breaks("shared_memory.many-leave-nothing-behind")
class LeavesFilesOpen(StockMemory):
    """Each block that is closed leaves a file open."""

    SharedMemory = _Leaks
