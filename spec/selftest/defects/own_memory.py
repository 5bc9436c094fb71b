"""Shared memory, lists in it and managers of it, without the faults that those of the standard library have.

Nothing removes what a killed program has made.
"""

from __future__ import annotations

import mmap
import os
import secrets
import struct
from contextlib import suppress
from functools import partial
from multiprocessing import managers, shared_memory
from typing import Any

from spec.harness.dev_shm import path_of
from spec.selftest.defects.declaration import Broken
from spec.selftest.defects.own_processes import ForkProcess


class StockMemory(Broken):
    """A multiprocessing API with the standard library's shared memory, for subclasses with a fault."""

    SharedMemory: Any = shared_memory.SharedMemory
    ShareableList: Any = shared_memory.ShareableList
    Manager: Any = managers.SharedMemoryManager

    @property
    def SharedMemoryManager(self):
        return partial(self.Manager, ctx=self.context)


class OwnMemory:
    """A block, which knows its name and its pickles keep whether it is tracked."""

    def __init__(self, name=None, create=False, size=0, *, track=True):
        if create and size < 1:
            raise ValueError("a block has one byte or more")
        if name is None and not create:
            raise ValueError("to attach takes a name")
        self.name = f"own_{secrets.token_hex(8)}" if name is None else name
        self.track = track
        path = path_of(self.name)
        file = os.open(path, os.O_RDWR | (os.O_CREAT | os.O_EXCL if create else 0), 0o600)
        try:
            if create:
                os.ftruncate(file, size)
            self.mapped = mmap.mmap(file, 0)
        except (OSError, ValueError, OverflowError):
            if create:
                path.unlink()
            raise
        finally:
            os.close(file)
        self.size = len(self.mapped)
        self.buf = memoryview(self.mapped)

    def close(self):
        self.buf.release()
        self.mapped.close()

    def unlink(self):
        path_of(self.name).unlink()

    def __reduce__(self):
        return partial(type(self), track=self.track), (self.name,)

    def __repr__(self):
        return f"OwnMemory({self.name!r}, {self.size})"


HEAD = struct.Struct("=qqq")
"""What is before the bytes of an item: the room for them, the kind of the item, and their number."""

KINDS: tuple[Any, ...] = (int, float, bool, type(None), str, bytes)


def packed(value):
    """Return the kind of a *value*, and its bytes."""
    kind = KINDS.index(type(value))
    if isinstance(value, str):
        return kind, value.encode()
    if isinstance(value, bytes):
        return kind, value
    return kind, struct.pack("=d" if kind == 1 else "=q", value or 0)


def unpacked(kind, data):
    """Return the value with these bytes."""
    if KINDS[kind] is str:
        return data.decode()
    if KINDS[kind] is bytes or KINDS[kind] is type(None):
        return data if KINDS[kind] is bytes else None
    [number] = struct.unpack("=d" if kind == 1 else "=q", data)
    return KINDS[kind](number)


class OwnList:
    """A list whose items have a length, and are checked before they are written."""

    def __init__(self, sequence=None, *, name=None):
        if sequence is None and name is not None:
            self.shm: Any = OwnMemory(name)
        else:
            items = [packed(value) for value in sequence or ()]
            rooms = [8 * (len(data) // 8 + 1) if kind > 3 else 8 for kind, data in items]
            self.shm = OwnMemory(name, create=True, size=8 + sum(rooms) + HEAD.size * len(rooms))
            struct.pack_into("=q", self.shm.buf, 0, len(rooms))
            at = 8
            for room, (kind, data) in zip(rooms, items):
                HEAD.pack_into(self.shm.buf, at, room, kind, 0)
                self.write(at, kind, data)
                at += HEAD.size + room

    def write(self, at, kind, data):
        room, _, _ = HEAD.unpack_from(self.shm.buf, at)
        if len(data) > room:
            raise ValueError("there is no room")
        HEAD.pack_into(self.shm.buf, at, room, kind, len(data))
        self.shm.buf[at + HEAD.size : at + HEAD.size + len(data)] = data

    def place(self, index):
        """Return where an item is."""
        at = 8
        for _ in range(range(len(self))[index]):
            at += HEAD.size + HEAD.unpack_from(self.shm.buf, at)[0]
        return at

    def __len__(self):
        return struct.unpack_from("=q", self.shm.buf, 0)[0]

    def __getitem__(self, index):
        at = self.place(index)
        _, kind, length = HEAD.unpack_from(self.shm.buf, at)
        return unpacked(kind, bytes(self.shm.buf[at + HEAD.size : at + HEAD.size + length]))

    def __setitem__(self, index, value):
        self.write(self.place(index), *packed(value))


class OwnManager:
    """A manager without a server, which ignores blocks that are gone."""

    def __init__(self, **_context):
        self.blocks: list[Any] = []

    def start(self):
        pass

    def SharedMemory(self, size):
        self.blocks.append(OwnMemory(create=True, size=size))
        return self.blocks[-1]

    def ShareableList(self, sequence):
        made = OwnList(sequence)
        self.blocks.append(made.shm)
        return made

    def shutdown(self):
        for block in self.blocks:
            with suppress(FileNotFoundError):
                block.unlink()


class Memory(StockMemory):
    """Blocks, lists and managers without faults that those of the standard library have."""

    Process = ForkProcess
    SharedMemory = OwnMemory
    ShareableList = OwnList
    Manager = OwnManager
