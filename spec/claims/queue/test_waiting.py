"""When `put` and `get` wait, and when they give up."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from queue import Empty, Full
from typing import Any

from impl.contract import Multiprocessing, Queue
from spec.claims.queue import payloads
from spec.claims.shared import handlers, threads
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.lessons import Lesson
from spec.engine.marks import managed_too, needs, source, unmanaged, where
from spec.harness.held_waits import all_wait_without_limit, timed_waits
from spec.harness.interruption import is_interrupted, waits_through_a_signal
from spec.harness.process_table import ALIVE, state, until_blocked
from spec.harness.witness import at_least, caller, kernel, other_than, recorder, refuses
from spec.harness.worker import CallFailed, Worker
from spec.models.queue_models import BoundedQueueModel

pytestmark = [needs("Process", "Queue"), managed_too]


@source("https://docs.python.org/3/library/queue.html#queue.Queue")
def test_holds_maxsize_items(mp: Multiprocessing, lesson: Lesson, worker: MakeWorker) -> None:
    """A queue with `maxsize` 5 accepts and returns exactly the first five of seven items offered without waiting."""
    queue = mp.Queue(5)
    producer = worker(offer=partial(lesson.offer, queue))
    caller.shows("the items that are refused", producer.call("offer", list(range(7))), expected=[5, 6])
    recorder.shows("the items that are got", sorted(lesson.take(queue, 5)), expected=[0, 1, 2, 3, 4])
    caller.shows("the items that are refused once there is room", producer.call("offer", [7]), expected=[])
    recorder.shows("the items that are got next", lesson.take(queue, 1), expected=[7])


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.put")
def test_put_waits_while_full(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that puts to a full queue is blocked until another process gets an item."""
    queue = mp.Queue(3)
    producer, consumer = worker(queue=queue), worker(queue=queue)
    for number in range(3):
        producer.call("queue.put", number)
    producer.begin("queue.put", 3)
    kernel.shows("whether the producer is blocked", producer.blocks(), expected=True)
    got = [consumer.call("queue.get")]
    producer.result()
    got += [consumer.call("queue.get") for _ in range(3)]
    recorder.shows("the items that the consumer gets", sorted(got), expected=[0, 1, 2, 3])


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.get")
def test_get_waits_while_empty(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that gets from an empty queue is blocked until another process puts an item."""
    queue = mp.Queue(3)
    producer, consumer = worker(queue=queue), worker(queue=queue)
    consumer.begin("queue.get")
    kernel.shows("whether the consumer is blocked", consumer.blocks(), expected=True)
    producer.call("queue.put", "dumpling")
    recorder.shows("the item that the consumer gets", consumer.result(), expected="dumpling")


@needs("Pipe")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.get")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.put")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.connection.Connection.recv")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.connection.Connection.poll")
def test_waits_without_limit(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Without a timeout, `get`, `put`, `recv` and `poll(None)` wait for another process, however long that takes."""
    empty, full, pipe, another = mp.Queue(), mp.Queue(1), mp.Pipe(False), mp.Pipe(False)
    getter, putter, receiver, poller = (worker(subject=subject) for subject in (empty, full, pipe[0], another[0]))
    full.put("first")
    clocks = timed_waits()
    getter.begin("subject.get")
    putter.begin("subject.put", "second")
    receiver.begin("subject.recv")
    poller.begin("subject.poll", None)
    calls = {
        "get() of an empty queue": getter,
        "put() to a full queue": putter,
        "recv() from an empty pipe": receiver,
        "poll(None) of an empty pipe": poller,
    }
    all_wait_without_limit(calls, clocks)


@source("https://docs.python.org/3/library/queue.html#queue.Queue")
def test_has_no_bound_without_maxsize(mp: Multiprocessing, scale: int, worker: MakeWorker) -> None:
    """A queue without `maxsize`, or with `maxsize` zero or less, is never full, even if nobody gets its items."""
    queue = mp.Queue()
    producer = worker(put_all=partial(payloads.put_all, queue))
    items = [f"{number:1000}" for number in range(200 * scale)]
    producer.call("put_all", items)
    caller.shows("full() without maxsize", queue.full(), expected=False)
    recorder.shows("whether all items arrive", sorted(payloads.get_some(queue, len(items))) == items, expected=True)
    for maxsize in 0, -1:
        boundless = mp.Queue(maxsize)
        for number in range(10):
            boundless.put_nowait(number)
        caller.shows(f"full() with maxsize={maxsize}", boundless.full(), expected=False)


def has_only_the_first_item(queue: Queue, other: Worker) -> None:
    """State that "first" is on a *queue* for one item, and that what this process failed to put never arrives."""
    recorder.shows("the first item that arrives", other.call("queue.get"), expected="first")
    other.call("queue.put_nowait", "second")
    recorder.shows("the second item that arrives", other.call("queue.get"), expected="second")
    queue.put("last")  # an item that was refused came from the same process, so it would arrive before this one
    recorder.shows("the third item that arrives", other.call("queue.get"), expected="last")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.put")
def test_put_nowait_is_refused_when_full(mp: Multiprocessing, worker: MakeWorker) -> None:
    """On a full queue, `put_nowait` and a non-blocking `put` raise `Full`, and their items never arrive."""
    queue = mp.Queue(1)
    other = worker(queue=queue)
    other.call("queue.put", "first")
    with refuses(Full):
        queue.put_nowait("refused")
    with refuses(Full):
        queue.put("refused", False)
    has_only_the_first_item(queue, other)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.get")
def test_get_nowait_is_refused_when_empty(mp: Multiprocessing, worker: MakeWorker) -> None:
    """On an empty queue, `get_nowait` and a non-blocking `get` raise `Empty`, and take no item from later gets."""
    queue = mp.Queue(1)
    other = worker(queue=queue)
    with refuses(Empty):
        queue.get_nowait()
    with refuses(Empty):
        queue.get(False)
    other.call("queue.put", 0)  # an item that is false
    with refuses(CallFailed, "Full"):
        other.call("queue.put_nowait", 1)
    until_blocked([other.pid])  # the item is in the pipe now
    recorder.shows("the item that get_nowait() returns", queue.get_nowait(), expected=0)
    with refuses(Empty):
        queue.get_nowait()


@source("impl.queue.poll")
def test_poll_does_not_wait(mp: Multiprocessing, lesson: Lesson, worker: MakeWorker) -> None:
    """Polling a queue returns an item if one is available, and the caller's default value if none is."""
    queue = mp.Queue()
    producer, consumer = worker(queue=queue), worker(poll=partial(lesson.poll, queue))
    recorder.shows("what polling an empty queue returns", consumer.call("poll", "nothing"), expected="nothing")
    producer.call("queue.put", "dumpling")
    until_blocked([producer.pid])  # the item is in the pipe now
    recorder.shows("what polling returns after a put", consumer.call("poll", "nothing"), expected="dumpling")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.put")
def test_put_can_be_timed(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A timed `put` to a queue that stays full raises `Full`, not before its timeout, and its item never arrives."""
    queue = mp.Queue(1)
    other = worker(queue=queue)
    other.call("queue.put", "first")
    begun = time.monotonic()
    with refuses(Full):
        queue.put("late", True, 0.2)
    kernel.shows("the seconds that the put took", time.monotonic() - begun, expected=at_least(0.2))
    has_only_the_first_item(queue, other)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.get")
def test_get_can_be_timed(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A timed `get` from a queue that stays empty raises `Empty`, not before its timeout, and frees no place."""
    queue = mp.Queue(1)
    process = worker(queue=queue)
    begun = time.monotonic()
    with refuses(CallFailed, "Empty"):
        process.call("queue.get", True, 0.2)
    kernel.shows("the seconds that the get took", time.monotonic() - begun, expected=at_least(0.2))
    process.call("queue.put_nowait", "first")
    with refuses(CallFailed, "Full"):
        process.call("queue.put_nowait", "second")


@where(unmanaged)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.put", observed=True)
def test_put_and_get_take_their_arguments_by_name(mp: Multiprocessing, worker: MakeWorker) -> None:
    """`put` and `get` also take keyword arguments; a timeout of zero or less does not wait, `None` has no limit."""
    queue = mp.Queue(maxsize=1)
    process, other = worker(queue=queue), worker(queue=queue)
    impatient: list[dict[str, Any]] = [
        {"block": False},
        {"block": False, "timeout": 3600},
        {"timeout": 0.05},
        {"timeout": 0},
        {"timeout": -1},
    ]
    for patience in impatient:
        with refuses(CallFailed, "Empty"):
            process.call("queue.get", **patience)
    process.begin("queue.get", timeout=None)
    kernel.shows("whether a get with timeout=None is blocked", process.blocks(), expected=True)
    other.call("queue.put", "first", timeout=None)
    recorder.shows("the item that the get with timeout=None returns", process.result(), expected="first")
    process.call("queue.put", "item", timeout=3600)
    for patience in impatient:
        with refuses(CallFailed, "Full"):
            process.call("queue.put", "late", **patience)
    got = process.call("queue.get", block=True, timeout=3600)
    recorder.shows("the item that a get with block=True returns", got, expected="item")
    other.call("queue.put", "another", block=False)
    recorder.shows("the item that was put with block=False", process.call("queue.get"), expected="another")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.get")
def test_get_gives_up_though_another_waits(mp: Multiprocessing, worker: MakeWorker) -> None:
    """While one process waits in `get`, a timed `get` raises `Empty` at its timeout, a non-blocking one at once."""
    queue = mp.Queue()
    first, second = worker(queue=queue), worker(queue=queue)
    first.begin("queue.get")
    kernel.shows("whether the first process is blocked", first.blocks(), expected=True)
    begun = time.monotonic()
    with refuses(CallFailed, "Empty"):
        second.call("queue.get", True, 0.2)
    kernel.shows("the seconds that the timed get took", time.monotonic() - begun, expected=at_least(0.2))
    with refuses(CallFailed, "Empty"):
        second.call("queue.get", False)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.get")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.put")
def test_timed_put_and_get_end_before_their_time(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A timed `put` waits only until there is room, and a timed `get` only until there is an item."""
    queue = mp.Queue(1)
    first, second = worker(queue=queue), worker(queue=queue)
    second.begin("queue.get", True, 3600)
    kernel.shows("whether the timed get is blocked", second.blocks(), expected=True)
    first.call("queue.put", "one")
    recorder.shows("the item that the timed get returns", second.result(), expected="one")
    first.call("queue.put", "two")
    first.begin("queue.put", "three", True, 3600)
    kernel.shows("whether the timed put is blocked", first.blocks(), expected=True)
    got = [second.call("queue.get")]
    first.result()
    recorder.shows("the items that are got", {*got, second.call("queue.get")}, expected={"two", "three"})


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.get")
def test_timed_get_ends_amid_signals(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A timed `get` gives up when its timeout has passed, even if signals keep arriving."""
    queue = mp.Queue()
    process = worker(get=partial(handlers.amid_signals, queue, "get"))
    caller.shows("how the get ends", process.call("get", True, 0.05), expected="ended")


@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods", observed=True)
def test_killed_reader_leaves_the_others_waiting(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A reader that is killed inside `get` keeps the readers' lock, so the others wait even if an item arrives."""
    queue = mp.Queue()
    victim, reader, producer = worker(queue=queue), worker(queue=queue), worker(queue=queue)
    victim.begin("queue.get")
    kernel.shows("whether the first reader is blocked", victim.blocks(), expected=True)
    victim.kill()
    kernel.shows("the first reader after SIGKILL", state(victim.pid), expected=other_than(ALIVE))
    producer.call("queue.put", "dumpling")
    until_blocked([producer.pid])
    reader.begin("queue.get")
    kernel.shows("whether the other reader is blocked", reader.blocks(), expected=True)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.get")
def test_thread_that_waits_holds_up_no_other(
    mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """While one thread waits in `get`, another thread of its process can put, and its `get(False)` raises `Empty`."""
    waiting = checkpoint("waiting")
    queue = mp.Queue()
    process = worker(get=partial(threads.get_beside, queue, waiting.pause))
    process.begin("get")
    arrival = waiting.next()
    until_blocked([arrival.pid])
    arrival.let_go()
    expected = True, "nothing", "dumpling"
    what = "whether the first thread waited, what the non-blocking get found, and what the first thread got"
    caller.shows(what, process.result(), expected=expected)


@source("https://docs.python.org/3/whatsnew/3.5.html#whatsnew-pep-475", observed=True)
def test_get_goes_on_after_a_signal(mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """A process that waits in `get` or `put` handles a signal and then keeps waiting, unless the handler raises."""
    queue, handling = mp.Queue(1), checkpoint("handling")
    process, other = worker(queue=queue, handle=partial(handlers.handle, handling.pause)), worker(queue=queue)
    process.call("handle")
    process.begin("queue.get", True, 3600)
    waits_through_a_signal(process, handling)
    other.call("queue.put", "first")
    recorder.shows("the item that the get returns after a signal", process.result(), expected="first")
    process.begin("queue.get")
    waits_through_a_signal(process, handling)
    is_interrupted(process)
    other.call("queue.put", "second")
    process.begin("queue.put", "third")
    waits_through_a_signal(process, handling)
    recorder.shows("the item that is got while the put waits", other.call("queue.get"), expected="second")
    process.result()
    recorder.shows("the item that was put after a signal", other.call("queue.get"), expected="third")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue")
def test_any_sequence_of_operations(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Over any sequence of puts and gets by several processes, a bounded queue behaves like a list with a bound."""
    BoundedQueueModel.verify(partial(mp.Queue, BoundedQueueModel.maxsize), worker)


@where(unmanaged)
@source("https://github.com/python/cpython/issues/74780")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.get", observed=True)
def test_get_without_time_gets_what_is_there(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A `get` with a timeout of zero, or less, returns an item that is there."""
    queue = mp.Queue()
    producer, consumer = worker(queue=queue), worker(queue=queue)
    for seconds in 0, -1:
        producer.call("queue.put", seconds)
        until_blocked([producer.pid])  # the item is in the pipe now
        item = consumer.call("queue.get", True, seconds)
        recorder.shows(f"the item that get(timeout={seconds}) returns", item, expected=seconds)


@source("https://github.com/pytorch/pytorch/pull/114688")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.get")
def test_timed_get_ends_amid_an_item(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A timed `get` ends, even if the process that put a large item was killed before all of it was in the pipe."""
    queue = mp.Queue()
    producer, consumer = worker(put=partial(payloads.put_big, queue)), worker(queue=queue)
    producer.call("put")
    until_blocked([producer.pid])
    producer.kill()
    with suppress(CallFailed):  # an API that has kept all of the item may return it
        consumer.call("queue.get", True, 0.05)
    kernel.shows("the consumer after its get", state(consumer.pid), expected=ALIVE)
