"""Setting and clearing an event: who sees it, and who goes on."""

from __future__ import annotations

from functools import partial

from impl.contract import Multiprocessing
from spec.claims.event import payloads
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.marks import managed_too, needs, source
from spec.harness.process_table import until_blocked
from spec.harness.stillness import until_still
from spec.harness.witness import caller, kernel
from spec.models.event_model import EventModel

pytestmark = [needs("Process", "Event"), managed_too]

DOCUMENTATION = "https://docs.python.org/3/library/threading.html#threading.Event."


@source(DOCUMENTATION + "set")
@source(DOCUMENTATION + "wait")
def test_set_wakes_all_that_wait(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Processes that wait, with a timeout or without, are blocked until another one sets the event; all go on."""
    event = mp.Event()
    waiters, setter = [worker(event=event) for _ in range(3)], worker(event=event)
    for waiter, limit in zip(waiters, ([], [1000], [3600])):
        waiter.begin("event.wait", *limit)
        kernel.shows("whether wait() is blocked", waiter.blocks(), expected=True)
    setter.call("event.set")
    caller.shows("what each wait() returns", [waiter.result() for waiter in waiters], expected=[True] * 3)


@source(DOCUMENTATION + "is_set")
@source(DOCUMENTATION + "clear")
def test_every_process_sees_it(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Whichever process sets or clears an event, however often, every process sees at once that it is set or not."""
    event = mp.Event()
    one, another = worker(event=event), worker(event=event)
    for process, method, is_set in (
        (one, "set", True),
        (another, "set", True),
        (another, "clear", False),
        (one, "clear", False),
        (another, "set", True),
        (one, "clear", False),
    ):
        process.call(f"event.{method}")
        seen = event.is_set(), one.call("event.is_set"), another.call("event.is_set")
        caller.shows(f"is_set() in each process after {method}()", seen, expected=(is_set,) * 3)


@source(DOCUMENTATION + "set")
@source(DOCUMENTATION + "clear")
def test_set_lets_later_ones_through(mp: Multiprocessing, worker: MakeWorker) -> None:
    """After an event was set, each later wait returns true without waiting, until it is cleared: then wait blocks."""
    event = mp.Event()
    waiter, other = worker(event=event), worker(event=event)
    for _ in range(2):
        other.call("event.set")
        returned = [waiter.call("event.wait", *limit) for limit in ([], [0], [-1], [3600], [None])]
        caller.shows("what five waits return", returned, expected=[True] * 5)
        other.call("event.clear")
        waiter.begin("event.wait")
        kernel.shows("whether wait() is blocked after clear()", waiter.blocks(), expected=True)
        event.set()
        caller.shows("what that wait() returns once the event is set again", waiter.result(), expected=True)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Event")
def test_each_is_independent(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Setting an event wakes no process that waits for another event, and sets no other event."""
    one, another = mp.Event(), mp.Event()
    waiter = worker(event=one)
    waiter.begin("event.wait")
    kernel.shows("whether wait() is blocked", waiter.blocks(), expected=True)
    another.set()
    kernel.shows("whether the waiter is blocked after another event was set", waiter.blocks(), expected=True)
    many = [mp.Event() for _ in range(50)]
    for event in many[::7]:
        event.set()
    found = [number for number, event in enumerate(many) if event.is_set()]
    caller.shows("which of fifty events are set", found, expected=[*range(0, 50, 7)])
    one.set()
    caller.shows("what wait() returns", waiter.result(), expected=True)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Event")
def test_threads_wait_for_it_too(mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """Threads of one process wait for an event as processes do, and block no other thread; set wakes all of them."""
    event, waiting = mp.Event(), checkpoint("waiting")
    threads, other = worker(wait=partial(payloads.wait_in_threads, event, waiting.pause)), worker(event=event)
    threads.begin("wait")
    other.begin("event.wait")
    arrival = waiting.next()
    until_blocked([arrival.pid])
    until_still()
    kernel.shows("whether the main thread of the first process got past the waits", arrival.waiting, expected=True)
    kernel.shows("whether the other process is blocked", other.blocks(), expected=True)
    event.set()
    arrival.let_go()
    caller.shows("what wait() returns in three threads", threads.result(), expected=[True] * 3)
    caller.shows("what wait() returns in the other process", other.result(), expected=True)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Event")
def test_any_sequence_of_operations(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Over any sequence of sets, clears and waits, a process waits only while an event is not set."""
    EventModel.verify(mp.Event, worker)
