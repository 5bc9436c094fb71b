"""Managers of shared memory, which remove all that they have made."""

from __future__ import annotations

import os
import signal
from typing import Any

from spec.claims.shared_memory import payloads
from spec.engine.marks import needs, source
from spec.harness.memory_maker import SharedMemories, exists
from spec.harness.process_table import ALIVE, settled
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, kernel, refuses

pytestmark = needs("Process", "SharedMemory", "ShareableList", "SharedMemoryManager")

SHARED_MEMORY_MANAGER = (
    "https://docs.python.org/3/library/multiprocessing.shared_memory.html"
    "#multiprocessing.managers.SharedMemoryManager"
)


def names_of(manager: Any) -> list[str]:
    """Return the names of three blocks that *manager* makes, two of which are those of lists."""
    values, texts = manager.ShareableList([1, 2]), manager.ShareableList(["rice"])
    return [manager.SharedMemory(size=10).name, values.shm.name, texts.shm.name]


@source(SHARED_MEMORY_MANAGER)
def test_shutdown_removes_all_of_a_manager(memory: SharedMemories) -> None:
    """`shutdown` of a manager removes all blocks and lists that it has made, and no others."""
    other, manager = memory.create(), memory.manager()
    names = names_of(manager)
    kernel.shows("whether each has its name", [exists(name) for name in names], expected=[True] * 3)
    manager.shutdown()
    kernel.shows("whether each has its name after that", [exists(name) for name in names], expected=[False] * 3)
    kernel.shows("whether another block has its name", exists(other.name), expected=True)


@source(SHARED_MEMORY_MANAGER)
def test_end_of_a_managers_block_removes_all(memory: SharedMemories) -> None:
    """At the end of its `with` block a manager removes all that it has made, even if an exception is raised there."""
    with memory.new_manager() as manager:
        names = names_of(manager)
    with refuses(payloads.PaintIsOut), memory.new_manager() as manager:
        names += names_of(manager)
        payloads.run_out(0)
    kernel.shows("whether each has its name", [exists(name) for name in names], expected=[False] * 6)


@source(SHARED_MEMORY_MANAGER + ".SharedMemory")
@source(SHARED_MEMORY_MANAGER + ".ShareableList")
def test_managers_memory_is_used_as_any_other(mp: Any, memory: SharedMemories, log: Recorder) -> None:
    """A block and a list of a manager are memory that children use without the manager, whose server is stopped."""
    manager = memory.manager(log, ("server",))
    block, values = manager.SharedMemory(size=5000), manager.ShareableList(["rice", 1.5])
    caller.shows("whether the block is as large as asked for", block.size >= 5000, expected=True)
    server = log.only("server").pid
    os.kill(server, signal.SIGSTOP)
    for target, args in (payloads.write, (block, b"rice")), (payloads.assign, (values, 1, 2)):
        child = mp.Process(target=target, args=args)
        child.start()
        child.join()
    os.kill(server, signal.SIGCONT)
    caller.shows("what children have written", (bytes(block.buf[:4]), [*values]), expected=(b"rice", ["rice", 2]))


@source(SHARED_MEMORY_MANAGER, observed=True)
def test_manager_must_be_started(memory: SharedMemories) -> None:
    """A manager that has not been started, or has been shut down, makes neither blocks nor lists."""
    new, ended = memory.new_manager(), memory.manager()
    ended.shutdown()
    for manager in new, ended:
        with refuses(Exception):
            manager.SharedMemory(size=10)
        with refuses(Exception):
            manager.ShareableList([1])


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.BaseManager", observed=True)
@source("https://github.com/python/cpython/issues/80549")
def test_managers_server_minds_no_interrupt(memory: SharedMemories, log: Recorder) -> None:
    """The server of a manager goes on after SIGINT, and removes all at the end; its starter's handler stays."""
    handler, manager = signal.getsignal(signal.SIGINT), memory.manager(log, ("server",))
    names, server = names_of(manager), log.only("server").pid
    os.kill(server, signal.SIGINT)
    kernel.shows("the state of the server", settled(server), expected=ALIVE)
    names += names_of(manager)
    caller.shows("what the starter does on SIGINT", signal.getsignal(signal.SIGINT), expected=handler)
    manager.shutdown()
    kernel.shows("whether each has its name", [exists(name) for name in names], expected=[False] * 6)


@source(SHARED_MEMORY_MANAGER, observed=True)
def test_unlinked_block_disturbs_no_shutdown(memory: SharedMemories) -> None:
    """If somebody has unlinked a block of a manager, `shutdown` removes all the others."""
    manager = memory.manager()
    block = manager.SharedMemory(size=10)
    names = [block.name, *map(memory.keep, names_of(manager))]
    block.unlink()
    manager.shutdown()
    kernel.shows("whether each has its name", [exists(name) for name in names], expected=[False] * 4)
