"""Who removes a block, and when: children, and programs that know nothing of each other."""

from __future__ import annotations

from typing import Any

from spec.claims.shared.silence import ends_silently
from spec.claims.shared_memory import payloads
from spec.engine.fixtures import MakeCheckpoint, MakeWorker, Programs
from spec.engine.marks import needs, source
from spec.harness.checkpoint import Checkpoint
from spec.harness.dev_shm import used_by
from spec.harness.memory_maker import SharedMemories, exists, inode_of
from spec.harness.process_table import ALIVE, descendants, state, until_exited
from spec.harness.program import Program
from spec.harness.witness import caller, containing, gatekeeper, kernel, other_than

pytestmark = needs("Process", "SharedMemory")

BLOCK = (
    "https://docs.python.org/3/library/multiprocessing.shared_memory.html#multiprocessing.shared_memory.SharedMemory"
)
TRACKER = "https://github.com/python/cpython/issues/82300"


@source(BLOCK)
def test_programs_share_by_name(memory: SharedMemories, program: Programs, checkpoint: MakeCheckpoint) -> None:
    """A program that is told only the name of a block has the memory of another program, to read and to write."""
    telling, block = checkpoint("telling"), memory.create()
    block.buf[:4] = b"rice"
    other = program.main(payloads.attach_and_stop, telling.pause, block.name, b"soup", {})
    arrival = telling.next()
    gatekeeper.shows("what the other program has read", arrival.notes, expected=(b"rice",))
    kernel.shows("whether it uses the same file", inode_of(block.name) in used_by(other.pid), expected=True)
    arrival.let_go()
    arrival = telling.next()
    caller.shows("what is read after the other has written", bytes(block.buf[:4]), expected=b"soup")
    arrival.let_go()
    kernel.shows("the other program's exit status", other.exit_status(), expected=0)


@source(BLOCK)
@source(TRACKER)
def test_tracked_reader_removes_it(memory: SharedMemories, program: Programs) -> None:
    """A program that attaches to another program's block, and closes it, removes its name when it ends, and warns."""
    block = memory.create()
    block.buf[:4] = b"rice"
    reader = program.main(payloads.attach_and_close, block.name, {})
    kernel.shows("the reader's exit status", reader.exit_status(), expected=0)
    kernel.shows("what is on stderr", reader.all_errors(), expected=containing("leaked shared_memory"))
    kernel.shows("whether the block has its name", exists(block.name), expected=False)
    caller.shows("what is in the memory", bytes(block.buf[:4]), expected=b"rice")


@needs("SharedMemory(track)")
@source(BLOCK)
def test_untracked_reader_removes_nothing(memory: SharedMemories, program: Programs) -> None:
    """A program that attaches with `track=False` leaves the block of another program, and prints nothing."""
    block = memory.create()
    ends_silently(program.main(payloads.attach_and_close, block.name, {"track": False}))
    kernel.shows("whether the block has its name", exists(block.name), expected=True)


@source(BLOCK)
def test_forgotten_block_is_removed(memory: SharedMemories, program: Programs, checkpoint: MakeCheckpoint) -> None:
    """If a program ends without `unlink`, the resource tracker removes its block, and prints a warning."""
    telling = checkpoint("telling")
    main = program.main(payloads.create_and_stop, telling.pause, 10, {})
    arrival = telling.next()
    name = memory.keep(arrival.notes[0])
    arrival.let_go()
    kernel.shows("the program's exit status", main.exit_status(), expected=0)
    kernel.shows("what is on stderr", main.all_errors(), expected=containing("leaked shared_memory"))
    kernel.shows("whether the block has its name after that", exists(name), expected=False)


@source(BLOCK)
def test_child_that_ends_removes_nothing(mp: Any, memory: SharedMemories, worker: MakeWorker) -> None:
    """A block stays when children end that have attached to it, in order or killed."""
    block = memory.create()
    child = mp.Process(target=payloads.write, args=(block, b"rice"))
    child.start()
    child.join()
    killed = worker(blocks=payloads.Blocks(memory.SharedMemory))
    killed.call("blocks.attach", block.name)
    killed.kill()
    kernel.shows("the state of the killed child", state(killed.pid), expected=other_than(ALIVE))
    kernel.shows("whether the block has its name", exists(block.name), expected=True)
    caller.shows("what is in the block", bytes(memory.attach(block.name).buf[:4]), expected=b"rice")


@source(BLOCK, observed=True)
@source(TRACKER, observed=True)
def test_made_by_a_child_it_outlives_it(
    memory: SharedMemories, program: Programs, checkpoint: MakeCheckpoint
) -> None:
    """A block that a child makes stays when the child has ended, although the starter has not made one before."""
    telling = checkpoint("telling")
    outlives_its_maker(program.main(payloads.let_a_child_make_one, telling.pause, 0), memory, telling)


@source(BLOCK, observed=True)
@source(TRACKER, observed=True)
def test_made_by_a_child_of_a_user_it_outlives_it(
    memory: SharedMemories, program: Programs, checkpoint: MakeCheckpoint
) -> None:
    """A block that a child makes stays when the child has ended, if the starter has made a block before."""
    telling = checkpoint("telling")
    outlives_its_maker(program.main(payloads.let_a_child_make_one, telling.pause, 1), memory, telling)


def outlives_its_maker(running: Program, memory: SharedMemories, telling: Checkpoint) -> None:
    """State that a block made by a child of a program is there when the child and its helper processes have ended."""
    arrival = telling.next()
    name, helpers = memory.keep(arrival.notes[0]), descendants(arrival.pid)
    kernel.shows("whether the block has its name while its maker runs", exists(name), expected=True)
    arrival.let_go()
    arrival = telling.next()
    for helper in helpers:
        until_exited(helper)
    kernel.shows("whether the block has its name after that", exists(name), expected=True)
    arrival.let_go()
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
