"""How a block comes to another process: pickled it is attached, not copied."""

from __future__ import annotations

import pickle
from typing import Any

from spec.claims.shared_memory import payloads
from spec.engine.fixtures import MakeWorker, Programs
from spec.engine.marks import needs, source
from spec.harness.dev_shm import path_of, used_by
from spec.harness.memory_maker import SharedMemories, exists, inode_of
from spec.harness.witness import at_most, caller, kernel, refuses

pytestmark = needs("Process", "SharedMemory")

BLOCK = (
    "https://docs.python.org/3/library/multiprocessing.shared_memory.html#multiprocessing.shared_memory.SharedMemory"
)


@source(BLOCK, observed=True)
def test_pickled_is_attached_not_copied(memory: SharedMemories) -> None:
    """A block that is pickled by any protocol and unpickled is another attachment to the same memory."""
    block = memory.create()
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(block, protocol))
        caller.shows("name and size", (again.name, again.size), expected=(block.name, block.size))
        again.buf[:2] = bytes([protocol, 7])
        caller.shows("what is read through the first", bytes(block.buf[:2]), expected=bytes([protocol, 7]))
        again.close()
    block.buf[0] = 5
    kernel.shows("what is in the file", path_of(block.name).read_bytes()[:2], expected=bytes([5, 7]))


@source(BLOCK, observed=True)
def test_large_blocks_have_small_pickles(memory: SharedMemories) -> None:
    """The pickle of a block does not contain the memory: a block of a million bytes takes at most a thousand."""
    length = len(pickle.dumps(memory.create(1_000_000)))
    caller.shows("the length of the pickle", length, expected=at_most(1000))


@source(BLOCK, observed=True)
def test_given_to_a_child_is_the_same_memory(mp: Any, memory: SharedMemories, worker: MakeWorker) -> None:
    """A child that is given a block as an argument, and one that is sent it later, write to the same memory."""
    block = memory.create()
    child = mp.Process(target=payloads.write, args=(block, b"rice"))
    child.start()
    child.join()
    caller.shows("what a child has written that was given the block", bytes(block.buf[:5]), expected=b"rice\0")
    early = worker(blocks=payloads.Blocks(memory.SharedMemory))
    later = memory.create()
    early.call("blocks.take", later)
    kernel.shows("whether the child uses it", inode_of(later.name) in used_by(early.pid), expected=True)
    early.call("blocks.write", later.name, b"soup")
    caller.shows("what a child has written that was sent the block", bytes(later.buf[:5]), expected=b"soup\0")


@needs("Queue")
@source(BLOCK, observed=True)
def test_can_be_sent_through_a_queue(mp: Any, memory: SharedMemories) -> None:
    """A block that goes through a queue is the same memory for the process that gets it."""
    block, queue = memory.create(), mp.Queue()
    child = mp.Process(target=payloads.write_what_is_sent, args=(queue, b"rice"))
    child.start()
    queue.put(block)
    child.join()
    caller.shows("what the child has written", bytes(block.buf[:5]), expected=b"rice\0")


@source(BLOCK, observed=True)
def test_pickle_of_a_removed_block_is_refused(memory: SharedMemories) -> None:
    """A pickle of a block that has been unlinked raises FileNotFoundError when it is loaded, and makes no block."""
    block = memory.create()
    pickled = [pickle.dumps(block, protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    block.close()
    block.unlink()
    for one in pickled:
        with refuses(FileNotFoundError):
            pickle.loads(one)
        kernel.shows("whether there is a block", exists(block.name), expected=False)


@needs("SharedMemory(track)")
@source("https://github.com/python/cpython/issues/82300", observed=True)
def test_pickle_keeps_that_it_is_not_tracked(memory: SharedMemories, program: Programs) -> None:
    """A block with `track=False` that another program unpickles is not removed when that program ends."""
    block = memory.create(track=False)
    reader = program.main(payloads.take_and_close, pickle.dumps(block))
    kernel.shows("the reader's exit status", reader.exit_status(), expected=0)
    reader.all_errors()
    kernel.shows("whether the block has its name", exists(block.name), expected=True)
