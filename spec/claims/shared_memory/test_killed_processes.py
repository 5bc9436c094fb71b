"""What becomes of shared memory when a program that has made it is killed."""

from __future__ import annotations

import os
import signal

from spec.claims.shared_memory import payloads
from spec.engine.fixtures import MakeCheckpoint, Programs
from spec.engine.marks import needs, source
from spec.harness.memory_maker import SharedMemories, exists
from spec.harness.process_table import descendants, until_exited
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, containing, kernel

pytestmark = needs("Process", "SharedMemory")

BLOCK = (
    "https://docs.python.org/3/library/multiprocessing.shared_memory.html#multiprocessing.shared_memory.SharedMemory"
)


@needs("SharedMemory(track)")
@source(BLOCK)
def test_untracked_block_outlives_its_program(
    memory: SharedMemories, program: Programs, checkpoint: MakeCheckpoint
) -> None:
    """A block with `track=False` stays when its program is killed, with what is in it, and nothing is printed."""
    telling = checkpoint("telling")
    main = program.main(payloads.create_and_stop, telling.pause, 10, {"track": False})
    name = memory.keep(telling.next().notes[0])
    main.kill()
    kernel.shows("what is on stderr", main.all_errors(), expected="")
    caller.shows("what is in the block", bytes(memory.attach(name).buf[:4]), expected=b"rice")


@source(BLOCK)
@source("https://github.com/python/cpython/issues/89372", observed=True)
def test_killed_programs_block_is_removed(
    memory: SharedMemories, program: Programs, checkpoint: MakeCheckpoint
) -> None:
    """If a program is killed, the resource tracker removes its block, and prints a warning."""
    telling = checkpoint("telling")
    main = program.main(payloads.create_and_stop, telling.pause, 10, {})
    name = memory.keep(telling.next().notes[0])
    kernel.shows("whether the block has its name", exists(name), expected=True)
    main.kill()
    kernel.shows("what is on stderr", main.all_errors(), expected=containing("leaked shared_memory"))
    kernel.shows("whether the block has its name after that", exists(name), expected=False)


@needs("ShareableList", "SharedMemoryManager")
@source(BLOCK, observed=True)
def test_killed_program_and_manager_leave_nothing(
    memory: SharedMemories, program: Programs, checkpoint: MakeCheckpoint, log: Recorder
) -> None:
    """When a program and the server of its manager are killed, the resource tracker removes the blocks."""
    telling = checkpoint("telling")
    main = program.main(payloads.stop_with_a_manager, telling.pause, log)
    names, helpers = [memory.keep(name) for name in telling.next().notes], descendants(main.pid)
    server = log.only("server").pid
    kernel.shows("whether the server is one of its descendants", server in helpers, expected=True)
    kernel.shows("whether each has its name", [exists(name) for name in names], expected=[True] * 2)
    main.kill()
    os.kill(server, signal.SIGKILL)
    for helper in helpers:
        until_exited(helper)
    kernel.shows("whether each has its name after that", [exists(name) for name in names], expected=[False] * 2)
