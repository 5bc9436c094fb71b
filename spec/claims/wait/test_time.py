"""How long `wait` waits: with and without a limit, with signals, and beside other threads; what it leaves behind."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from functools import partial
from typing import Any

from impl.contract import Multiprocessing, Wait
from spec.claims.shared import handlers, surroundings, threads
from spec.claims.wait import payloads
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall, MakeWorker
from spec.engine.marks import needs, source
from spec.harness.held_waits import all_wait_without_limit
from spec.harness.holdings import holdings
from spec.harness.interruption import is_interrupted, waits_through_a_signal
from spec.harness.process_table import until_blocked
from spec.harness.witness import at_least, caller, kernel, refuses

pytestmark = needs("Process", "Pipe")

DOCUMENTATION = "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.connection.wait"


@source(DOCUMENTATION)
def test_waits_without_limit(mp: Multiprocessing, wait: Wait, forked_call: MakeForkedCall) -> None:
    """Without a timeout, or with None, `wait` waits until something is ready, however long that takes."""
    receiver, sender = mp.Pipe(False)
    calls = {
        "wait([connection])": forked_call(lambda: len(wait([receiver]))),
        "wait([connection], timeout=None)": forked_call(lambda: len(wait([receiver], timeout=None))),
    }
    all_wait_without_limit(calls)
    sender.send("a message")
    caller.shows("how many are ready then", [call.result() for call in calls.values()], expected=[1, 1])


@source("https://github.com/python/cpython/issues/145587")
@source(DOCUMENTATION)
def test_can_be_timed(mp: Multiprocessing, wait: Wait) -> None:
    """A timed wait returns an empty list, not before its timeout, even for no objects; zero or less does not wait."""
    receiver, sender = mp.Pipe(False)
    for objects in [receiver], []:
        for seconds in 0.05, 0, -1:
            begun = time.monotonic()
            caller.shows(f"wait({objects}, {seconds})", wait(objects, seconds), expected=[])
            kernel.shows("the seconds that it took", time.monotonic() - begun, expected=at_least(seconds))
            caller.shows(f"wait({objects}, timeout={seconds})", wait(objects, timeout=seconds), expected=[])
    sender.send("a message")
    for seconds in 3600, 0, -1:
        caller.shows(f"wait(..., {seconds}) if one is ready", wait([receiver], seconds) == [receiver], expected=True)


@source("https://github.com/python/cpython/pull/28643", observed=True)
def test_timeout_may_be_long(mp: Multiprocessing, wait: Wait) -> None:
    """A wait with a timeout of a year returns when one of the connections is ready."""
    receiver, sender = mp.Pipe(False)
    sender.send("a message")
    caller.shows("how many are ready", len(wait([receiver], surroundings.A_YEAR)), expected=1)


@source(DOCUMENTATION)
def test_takes_any_iterable(mp: Multiprocessing, wait: Wait) -> None:
    """`wait` takes any iterable, also by name, leaves it as it is, and returns a list."""
    receiver, sender = mp.Pipe(False)
    other, _ = mp.Pipe()
    objects = [other, receiver]
    sender.send("a message")
    iterables: list[Iterable[Any]] = [objects, tuple(objects), {*objects}, iter(objects), dict.fromkeys(objects)]
    for iterable in iterables:
        caller.shows(f"wait() of a {type(iterable).__name__}", wait(iterable) == [receiver], expected=True)
    caller.shows("wait(object_list=...)", wait(object_list=objects) == [receiver], expected=True)
    caller.shows("whether the list is as it was", objects == [other, receiver], expected=True)


@source("https://docs.python.org/3/whatsnew/3.5.html#whatsnew-pep-475")
@source(DOCUMENTATION)
def test_goes_on_after_a_signal(
    mp: Multiprocessing, wait: Wait, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """A process in `wait` handles signals and waits on; only an exception of the handler ends the wait."""
    pipes, handling = [mp.Pipe(False)], checkpoint("handling")
    waiter = worker(desk=payloads.Desk(wait, pipes), handle=partial(handlers.handle, handling.pause))
    waiter.call("handle")
    for limit in [], [3600]:
        waiter.begin("desk.ready", *limit)
        for _ in range(2):
            waits_through_a_signal(waiter, handling)
        is_interrupted(waiter)
        waiter.begin("desk.ready", *limit)
        waits_through_a_signal(waiter, handling)
        pipes[0][1].send("a message")
        caller.shows("which are ready", waiter.result(), expected=[0])
        waiter.call("desk.receive", 0)


@source(DOCUMENTATION)
def test_timed_wait_ends_amid_signals(mp: Multiprocessing, wait: Wait, forked_call: MakeForkedCall) -> None:
    """A timed wait ends after its timeout, even if signals keep arriving."""
    desk = payloads.Desk(wait, [mp.Pipe(False)])
    waiting = forked_call(handlers.amid_signals, desk, "ready", 0.05)
    caller.shows("how wait(..., 0.05) ended", waiting.result(), expected="ended")


@source(DOCUMENTATION, observed=True)
def test_threads_run_meanwhile(
    mp: Multiprocessing, wait: Wait, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall
) -> None:
    """A thread in `wait` blocks no other thread of its process, and a message from such a thread lets it go on."""
    desk, waiting = payloads.Desk(wait, [mp.Pipe(False)]), checkpoint("waiting")
    process = forked_call(threads.beside, desk.ready, waiting.pause, partial(desk.send, 0))
    arrival = waiting.next()
    until_blocked([arrival.pid])
    arrival.let_go()
    what = "whether a thread waited, what another one's send() returned, and which were ready"
    caller.shows(what, process.result(), expected=(True, None, [0]))


@source(DOCUMENTATION, observed=True)
def test_leaves_nothing_behind(mp: Multiprocessing, wait: Wait) -> None:
    """Waits that end, in whatever way, leave no file and no thread behind, and leave all connections open."""
    receiver, sender = mp.Pipe(False)
    other, _other_end = mp.Pipe()
    sender.send("a message")
    before = holdings()
    for _ in range(10):
        caller.shows("how many are ready", [len(wait([receiver, other])), len(wait([other], 0))], expected=[1, 0])
        with refuses(Exception):
            wait([receiver, "text"])
    kernel.shows("the files, threads and children", holdings(), expected=before)
    os.fstat(receiver.fileno())  # type: ignore[attr-defined]
    caller.shows("what is received", receiver.recv(), expected="a message")


@source("https://bugs.python.org/issue34054")
def test_clock_may_be_set_meanwhile(mp: Multiprocessing, wait: Wait, worker: MakeWorker) -> None:
    """A timed wait takes as long as its timeout says, even if the system's clock is set meanwhile; so does `poll`."""
    receiver, sender = mp.Pipe(False)
    desk, set_clock = payloads.Desk(wait, [(receiver, sender)]), surroundings.set_clock_again_and_again
    back, forward = (
        worker(desk=desk, receiver=receiver, set_clock=partial(set_clock, step)) for step in (-3600, 3600)
    )
    for waiter in back, forward:
        waiter.call("set_clock")
    caller.shows("which are ready, with the clock set back", back.call("desk.ready", 0.01), expected=[])
    caller.shows("poll(0.01), with the clock set back", back.call("receiver.poll", 0.01), expected=False)
    for method, expected in (("desk.ready", [0]), ("receiver.poll", True)):
        forward.begin(method, 600)
        kernel.shows("whether it is blocked, with the clock set forward", forward.is_stuck(), expected=True)
        sender.send("a message")
        caller.shows("what it returns when there is a message", forward.result(), expected=expected)
        receiver.recv()
