"""How items get from the processes that put them to the processes that get them."""

from __future__ import annotations

import importlib
import os
import pickle
import signal
import sys
from collections import Counter, OrderedDict
from functools import partial
from pathlib import Path
from types import ModuleType

from hypothesis import example, given
from hypothesis import strategies as st

from impl.contract import Multiprocessing
from spec.claims.queue import payloads
from spec.claims.queue.items import comparable, remaining
from spec.claims.shared import threads
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall, MakeWorker
from spec.engine.lessons import Lesson
from spec.engine.marks import managed_too, needs, no_fork_server_yet, source, unmanaged, where
from spec.harness.process_table import GONE, state, until_blocked
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, kernel, other_than, recorder, refuses
from spec.harness.worker import CallFailed

pytestmark = [needs("Process", "Queue"), managed_too]


@where(no_fork_server_yet)
@source("https://docs.python.org/3/library/multiprocessing.html#exchanging-objects-between-processes")
def test_carries_a_message_from_a_child(
    mp: Multiprocessing, lesson: Lesson, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """The parent waits until its child puts a message, and then gets that message."""
    composing = checkpoint("composing")
    parent = forked_call(lesson.message_from_child, mp, composing.pause)
    child = composing.next()
    kernel.shows("the process that composes the message", child.pid, expected=other_than(parent.pid))
    until_blocked([parent.pid])
    child.let_go("约吗?")
    caller.shows("the message that the parent gets", parent.result(), expected="约吗?")


@where(no_fork_server_yet)
@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods")
def test_carries_a_message_larger_than_the_pipe(
    mp: Multiprocessing, lesson: Lesson, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """A message larger than the pipe's buffer reaches the parent, which gets it before it joins the child."""
    composing = checkpoint("composing")
    parent = forked_call(lesson.message_from_child, mp, composing.pause)
    composing.next().let_go(b"x" * payloads.BIG_ITEM_BYTES)
    recorder.shows("the number of bytes that the parent gets", len(parent.result()), expected=payloads.BIG_ITEM_BYTES)


@source("impl.queue.message_from_child")
def test_who_sent_a_message_was_joined(mp: Multiprocessing, lesson: Lesson) -> None:
    """When the parent returns the message, the child that sent it has exited and has been reaped."""
    child = lesson.message_from_child(mp, os.getpid)
    kernel.shows("the process that composes the message", child, expected=other_than(os.getpid()))
    kernel.shows("the child", state(child), expected=GONE)


@where(unmanaged)
@source("https://docs.python.org/3/library/multiprocessing.html#pipes-and-queues")
def test_first_in_is_first_out(
    mp: Multiprocessing, lesson: Lesson, scale: int, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """Items arrive in the order in which one process put them, even after items that are large or slow to pickle."""
    queue, numbers, pickling = mp.Queue(), list(range(10 * scale)), checkpoint("pickling")
    producer = worker(queue=queue, put_held_up=partial(payloads.put_held_up, queue, pickling.pause))
    for number in numbers:
        producer.call("queue.put", (number, b"x" * (payloads.BIG_ITEM_BYTES if number in (3, 4) else 0)))
    got = [number for number, _ in lesson.take(queue, len(numbers))]
    recorder.shows("the items, in the order of arrival", got, expected=numbers)
    producer.call("put_held_up")
    held = pickling.next()
    producer.call("queue.put", "behind it")
    until_blocked([producer.pid])
    held.let_go("held up")
    recorder.shows(
        "an item that is slow to pickle and the next item", lesson.take(queue, 2), expected=["held up", "behind it"]
    )


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=20)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3)
    ),
    max_leaves=8,
)


def pickled_to(size: int) -> bytes:
    """Return a bytes object whose pickle is *size* bytes long."""
    return b"x" * next(n for n in range(size, 0, -1) if len(pickle.dumps(b"x" * n)) == size)


@source("https://docs.python.org/3/library/multiprocessing.html#pipes-and-queues")
def test_any_picklable_value_arrives_equal(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Any picklable value arrives equal and with the same type, however large or nested it is."""
    queue = mp.Queue()
    producer, consumer = worker(queue=queue), worker(queue=queue)

    @given(value=values)
    @example(value=None)
    @example(value=b"x" * payloads.BIG_ITEM_BYTES)
    @example(value=("约吗?", {"约吗?": [None, 2**100, b"\0"]}))
    @example(value=b"x" * 2**24)  # its length does not fit into three bytes
    @example(value=pickled_to(4096))
    @example(value=pickled_to(65536))
    @example(value=ValueError("an exception"))
    @example(value=StopIteration())
    @example(value=...)
    @example(value=len)
    @example(value=signal.SIGTERM)
    @example(value=OrderedDict(item=1))
    @example(value={1, 2})
    @example(value=payloads.EqualToAll())
    def send(value: object) -> None:
        producer.call("queue.put", value)
        caller.shows("the value that arrives", comparable(consumer.call("queue.get")), expected=comparable(value))

    send()


@source("https://docs.python.org/3/library/multiprocessing.html#pipes-and-queues")
def test_any_producers_and_consumers(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Whatever the number of producers, consumers and items, each item reaches exactly one consumer, exactly once."""
    queue = mp.Queue(4)
    producers = [worker(put=partial(payloads.put_numbered, queue, number)) for number in range(2)]
    consumers = [worker(get=partial(payloads.get_some, queue)) for _ in range(2)]

    @given(counts=st.lists(st.integers(0, 12), min_size=1, max_size=2), consuming=st.integers(1, 2))
    def trade(counts: list[int], consuming: int) -> None:
        total = sum(counts)
        shares = [len(range(number, total, consuming)) for number in range(consuming)]
        busy = [*zip(producers, counts), *zip(consumers, shares)]
        for process, count in busy:
            process.begin("put" if process in producers else "get", count)
        results = [process.result() for process, _ in busy]
        got = Counter(item for items in results[len(counts) :] for item in items)
        put = Counter((producer, number) for producer, count in enumerate(counts) for number in range(count))
        recorder.shows("how often the consumers get each item", got, expected=put)
        caller.shows("the items that remain in the queue", remaining(queue), expected=[])

    trade()


@source("https://docs.python.org/3/library/multiprocessing.html#pipes-and-queues")
def test_keeps_the_order_of_each_producer(mp: Multiprocessing, scale: int, worker: MakeWorker) -> None:
    """When several producers put large and small items at once, a consumer gets each producer's items in order."""
    queue = mp.Queue(4)
    producers = [worker(put=partial(payloads.put_big_and_small, queue, number)) for number in range(2)]
    for producer in producers:
        producer.begin("put", 100 * scale)
    got = payloads.get_some(queue, 200 * scale)
    in_order = [[number for sender, number, _ in got if sender == producer] for producer in range(2)]
    recorder.shows("the items of each producer, in order", in_order, expected=[list(range(100 * scale))] * 2)


@source("https://docs.python.org/3/library/multiprocessing.html#exchanging-objects-between-processes")
def test_big_items_put_at_once_arrive_whole(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Items larger than the pipe's buffer arrive whole, even if several processes put them at once."""
    queue = mp.Queue()
    items = [letter * payloads.BIG_ITEM_BYTES for letter in (b"x", b"y")]
    producers = [worker(queue=queue) for _ in items]
    for producer, item in zip(producers, items):
        producer.call("queue.put", item)
    until_blocked(producer.pid for producer in producers)  # the pipe is full, and both have more to write
    got = sorted(payloads.get_some(queue, 2))
    recorder.shows("whether both items arrive unchanged", got == items, expected=True)


@source("https://docs.python.org/3/library/multiprocessing.html#exchanging-objects-between-processes")
def test_big_items_got_at_once_arrive_whole(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Items larger than the pipe's buffer arrive whole, even if several processes, or threads, get them at once."""
    queue = mp.Queue()
    items = [letter * payloads.BIG_ITEM_BYTES for letter in (b"x", b"y")]
    consumers, producer = [worker(queue=queue) for _ in items], worker(queue=queue)
    for consumer in consumers:
        consumer.begin("queue.get")
        kernel.shows("whether a consumer is blocked", consumer.blocks(), expected=True)
    for item in items:
        producer.call("queue.put", item)
    got = sorted(consumer.result() for consumer in consumers)
    recorder.shows("whether both items arrive unchanged in two processes", got == items, expected=True)
    consumer = worker(get_both=partial(threads.in_each_of, 2, queue.get))
    consumer.begin("get_both")
    kernel.shows("whether a consumer with two threads is blocked", consumer.blocks(), expected=True)
    for item in items:
        producer.call("queue.put", item)
    recorder.shows(
        "whether both items arrive unchanged in two threads", sorted(consumer.result()) == items, expected=True
    )


@where(unmanaged)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue", observed=True)
def test_child_may_put_after_its_starter(
    mp: Multiprocessing, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """A child's items, and those its starter put before, even if still in the starter's buffer, arrive once."""
    pickling, joined = checkpoint("pickling"), checkpoint("joined")
    both = forked_call(payloads.put_and_have_a_child_put, mp, pickling.pause, joined.pause)
    held = pickling.next()
    joined.next().let_go()
    held.let_go("held up")
    recorder.shows("the items that arrive", both.result(), expected=["the child's", "held up", "behind that"])


@where(unmanaged)
@source("https://github.com/python/cpython/issues/74599", observed=True)
def test_unpicklable_item_is_dropped(mp: Multiprocessing, worker: MakeWorker) -> None:
    """`put` accepts an item that cannot be pickled and drops it, and the items before and after it arrive."""
    queue = mp.Queue()
    producer = worker(put=partial(payloads.put_around_unpicklable, queue))
    producer.call("put")
    until_blocked([producer.pid])  # all items that will ever arrive are in the pipe now
    recorder.shows("the items that arrive", set(remaining(queue)), expected={"before", "after"})


@where(unmanaged)
@source("https://github.com/python/cpython/pull/6119", observed=True)
def test_dropped_item_gives_its_place_back(mp: Multiprocessing, worker: MakeWorker) -> None:
    """An item that cannot be pickled takes no room in a bounded queue after it is dropped."""
    queue = mp.Queue(1)
    producer = worker(put=partial(payloads.put_around_unpicklable, queue))
    producer.begin("put")
    recorder.shows("the item that arrives first", queue.get(), expected="before")
    producer.result()
    recorder.shows("the item that arrives second", queue.get(), expected="after")


@where(unmanaged)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.get", observed=True)
def test_unreadable_item_is_lost(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Getting an item that cannot be unpickled raises the unpickling error, removes the item and frees its place."""
    queue = mp.Queue(1)
    producer, consumer = worker(queue=queue, put=partial(payloads.put_unreadable, queue)), worker(queue=queue)
    producer.call("put")
    with refuses(CallFailed, "ImportError: an item that cannot be unpickled"):
        consumer.call("queue.get")
    producer.call("queue.put", "after", False)
    recorder.shows("the item that another process gets next", queue.get(), expected="after")
    producer.call("queue.put", "last", False)
    recorder.shows("the item that the first consumer gets next", consumer.call("queue.get"), expected="last")


@source("https://github.com/python/cpython/issues/79423")
@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods", observed=True)
def test_items_behind_a_dropped_one_arrive(mp: Multiprocessing) -> None:
    """A child that puts an item that cannot be pickled, then another one, and then ends, loses only the first."""
    queue = mp.Queue()
    child = mp.Process(target=payloads.put_around_unpicklable, args=(queue,))
    child.start()
    child.join()
    caller.shows("the exit code of the child", child.exitcode, expected=0)
    recorder.shows("the items that arrive", remaining(queue), expected=["before", "after"])


@source("https://github.com/python/cpython/issues/123208")
@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods", observed=True)
def test_is_kept_for_a_child_that_starts(mp: Multiprocessing, log: Recorder) -> None:
    """A queue that is only given to a child works there, even if its starter does not refer to it any more."""
    child = mp.Process(target=payloads.put_and_get, args=(mp.Queue(), "dumpling", log))
    child.start()
    child.join()
    got = [(event.pid, event.value) for event in log.events("got")]
    recorder.shows("the process that got an item, and the item", got, expected=[(child.pid, "dumpling")])


@source("https://github.com/uqfoundation/multiprocess/issues/27", observed=True)
def test_can_be_used_while_a_module_is_imported(mp: Multiprocessing, folder: Path) -> None:
    """A module that is imported can put an item to a queue and get it, before its import ends."""
    given = ModuleType("given_by_the_claim")
    vars(given)["make"] = mp.Queue
    sys.modules[given.__name__] = given
    code = f"import {given.__name__}\nqueue = {given.__name__}.make()\nqueue.put('dumpling')\nitem = queue.get()\n"
    (folder / "putting_for_the_claim.py").write_text(code, encoding="utf-8")
    sys.path.append(str(folder))
    module = importlib.import_module("putting_for_the_claim")
    recorder.shows("the item that the module got", module.item, expected="dumpling")
