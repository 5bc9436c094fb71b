"""What must not matter to queues and pipes: the clock, and how many files are open."""

from __future__ import annotations

from functools import partial
from queue import Empty
from typing import Any

from impl.contract import Multiprocessing
from spec.claims.shared import surroundings
from spec.engine.fixtures import MakeForkedCall, MakeWorker
from spec.engine.marks import needs, source
from spec.harness.witness import caller, kernel, refuses
from spec.harness.worker import CallFailed

pytestmark = needs("Process", "Queue", "Pipe")


@source("https://bugs.python.org/issue34054")
def test_clock_may_be_set_meanwhile(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A timed get takes as long as its timeout says, even if the system's clock is set meanwhile."""
    queue, set_clock = mp.Queue(), surroundings.set_clock_again_and_again
    back, forward = (worker(queue=queue, set_clock=partial(set_clock, step)) for step in (-3600, 3600))
    for getter in back, forward:
        getter.call("set_clock")
    with refuses(CallFailed, "Empty"):
        back.call("queue.get", True, 0.01)
    forward.begin("queue.get", True, 600)
    kernel.shows("whether get(True, 600) is blocked, with the clock set forward", forward.is_stuck(), expected=True)
    queue.put("dumpling")
    caller.shows("what it returns when there is an item", forward.result(), expected="dumpling")


@needs("JoinableQueue")
@source("https://github.com/python/cpython/issues/119534")
def test_bound_may_be_large(mp: Any) -> None:
    """A queue, joinable or not, can be made with room for a million items, and is used as any other."""
    for make in mp.Queue, mp.JoinableQueue:
        queue = make(1_000_000)
        queue.put("dumpling")
        caller.shows("whether it is full with one item", queue.full(), expected=False)
        caller.shows("the item", queue.get(), expected="dumpling")


@source("https://github.com/python/cpython/pull/28643", observed=True)
def test_timeouts_may_be_long(mp: Any) -> None:
    """A timed `get` or `put` of a queue, and `poll` of a pipe, may have a timeout of a year."""
    queue, (receiver, sender) = mp.Queue(1), mp.Pipe(False)
    sender.send("bun")
    queue.put("dumpling", True, surroundings.A_YEAR)
    caller.shows("poll() if there is a message", receiver.poll(surroundings.A_YEAR), expected=True)
    caller.shows("get() if there is an item", queue.get(True, surroundings.A_YEAR), expected="dumpling")


@source("https://man7.org/linux/man-pages/man2/select.2.html#BUGS", observed=True)
def test_many_files_may_be_open(mp: Any, forked_call: MakeForkedCall) -> None:
    """Queues and pipes work, with and without timeouts, although 1024 files of their process are open."""

    def put_and_get() -> list[object]:
        surroundings.open_many_files(1024)
        queue, (receiver, sender) = mp.Queue(), mp.Pipe(False)
        seen: list[object] = [receiver.fileno() >= 1024, receiver.poll(0.01)]
        try:
            queue.get(True, 0.01)
        except Empty:
            seen.append("empty")
        queue.put("dumpling")
        sender.send("bun")
        return [*seen, queue.get(True, 600), receiver.poll(600), receiver.recv()]

    seen = forked_call(put_and_get).result()
    expected = [True, False, "empty", "dumpling", True, "bun"]
    caller.shows("whether numbers of files are large, and what the calls return", seen, expected=expected)
