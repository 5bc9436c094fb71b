"""What is left of shared memory that was dropped, and of programs that had some."""

from __future__ import annotations

import gc
import os

from spec.claims.shared.silence import ends_silently
from spec.claims.shared_memory import payloads
from spec.engine.fixtures import Programs
from spec.engine.marks import counts_references, needs, source, where
from spec.harness.dev_shm import used_by
from spec.harness.holdings import leaves_nothing_behind
from spec.harness.memory_maker import SharedMemories, exists, inode_of
from spec.harness.witness import caller, kernel

pytestmark = needs("Process", "SharedMemory")

BLOCK = (
    "https://docs.python.org/3/library/multiprocessing.shared_memory.html#multiprocessing.shared_memory.SharedMemory"
)


@source(BLOCK, observed=True)
def test_program_that_removes_its_block_is_silent(memory: SharedMemories, program: Programs) -> None:
    """A program that makes a block, lets a child use it, closes and unlinks it, prints nothing at its end."""
    ends_silently(program.main(payloads.use_and_remove, memory.new_name()))


@source("https://docs.python.org/3/library/mmap.html#mmap.mmap.close", observed=True)
def test_program_that_ends_with_a_view_is_silent(program: Programs) -> None:
    """A program that ends while it has a view of a block, which it has unlinked, prints nothing."""
    ends_silently(program.main(payloads.end_with_a_view))


@where(counts_references)
@source(BLOCK + ".close", observed=True)
def test_dropped_block_is_closed_and_not_removed(memory: SharedMemories) -> None:
    """A block that nothing refers to any more is neither mapped nor open here; its name still exists."""
    name = memory.keep(payloads.Blocks(memory.SharedMemory).create(10))
    gc.collect()
    seen = inode_of(name) in used_by(os.getpid()), exists(name)
    kernel.shows("whether this process uses it, and whether it has its name", seen, expected=(False, True))


@where(counts_references)
@source("https://github.com/python/cpython/issues/155003")
def test_view_of_a_dropped_block_can_be_dropped(memory: SharedMemories) -> None:
    """A view of a block goes on when the block is dropped; once the view is dropped too, no file of it is open."""
    name = memory.new_name()
    block = memory.SharedMemory(name, create=True, size=10)
    part = block.buf[2:6]
    del block
    part[:] = b"rice"
    caller.shows("what is read through the view", bytes(part), expected=b"rice")
    del part
    gc.collect()
    kernel.shows("whether this process uses it", inode_of(name) in used_by(os.getpid()), expected=False)


@source(BLOCK + ".close", observed=True)
def test_many_leave_nothing_behind(memory: SharedMemories, scale: int) -> None:
    """However many blocks were made, attached to, closed and unlinked, no file, memory or name of theirs is left."""

    def use() -> list[object]:
        block = memory.SharedMemory(create=True, size=100_000)
        again = memory.SharedMemory(block.name)
        again.buf[0] = 1
        again.close()
        block.close()
        block.unlink()
        return [block, again]

    leaves_nothing_behind(use, 50 * scale)


@needs("ShareableList", "SharedMemoryManager")
@source("https://github.com/python/cpython/pull/13276")
def test_program_with_a_manager_is_silent(program: Programs) -> None:
    """A program that uses the block and the list of a manager, here and in children, prints nothing at its end."""
    ends_silently(program.main(payloads.leave_it_to_the_manager))
