"""What the claims of the lesson `shared_memory` run in other processes."""

from __future__ import annotations

import ctypes

from impl.api import shared_memory_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from impl.contract import Pause


class PaintIsOut(Exception):
    """Raised by a painter before anything is painted."""


def run_out(_place: object) -> None:
    """Act as a painter who has no paint.

    Raises:
        PaintIsOut: always.
    """
    raise PaintIsOut


class Blocks:
    """Blocks of shared memory that one process uses.

    Args:
        make: the class ``SharedMemory``.
    """

    def __init__(self, make: Any) -> None:
        self._make = make
        self._blocks: dict[str, Any] = {}

    def create(self, size: int, **how: Any) -> str:
        """Make a block, and return its name."""
        block = self._make(create=True, size=size, **how)
        self._blocks[block.name] = block
        return str(block.name)

    def attach(self, name: str, **how: Any) -> None:
        """Attach to the block called *name*."""
        self._blocks[name] = self._make(name, **how)

    def take(self, block: Any) -> None:
        """Use a *block* that has been sent here."""
        self._blocks[block.name] = block

    def read(self, name: str, size: int) -> bytes:
        """Return the first *size* bytes of a block."""
        return bytes(self._blocks[name].buf[:size])

    def write(self, name: str, data: bytes) -> None:
        """Write *data* to the beginning of a block."""
        self._blocks[name].buf[: len(data)] = data

    def address(self, name: str) -> int:
        """Return where a block is in the memory of this process."""
        return ctypes.addressof(ctypes.c_char.from_buffer(self._blocks[name].buf))

    def close(self, name: str) -> None:
        """Close a block."""
        self._blocks[name].close()

    def unlink(self, name: str) -> None:
        """Unlink a block."""
        self._blocks[name].unlink()


def write(block: Any, data: bytes) -> None:
    """Write *data* to the beginning of a *block*, and close it."""
    block.buf[: len(data)] = data
    block.close()


def write_what_is_sent(queue: Any, data: bytes) -> None:
    """Get a block from a *queue*, and write *data* to it."""
    write(queue.get(), data)


def assign(values: Any, index: int, value: object) -> None:
    """Let an item of a list be *value*."""
    values[index] = value


def items(values: Any) -> list[Any]:
    """Return the items of a list, one by one."""
    return [values[index] for index in range(len(values))]


def attach_without_room(make: Any, name: str, room: int) -> str:
    """Attach to a block while this process may use only *room* more bytes of addresses, and return what is raised."""
    import resource

    with open("/proc/self/statm", encoding="ascii") as sizes:
        used = int(sizes.read().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + room, before[1]))
    try:
        make(name)
    except OSError as error:
        return type(error).__name__
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
    return "nothing"


_kept: list[Any] = []
"""All that is still referred to when its process ends."""


def _keep(block: Any) -> Any:
    _kept.append(block)
    return block


def create_and_stop(mp: Any, tell: Pause, size: int, how: dict[str, Any]) -> None:
    """A program: make a block, write to it, and stop with its name."""
    block = _keep(shared_memory_class(mp, "SharedMemory")(create=True, size=size, **how))
    block.buf[:4] = b"rice"
    tell(block.name)


def attach_and_stop(mp: Any, tell: Pause, name: str, data: bytes, how: dict[str, Any]) -> None:
    """A program: attach to a block, stop with its first bytes, write *data*, stop again, and close the block."""
    block = shared_memory_class(mp, "SharedMemory")(name, **how)
    tell(bytes(block.buf[: len(data)]))
    block.buf[: len(data)] = data
    tell()
    block.close()


def attach_and_close(mp: Any, name: str, how: dict[str, Any]) -> None:
    """A program: attach to a block, and close it."""
    shared_memory_class(mp, "SharedMemory")(name, **how).close()


def take_and_close(mp: Any, block: bytes) -> None:  # noqa: ARG001  the API is part of the call
    """A program: unpickle a *block*, and close it."""
    import pickle

    pickle.loads(block).close()


def use_and_remove(mp: Any, name: str) -> None:
    """A program: make a block with this *name*, let a child use it, attach once more, close all, and unlink it."""
    make = shared_memory_class(mp, "SharedMemory")
    block = make(name, create=True, size=10)
    child = mp.Process(target=write, args=(block, b"rice"))
    child.start()
    child.join()
    again = make(name)
    assert bytes(again.buf[:4]) == b"rice"
    again.close()
    block.close()
    block.unlink()


def use_slashes_and_remove(mp: Any, name: str) -> None:
    """A program: make a block called *name*, attach to it with a slash before the name, and unlink it."""
    make = shared_memory_class(mp, "SharedMemory")
    block = make(name, create=True, size=10)
    make("/" + name).close()
    block.close()
    block.unlink()


def end_with_a_view(mp: Any) -> None:
    """A program: end while it has a view of a block, whose name it has removed."""
    block = _keep(shared_memory_class(mp, "SharedMemory")(create=True, size=10))
    _keep(block.buf[2:5])
    block.unlink()


def ask_too_much(mp: Any, name: str, size: int) -> None:
    """A program: make a block of so many bytes that there is no room for it."""
    try:
        shared_memory_class(mp, "SharedMemory")(name, create=True, size=size)
    except OSError:
        return
    raise AssertionError("there was room")


def leave_it_to_the_manager(mp: Any) -> None:
    """A program: use a block and a list of a manager here and in a child, and shut the manager down."""
    manager = shared_memory_class(mp, "SharedMemoryManager")()
    with manager:
        block, values = manager.SharedMemory(size=10), manager.ShareableList(["rice", 1])
        for target, args in (write, (block, b"rice")), (assign, (values, 1, 2)):
            child = mp.Process(target=target, args=args)
            child.start()
            child.join()
        assert (bytes(block.buf[:4]), list(values)) == (b"rice", ["rice", 2])


def stop_with_a_manager(mp: Any, tell: Pause, note: Callable[[str], object]) -> None:
    """A program: make a block and a list of a manager, whose server notes itself, and stop with their names."""
    manager = _keep(shared_memory_class(mp, "SharedMemoryManager")())
    manager.start(note, ("server",))
    block, values = _keep(manager.SharedMemory(size=10)), _keep(manager.ShareableList([1, 2]))
    tell(block.name, values.shm.name)


def let_a_child_make_one(mp: Any, tell: Pause, own: int) -> None:
    """A program: make as many blocks as *own* says, let a child make one, and stop once the child has ended."""
    make = shared_memory_class(mp, "SharedMemory")
    blocks = [make(create=True, size=10) for _ in range(own)]
    child = mp.Process(target=create_and_tell, args=(make, tell))
    child.start()
    child.join()
    tell()
    for block in blocks:
        block.close()
        block.unlink()


def create_and_tell(make: Any, tell: Pause) -> None:
    """Make a block, stop with its name, and close it."""
    block = make(create=True, size=10)
    block.buf[:4] = b"rice"
    tell(block.name)
    block.close()
