"""What a block of shared memory is, and what closing and unlinking it does."""

from __future__ import annotations

import os
import signal

from spec.claims.shared_memory import payloads
from spec.engine.fixtures import MakeWorker
from spec.engine.marks import memory_is_readable, needs, source, where
from spec.harness.dev_shm import path_of, used_by
from spec.harness.memory_maker import SharedMemories, exists, inode_of
from spec.harness.memory_maps import read_memory, shared_place
from spec.harness.witness import at_least, caller, kernel, recorder, refuses
from spec.harness.worker import CallFailed

pytestmark = needs("Process", "SharedMemory")

BLOCK = (
    "https://docs.python.org/3/library/multiprocessing.shared_memory.html#multiprocessing.shared_memory.SharedMemory"
)
OVERVIEW = "https://man7.org/linux/man-pages/man7/shm_overview.7.html"
TRUNCATE = "https://man7.org/linux/man-pages/man2/ftruncate.2.html"


@source(BLOCK + ".size")
@source(OVERVIEW)
def test_is_a_file_of_its_size(memory: SharedMemories) -> None:
    """A block is a file in shared memory with its name; it has as many bytes as were asked for, or more."""
    for size in 1, 100, 4096, 4097, 100_000:
        block = memory.create(size)
        file = path_of(block.name).stat()
        kernel.shows(f"the size of the file of {size} bytes", file.st_size, expected=at_least(size))
        caller.shows("size, and the length of buf", (block.size, len(block.buf)), expected=(file.st_size,) * 2)
        kernel.shows("whether this process uses it", file.st_ino in used_by(os.getpid()), expected=True)


@source(TRUNCATE, observed=True)
def test_begins_with_zeros(memory: SharedMemories) -> None:
    """A new block holds zeros only, even if its name and its memory were used before."""
    name = memory.new_name()
    for _ in range(3):
        block = memory.create(100_000, name=name)
        kernel.shows("the different bytes in the file", set(path_of(name).read_bytes()), expected={0})
        block.buf[:] = b"x" * len(block.buf)
        block.close()
        block.unlink()


@source("https://man7.org/linux/man-pages/man3/shm_open.3.html", observed=True)
def test_only_its_user_may_open_it(memory: SharedMemories) -> None:
    """Only processes of the same user may read or write a block."""
    mode = path_of(memory.create().name).stat().st_mode
    kernel.shows("the permissions of others", oct(mode & 0o077), expected=oct(0))
    kernel.shows("the permissions of the user", oct(mode & 0o600), expected=oct(0o600))


@source(BLOCK)
def test_attached_by_name_is_the_same_memory(memory: SharedMemories, worker: MakeWorker) -> None:
    """A child that knows only the name of a block has the same memory: each sees at once what the other writes."""
    child, block = worker(blocks=payloads.Blocks(memory.SharedMemory)), memory.create()
    inode = inode_of(block.name)
    kernel.shows("whether the child uses it before it attaches", inode in used_by(child.pid), expected=False)
    block.buf[:4] = b"rice"
    child.call("blocks.attach", block.name)
    kernel.shows("whether the child uses the same file", inode in used_by(child.pid), expected=True)
    recorder.shows("what the child reads", child.call("blocks.read", block.name, 4), expected=b"rice")
    child.call("blocks.write", block.name, b"tea")
    caller.shows("what the starter reads after the child has written", bytes(block.buf[:4]), expected=b"teae")
    kernel.shows("what is in the file", path_of(block.name).read_bytes()[:4], expected=b"teae")


@where(memory_is_readable)
@source(BLOCK)
def test_change_is_there_for_a_stopped_process(memory: SharedMemories, worker: MakeWorker) -> None:
    """What one process writes to a block is in the memory of every other, even one that is stopped."""
    child, block = worker(blocks=payloads.Blocks(memory.SharedMemory)), memory.create()
    child.call("blocks.attach", block.name)
    at = child.call("blocks.address", block.name)
    place = shared_place(child.pid, at)
    kernel.shows("the inode of the child's memory", place and place.inode, expected=inode_of(block.name))
    os.kill(child.pid, signal.SIGSTOP)
    block.buf[:4] = b"rice"
    kernel.shows("the memory of a stopped process", read_memory(child.pid, at, 4), expected=b"rice")


@source(BLOCK)
def test_attaching_ignores_the_size(memory: SharedMemories) -> None:
    """Whoever attaches to a block has all of it, and does not change its size, whatever size is asked for."""
    block = memory.create(5000)
    for size in 0, 1, 4096, 100_000:
        attached = memory.attach(block.name, size=size)
        seen = attached.size, len(attached.buf), path_of(block.name).stat().st_size
        kernel.shows(f"the sizes if {size} is asked for", seen, expected=(block.size,) * 3)


@source(BLOCK + ".close")
def test_close_ends_the_use_here_only(memory: SharedMemories, worker: MakeWorker) -> None:
    """After `close` a process has neither mapped nor open what it has closed, others go on, and the name stays."""
    child, block = worker(blocks=payloads.Blocks(memory.SharedMemory)), memory.create()  # a fork would have the block
    inode = inode_of(block.name)
    child.call("blocks.attach", block.name)
    for _ in range(2):
        block.close()
        kernel.shows("whether the starter uses it after close", inode in used_by(os.getpid()), expected=False)
    child.call("blocks.write", block.name, b"rice")
    again = memory.attach(block.name)
    caller.shows("what the starter reads when it has attached again", bytes(again.buf[:4]), expected=b"rice")
    child.call("blocks.close", block.name)
    kernel.shows("whether the child uses it after close", inode in used_by(child.pid), expected=False)
    kernel.shows("whether the name is there", exists(block.name), expected=True)


@source("https://man7.org/linux/man-pages/man3/shm_open.3.html", observed=True)
@source(BLOCK + ".close")
def test_close_ends_the_use_without_standard_input(memory: SharedMemories, worker: MakeWorker) -> None:
    """`close` ends the use of a block also in a process without standard input, where its descriptor is 0."""
    child, block = worker(blocks=payloads.Blocks(memory.SharedMemory), close=os.close), memory.create()
    child.call("close", 0)
    child.call("blocks.attach", block.name)
    inode = inode_of(block.name)
    kernel.shows("whether the child uses it", inode in used_by(child.pid), expected=True)
    child.call("blocks.close", block.name)
    kernel.shows("whether the child uses it after close", inode in used_by(child.pid), expected=False)


@source(BLOCK + ".close")
def test_each_attachment_is_closed_on_its_own(memory: SharedMemories) -> None:
    """If a process attaches to a block twice, closing one attachment does not end the use of the other."""
    block = memory.create()
    one, other = memory.attach(block.name), memory.attach(block.name)
    one.buf[0] = 7
    one.close()
    caller.shows("what is read through the other", (other.buf[0], block.buf[0]), expected=(7, 7))


@source(BLOCK + ".unlink")
def test_unlink_removes_the_name_not_the_memory(memory: SharedMemories, worker: MakeWorker) -> None:
    """After `unlink` nobody can attach to a block, and those that are attached go on using the same memory."""
    block, child = memory.create(), worker(blocks=payloads.Blocks(memory.SharedMemory))
    child.call("blocks.attach", block.name)
    block.unlink()
    kernel.shows("whether the name is there", exists(block.name), expected=False)
    with refuses(FileNotFoundError):
        memory.attach(block.name)
    child.call("blocks.write", block.name, b"rice")
    caller.shows("what the starter reads after that", bytes(block.buf[:4]), expected=b"rice")
    new = memory.create(name=block.name)
    new.buf[:4] = b"soup"
    recorder.shows("what the child reads after that", child.call("blocks.read", block.name, 4), expected=b"rice")


@source(BLOCK + ".unlink")
def test_any_process_may_unlink_it_once(memory: SharedMemories, worker: MakeWorker) -> None:
    """A child may unlink the block of its starter; after that, `unlink` raises FileNotFoundError everywhere."""
    block, child = memory.create(), worker(blocks=payloads.Blocks(memory.SharedMemory))
    child.call("blocks.attach", block.name)
    child.call("blocks.unlink", block.name)
    kernel.shows("whether the name is there", exists(block.name), expected=False)
    for _ in range(2):
        with refuses(FileNotFoundError):
            block.unlink()
    with refuses(CallFailed, "FileNotFoundError"):
        child.call("blocks.unlink", block.name)


@source(BLOCK + ".unlink")
def test_close_and_unlink_come_in_any_order(memory: SharedMemories) -> None:
    """A block can be unlinked before or after it is closed; then neither its name nor its memory is there."""
    for first, second in ("close", "unlink"), ("unlink", "close"):
        block = memory.create()
        inode = inode_of(block.name)
        getattr(block, first)()
        getattr(block, second)()
        seen = exists(block.name), inode in used_by(os.getpid())
        kernel.shows(f"whether name and memory are there after {first} and {second}", seen, expected=(False, False))


@source(BLOCK + ".buf")
def test_buf_is_a_view_of_bytes(memory: SharedMemories) -> None:
    """`buf` is a writable view of the bytes of a block, whose parts can be assigned, but not made longer."""
    block = memory.create(64)
    block.buf[:5] = b"aabbc"
    block.buf[1], block.buf[-1] = 122, 255
    caller.shows("what was written", (bytes(block.buf[:6]), block.buf[63]), expected=(b"azbbc\0", 255))
    caller.shows("what kind of view it is", _kind(block.buf), expected=("B", 1, False))
    for wrong in (slice(0, 2), b"three"), (64, 1), (0, 256), (0, "a"):
        with refuses(Exception):
            block.buf[wrong[0]] = wrong[1]
    kernel.shows("what is in the file after that", path_of(block.name).read_bytes()[:6], expected=b"azbbc\0")


def _kind(view: memoryview) -> tuple[str, int, bool]:
    return view.format, view.ndim, view.readonly


@source(BLOCK + ".close", observed=True)
@source("https://docs.python.org/3/library/stdtypes.html#memoryview.release")
def test_close_is_refused_while_a_view_is_in_use(memory: SharedMemories) -> None:
    """`close` raises BufferError while there is a view of a part, which goes on working; later `close` works."""
    block = memory.create()
    inode, part = inode_of(block.name), block.buf[1:5]
    part[:] = b"rice"
    with refuses(BufferError):
        block.close()
    part[0] = ord("d")
    kernel.shows("what is in the file", path_of(block.name).read_bytes()[:5], expected=b"\0dice")
    part.release()
    block.close()
    kernel.shows("whether this process uses it after close", inode in used_by(os.getpid()), expected=False)


@source("https://docs.python.org/3/reference/datamodel.html#object.__repr__", observed=True)
def test_repr_tells_name_and_size(memory: SharedMemories) -> None:
    """The repr of a block contains its name and its size, also in a list."""
    block = memory.create(12_345)
    for part in block.name, str(block.size):
        caller.shows(f"whether the repr contains {part!r}", part in repr([block]), expected=True)
