"""Shared memory of the API under test, which is removed when the claim has ended."""

from __future__ import annotations

import os
import secrets
from contextlib import ExitStack, suppress
from typing import Any, Callable

from spec.harness import dev_shm
from spec.harness.witness import kernel

SIZE = 64
"""The number of bytes of a block, if a claim does not care."""


class SharedMemories:
    """Makes blocks of shared memory, lists in them and managers of them, and removes them at the end of the block.

    Args:
        find: returns the API's class that has the given name.
    """

    def __init__(self, find: Callable[[str], Any]) -> None:
        self._find = find
        self._blocks: list[Any] = []
        self._names: list[str] = []
        self._managers = ExitStack()

    @property
    def SharedMemory(self) -> Any:
        """The class ``SharedMemory``."""
        return self._find("SharedMemory")

    @property
    def ShareableList(self) -> Any:
        """The class ``ShareableList``."""
        return self._find("ShareableList")

    def new_name(self, form: str = "{}") -> str:
        """Return a name that nobody uses, which is removed at the end.

        Args:
            form: the name, with ``{}`` where there is to be something random.
        """
        self._names.append(form.format(f"spec-{os.getpid()}-{secrets.token_hex(4)}"))
        return self._names[-1]

    def create(self, size: int = SIZE, **how: Any) -> Any:
        """Return a new block with *size* bytes; *how* has further arguments of ``SharedMemory``."""
        return self._keep(self.SharedMemory(create=True, size=size, **how))

    def attach(self, name: str, **how: Any) -> Any:
        """Return a ``SharedMemory`` that is attached to the block called *name*."""
        return self._keep(self.SharedMemory(name, **how))

    def new_list(self, values: Any = None, **how: Any) -> Any:
        """Return a new ``ShareableList`` of the *values*, or one that is attached to the block called ``name``."""
        made = self.ShareableList(values, **how)
        self._keep(made.shm)
        return made

    def manager(self, *initializer: Any) -> Any:
        """Return a ``SharedMemoryManager`` that has been started; the *initializer* is what its ``start`` takes."""
        made = self.new_manager()
        made.start(*initializer)
        self._managers.callback(made.shutdown)
        return made

    def new_manager(self) -> Any:
        """Return a ``SharedMemoryManager`` that has not been started."""
        return self._find("SharedMemoryManager")()

    def keep(self, name: str) -> str:
        """Have the block called *name*, which another process has made, removed at the end, and return the name."""
        self._names.append(name)
        return name

    def _keep(self, block: Any) -> Any:
        self._blocks.append(block)
        return block

    def __enter__(self) -> SharedMemories:
        return self

    def __exit__(self, *exception: object) -> None:
        self._managers.close()
        for block in self._blocks:
            with suppress(BufferError):  # the claim still has a view of it
                block.close()
        for name, block in {one.name: one for one in self._blocks}.items():
            self._names.append(name)
            with suppress(FileNotFoundError):
                block.unlink()
        for name in self._names:
            with suppress(OSError, ValueError):  # there can be no such file
                dev_shm.path_of(name).unlink()


def exists(name: str) -> bool:
    """Return whether there is shared memory called *name*."""
    return dev_shm.path_of(name).exists()


def inode_of(name: str) -> int:
    """Return the inode of the shared memory called *name*.

    Raises:
        Violation: there is none.
    """
    found = dev_shm.inodes_of([dev_shm.path_of(name).name])
    kernel.shows(f"whether there is shared memory called {name!r}", bool(found), expected=True)
    return next(iter(found.values()))
