"""What a queue holds, and what `qsize`, `empty` and `full` report about it."""

from __future__ import annotations

import os
import struct
import sys
from functools import partial
from pathlib import Path
from queue import Empty, Full

from impl.contract import Multiprocessing
from spec.claims.queue import payloads
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.marks import Applicability, managed_too, needs, source, unmanaged, where
from spec.harness.process_table import until_blocked
from spec.harness.witness import at_least, caller, kernel, recorder, refuses

pytestmark = [needs("Process", "Queue"), managed_too]

semaphores_can_be_read = Applicability(
    "the platform can tell the value of a semaphore, as macOS cannot", lambda _traits: sys.platform != "darwin"
)


@where(unmanaged)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue")
def test_is_built_on_a_pipe(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A queue opens a pipe, and an item that was put but not yet got waits in that pipe."""
    kept = mp.Queue()  # the first queue may open more pipes, which serve all queues
    before = pipes()
    queue = mp.Queue()
    opened = pipes().keys() - before.keys()
    kernel.shows("the number of pipes that a queue opens", len(opened), expected=at_least(1))
    producer = worker(queue=queue, kept=kept)
    empty = bytes_in(opened)  # zero, unless the queue's locks are made of pipes too
    producer.call("queue.put", "x" * 1000)
    until_blocked([producer.pid])
    kernel.shows("the bytes in these pipes after a put of 1000", bytes_in(opened), expected=at_least(empty + 1000))
    producer.call("queue.get")
    kernel.shows("the bytes in these pipes after the get", bytes_in(opened), expected=empty)


def pipes() -> dict[str, int]:
    """Return the pipes that this process has open: the kernel's name of each, and a file descriptor for it."""
    found: dict[str, int] = {}
    for link in Path("/proc/self/fd").iterdir():
        try:
            name = os.readlink(link)
        except FileNotFoundError:  # the descriptor that the listing itself used
            continue
        if name.startswith("pipe:"):
            found[name] = int(link.name)
    return found


def bytes_in(names: set[str]) -> int:
    """Return the number of unread bytes in the pipes with these *names*, by FIONREAD: see pipe(7)."""
    import fcntl  # here, because Windows lacks both modules and must still be able to collect the claims
    import termios

    waiting = (fcntl.ioctl(file, termios.FIONREAD, bytes(4)) for name, file in pipes().items() if name in names)
    return sum(struct.unpack("i", count)[0] for count in waiting)


@where(semaphores_can_be_read)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.qsize", observed=True)
def test_qsize_tells_how_many(mp: Multiprocessing, worker: MakeWorker) -> None:
    """`qsize` tells every process how many items were put and not yet got."""
    queue, small = mp.Queue(), mp.Queue(1)
    first, second = worker(queue=queue), worker(queue=queue, small=small)
    sizes = [queue.qsize()]
    for number in range(3):
        first.call("queue.put", number)
        sizes.append(second.call("queue.qsize"))
    for _ in range(3):
        second.call("queue.get")
        sizes.append(queue.qsize())
    caller.shows("qsize() during three puts and three gets", sizes, expected=[0, 1, 2, 3, 2, 1, 0])
    small.put("first")
    for patience in (False,), (True, 0.05):
        with refuses(Full):
            small.put("late", *patience)
    caller.shows("qsize() after two refused puts", small.qsize(), expected=1)
    caller.shows("qsize() after two refused puts, in a child", second.call("small.qsize"), expected=1)


@where(unmanaged)
@where(semaphores_can_be_read)
@source("https://docs.python.org/3/library/multiprocessing.html#pipes-and-queues", observed=True)
def test_empty_is_unreliable(mp: Multiprocessing, worker: MakeWorker, checkpoint: MakeCheckpoint) -> None:
    """While an item is still being pickled, `qsize` already counts it, yet `empty` returns true."""
    queue, pickling = mp.Queue(), checkpoint("pickling")
    producer = worker(put=partial(payloads.put_held_up, queue, pickling.pause))
    producer.call("put")
    held = pickling.next()
    kernel.shows("the process that pickles the item", held.pid, expected=producer.pid)
    caller.shows("qsize() while the item is pickled", queue.qsize(), expected=1)
    caller.shows("empty() while the item is pickled", queue.empty(), expected=True)
    with refuses(Empty):
        queue.get_nowait()
    held.let_go("dumpling")
    recorder.shows("the item that arrives", queue.get(), expected="dumpling")


@where(unmanaged)
@source("https://docs.python.org/3/library/multiprocessing.html#pipes-and-queues", observed=True)
def test_full_and_empty_at_once(mp: Multiprocessing, worker: MakeWorker, checkpoint: MakeCheckpoint) -> None:
    """While an item is still being pickled, a queue with `maxsize` 1 is both full and empty."""
    queue, pickling = mp.Queue(1), checkpoint("pickling")
    producer = worker(put=partial(payloads.put_held_up, queue, pickling.pause))
    producer.call("put")
    held = pickling.next()
    caller.shows("full() and empty() while the item is pickled", (queue.full(), queue.empty()), expected=(True, True))
    with refuses(Full):
        queue.put_nowait("another")
    held.let_go("dumpling")
    recorder.shows("the item that arrives", queue.get(), expected="dumpling")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.full")
def test_full_is_outdated_once_another_gets(mp: Multiprocessing, worker: MakeWorker) -> None:
    """`full` returns true while there is no room, and its answer is outdated once another process gets an item."""
    queue = mp.Queue(2)
    other = worker(queue=queue)
    other.call("queue.put", 1)
    caller.shows("full() while there is room for one item", queue.full(), expected=False)
    other.call("queue.put", 2)
    caller.shows("full() while there is no room", queue.full(), expected=True)
    other.call("queue.get")
    other.call("queue.put_nowait", 3)
    caller.shows("full() after another get and put", queue.full(), expected=True)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.empty")
def test_empty_is_outdated_once_another_puts(mp: Multiprocessing, worker: MakeWorker) -> None:
    """`empty` returns true while nothing was put, and its answer is outdated once another process puts an item."""
    queue = mp.Queue()
    other = worker(queue=queue)
    caller.shows("empty() before any put", queue.empty(), expected=True)
    other.call("queue.put", 1)
    until_blocked([other.pid])  # the item is in the pipe now
    caller.shows("empty() after a put", queue.empty(), expected=False)
    recorder.shows("the item that is got", queue.get_nowait(), expected=1)
