"""Queue: messages between processes."""

from __future__ import annotations

import os
import pickle
import signal
import struct
import sys
import time
from collections import Counter, OrderedDict
from functools import partial
from pathlib import Path
from queue import Empty, Full
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from impl.contract import Multiprocessing, Pause
from spec.claims.queue import payloads
from spec.claims.shared import handlers, threads
from spec.claims.shared.steps import steps
from spec.engine.fixtures import MakeCheckpoint, MakeWorker, Start
from spec.engine.lessons import Lesson
from spec.engine.marks import Condition, needs, where
from spec.harness.checkpoint import Arrival, Checkpoint
from spec.harness.holdings import holdings
from spec.harness.interruption import is_interrupted, waits_through_a_signal
from spec.harness.process_table import ALIVE, GONE, state, until_blocked, until_exited
from spec.harness.recorder import Recorder
from spec.harness.stillness import until_still
from spec.harness.witness import at_least, caller, containing, gatekeeper, kernel, other_than, recorder, refuses
from spec.harness.worker import CallFailed
from spec.models.queues import BoundedQueue

pytestmark = needs("Process", "Queue")

semaphores_can_be_read = Condition(
    "the platform can tell the value of a semaphore, as macOS cannot", lambda _traits: sys.platform != "darwin"
)


def test_carries_a_message_from_a_child(
    mp: Multiprocessing, lesson: Lesson, starter: Start, checkpoint: MakeCheckpoint
) -> None:
    """What a child puts, its parent gets, and until it is put, the parent waits."""
    composing = checkpoint("composing")
    parent = starter(lesson.message_from_child, mp, composing.pause)
    child = composing.next()
    kernel.shows("the process that composes", child.pid, expected=other_than(parent.pid))
    until_blocked([parent.pid])
    child.let_go("约吗?")
    caller.shows("what the parent got", parent.result(), expected="约吗?")


def test_carries_a_message_larger_than_the_pipe(
    mp: Multiprocessing, lesson: Lesson, starter: Start, checkpoint: MakeCheckpoint
) -> None:
    """A message that does not fit the pipe reaches the parent, too, which gets it before it joins the child."""
    composing = checkpoint("composing")
    parent = starter(lesson.message_from_child, mp, composing.pause)
    composing.next().let_go(b"x" * payloads.BIG)
    recorder.shows("the bytes that the parent got", len(parent.result()), expected=payloads.BIG)


@needs("Pipe")
def test_pipe_carries_an_answer_from_a_child(
    mp: Multiprocessing, lesson: Lesson, starter: Start, checkpoint: MakeCheckpoint
) -> None:
    """Through a pipe, a child receives what its parent sends, and the parent what the child sends back."""
    thinking = checkpoint("thinking")
    parent = starter(lesson.answer_from_child, mp, "约吗?", thinking.pause)
    child = thinking.next()
    kernel.shows("the process that answers", child.pid, expected=other_than(parent.pid))
    gatekeeper.shows("what the child received", child.notes, expected=("约吗?",))
    until_blocked([parent.pid])
    child.let_go("不约")
    caller.shows("what the parent received", parent.result(), expected="不约")


@needs("Pipe")
def test_parent_learns_of_a_child_that_will_not_answer(
    mp: Multiprocessing, lesson: Lesson, starter: Start, checkpoint: MakeCheckpoint
) -> None:
    """A parent that waits at a pipe for a child which ends without an answer, or is killed, gets EOFError."""
    thinking = checkpoint("thinking")
    for killed in False, True:
        parent = starter(lesson.answer_from_child, mp, "约吗?", partial(payloads.have_no_answer, thinking.pause))
        child = thinking.next()
        kernel.shows("the process that has no answer", child.pid, expected=other_than(parent.pid))
        until_blocked([parent.pid])
        if killed:
            os.kill(child.pid, signal.SIGKILL)
        else:
            child.let_go()
        caller.shows("what the parent got", parent.failure(), expected=containing("EOFError"))


def test_who_sent_a_message_was_joined(mp: Multiprocessing, lesson: Lesson) -> None:
    """Once the parent has the message, the child that sent it has ended, and was reaped."""
    child = lesson.message_from_child(mp, os.getpid)
    kernel.shows("the process that composed", child, expected=other_than(os.getpid()))
    kernel.shows("the child", state(child), expected=GONE)


@needs("Pipe")
def test_who_answered_was_joined(mp: Multiprocessing, lesson: Lesson) -> None:
    """Once the parent has the answer, the child that gave it has ended, and was reaped."""
    child = lesson.answer_from_child(mp, None, payloads.answer_with_pid)
    kernel.shows("the process that answered", child, expected=other_than(os.getpid()))
    kernel.shows("the child", state(child), expected=GONE)


def test_first_in_is_first_out(
    mp: Multiprocessing, lesson: Lesson, scale: int, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """What one process puts, another gets in that order, also behind large items, and such as take long to pickle."""
    queue, numbers, pickling = mp.Queue(), list(range(10 * scale)), checkpoint("pickling")
    producer = worker(queue=queue, put_held_up=partial(payloads.put_held_up, queue, pickling.pause))
    for number in numbers:
        producer.call("queue.put", (number, b"x" * (payloads.BIG if number in (3, 4) else 0)))
    got = [number for number, _ in lesson.take(queue, len(numbers))]
    recorder.shows("what is got", got, expected=numbers)
    producer.call("put_held_up")
    held = pickling.next()
    producer.call("queue.put", "behind it")
    until_blocked([producer.pid])
    held.let_go("held up")
    recorder.shows("what is got then", lesson.take(queue, 2), expected=["held up", "behind it"])


def test_holds_maxsize_items(mp: Multiprocessing, lesson: Lesson, worker: MakeWorker) -> None:
    """Of seven items offered without waiting to a queue of five, it takes the first five, and gives just them."""
    queue = mp.Queue(5)
    producer = worker(offer=partial(lesson.offer, queue))
    caller.shows("what was refused", producer.call("offer", list(range(7))), expected=[5, 6])
    recorder.shows("what was got", sorted(lesson.take(queue, 5)), expected=[0, 1, 2, 3, 4])
    caller.shows("what was refused then", producer.call("offer", [7]), expected=[])
    recorder.shows("what was got then", lesson.take(queue, 1), expected=[7])


def test_put_waits_while_full(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that puts to a full queue is blocked until another has got an item."""
    queue = mp.Queue(3)
    producer, consumer = worker(queue=queue), worker(queue=queue)
    for number in range(3):
        producer.call("queue.put", number)
    producer.begin("queue.put", 3)
    kernel.shows("whether the producer is blocked", producer.blocks(), expected=True)
    got = [consumer.call("queue.get")]
    producer.result()
    got += [consumer.call("queue.get") for _ in range(3)]
    recorder.shows("what the consumer got", sorted(got), expected=[0, 1, 2, 3])


def test_get_waits_while_empty(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that gets from an empty queue is blocked until another has put an item."""
    queue = mp.Queue(3)
    producer, consumer = worker(queue=queue), worker(queue=queue)
    consumer.begin("queue.get")
    kernel.shows("whether the consumer is blocked", consumer.blocks(), expected=True)
    producer.call("queue.put", "dumpling")
    recorder.shows("what the consumer got", consumer.result(), expected="dumpling")


def test_has_no_bound_without_maxsize(mp: Multiprocessing, scale: int, worker: MakeWorker) -> None:
    """Without maxsize, or with zero or less, a queue is never full, though nobody gets what a process puts."""
    queue = mp.Queue()
    producer = worker(put_all=partial(payloads.put_all, queue))
    items = [f"{number:1000}" for number in range(200 * scale)]
    producer.call("put_all", items)
    caller.shows("whether it is full", queue.full(), expected=False)
    recorder.shows("whether all arrive", sorted(payloads.get_some(queue, len(items))) == items, expected=True)
    for maxsize in 0, -1:
        boundless = mp.Queue(maxsize)
        for number in range(10):
            boundless.put_nowait(number)
        caller.shows(f"whether one with maxsize={maxsize} is full", boundless.full(), expected=False)


def test_put_nowait_is_refused_when_full(mp: Multiprocessing, worker: MakeWorker) -> None:
    """On a full queue, put_nowait and a put that may not block raise Full, and their items never arrive."""
    queue = mp.Queue(1)
    other = worker(queue=queue)
    other.call("queue.put", "first")
    with refuses(Full):
        queue.put_nowait("refused")
    with refuses(Full):
        queue.put("refused", False)
    recorder.shows("what the other gets", other.call("queue.get"), expected="first")
    other.call("queue.put_nowait", "second")
    recorder.shows("what the other gets then", other.call("queue.get"), expected="second")
    queue.put("last")  # it would come after what was refused, of the same sender
    recorder.shows("what the other gets last", other.call("queue.get"), expected="last")


def test_get_nowait_is_refused_when_empty(mp: Multiprocessing, worker: MakeWorker) -> None:
    """On an empty queue, get_nowait and a get that may not block raise Empty, and take nothing from later gets."""
    queue = mp.Queue(1)
    other = worker(queue=queue)
    with refuses(Empty):
        queue.get_nowait()
    with refuses(Empty):
        queue.get(False)
    other.call("queue.put", 0)  # as false as an item can be
    with refuses(CallFailed, "Full"):
        other.call("queue.put_nowait", 1)
    until_blocked([other.pid])  # so that the item is in the pipe
    recorder.shows("what get_nowait gets", queue.get_nowait(), expected=0)
    with refuses(Empty):
        queue.get_nowait()


def test_poll_does_not_wait(mp: Multiprocessing, lesson: Lesson, worker: MakeWorker) -> None:
    """Polling a queue gets an item that is there, and something else if there is none."""
    queue = mp.Queue()
    producer, consumer = worker(queue=queue), worker(poll=partial(lesson.poll, queue))
    recorder.shows("what the consumer gets", consumer.call("poll", "nothing"), expected="nothing")
    producer.call("queue.put", "dumpling")
    until_blocked([producer.pid])  # so that the item is in the pipe
    recorder.shows("what the consumer gets then", consumer.call("poll", "nothing"), expected="dumpling")


def test_put_can_be_timed(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A timed put to a queue that stays full raises Full, not before its time, and its item never arrives."""
    queue = mp.Queue(1)
    other = worker(queue=queue)
    other.call("queue.put", "first")
    begun = time.monotonic()
    with refuses(Full):
        queue.put("late", True, 0.2)
    kernel.shows("the seconds it took", time.monotonic() - begun, expected=at_least(0.2))
    recorder.shows("what the other gets", other.call("queue.get"), expected="first")
    other.call("queue.put_nowait", "second")
    recorder.shows("what the other gets then", other.call("queue.get"), expected="second")
    queue.put("last")  # it would come after what came late, of the same sender
    recorder.shows("what the other gets last", other.call("queue.get"), expected="last")


def test_get_can_be_timed(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A timed get from a queue that stays empty raises Empty, not before its time, and makes no room."""
    queue = mp.Queue(1)
    process = worker(queue=queue)
    begun = time.monotonic()
    with refuses(CallFailed, "Empty"):
        process.call("queue.get", True, 0.2)
    kernel.shows("the seconds it took", time.monotonic() - begun, expected=at_least(0.2))
    process.call("queue.put_nowait", "first")
    with refuses(CallFailed, "Full"):
        process.call("queue.put_nowait", "second")


def test_put_and_get_take_their_arguments_by_name(mp: Multiprocessing, worker: MakeWorker) -> None:
    """What put and get take, they take by name too; a time of zero or less is none, None is no limit."""
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
    kernel.shows("whether a get without a limit is blocked", process.blocks(), expected=True)
    other.call("queue.put", "first", timeout=None)
    recorder.shows("what it gets", process.result(), expected="first")
    process.call("queue.put", "item", timeout=3600)
    for patience in impatient:
        with refuses(CallFailed, "Full"):
            process.call("queue.put", "late", **patience)
    recorder.shows("what is got", process.call("queue.get", block=True, timeout=3600), expected="item")
    other.call("queue.put", "another", block=False)
    recorder.shows("what is got then", process.call("queue.get"), expected="another")


def test_get_gives_up_though_another_waits(mp: Multiprocessing, worker: MakeWorker) -> None:
    """While one process waits in get, a timed get raises Empty at its time, and one that may not block at once."""
    queue = mp.Queue()
    first, second = worker(queue=queue), worker(queue=queue)
    first.begin("queue.get")
    kernel.shows("whether the first is blocked", first.blocks(), expected=True)
    begun = time.monotonic()
    with refuses(CallFailed, "Empty"):
        second.call("queue.get", True, 0.2)
    kernel.shows("the seconds that the timed one took", time.monotonic() - begun, expected=at_least(0.2))
    with refuses(CallFailed, "Empty"):
        second.call("queue.get", False)


def test_timed_put_and_get_end_before_their_time(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A timed put or get waits no longer than until there is room, or an item."""
    queue = mp.Queue(1)
    first, second = worker(queue=queue), worker(queue=queue)
    second.begin("queue.get", True, 3600)
    kernel.shows("whether the get is blocked", second.blocks(), expected=True)
    first.call("queue.put", "one")
    recorder.shows("what it gets", second.result(), expected="one")
    first.call("queue.put", "two")
    first.begin("queue.put", "three", True, 3600)
    kernel.shows("whether the put is blocked", first.blocks(), expected=True)
    got = [second.call("queue.get")]
    first.result()
    recorder.shows("what was got", {*got, second.call("queue.get")}, expected={"two", "three"})


def test_is_built_on_a_pipe(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A queue opens a pipe, and what was put and not yet got waits in it."""
    kept = mp.Queue()  # the first one may open more, which serves them all
    before = pipes()
    queue = mp.Queue()
    opened = pipes().keys() - before.keys()
    kernel.shows("how many pipes it opened", len(opened), expected=at_least(1))
    producer = worker(queue=queue, kept=kept)
    empty = bytes_in(opened)  # none, unless what locks it is made of pipes too
    producer.call("queue.put", "x" * 1000)
    until_blocked([producer.pid])
    kernel.shows("the bytes in them after a put of a thousand", bytes_in(opened), expected=at_least(empty + 1000))
    producer.call("queue.get")
    kernel.shows("the bytes in them after the get", bytes_in(opened), expected=empty)


def pipes() -> dict[str, int]:
    """Return the pipes that this process has open, by the kernel's name for each, with a file descriptor of it."""
    found: dict[str, int] = {}
    for link in Path("/proc/self/fd").iterdir():
        try:
            name = os.readlink(link)
        except FileNotFoundError:  # the one that the folder was listed through
            continue
        if name.startswith("pipe:"):
            found[name] = int(link.name)
    return found


def bytes_in(names: set[str]) -> int:
    """Return how many bytes wait in the pipes of these *names*: FIONREAD in ioctl(2)."""
    import fcntl  # here, as Windows has neither, and the claims are to be collected there
    import termios

    waiting = (fcntl.ioctl(file, termios.FIONREAD, bytes(4)) for name, file in pipes().items() if name in names)
    return sum(struct.unpack("i", count)[0] for count in waiting)


def test_timed_get_ends_amid_signals(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A timed get gives up when its time is over, though signals keep coming meanwhile."""
    process = worker(get=partial(handlers.amid_signals, mp.Queue(), "get"))
    caller.shows("how the get came to its end", process.call("get", True, 0.05), expected="ended")


def test_killed_reader_leaves_the_others_waiting(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A reader that is killed inside get keeps the readers' lock, so the others wait though an item comes."""
    queue = mp.Queue()
    victim, reader, producer = worker(queue=queue), worker(queue=queue), worker(queue=queue)
    victim.begin("queue.get")
    kernel.shows("whether the first reader is blocked", victim.blocks(), expected=True)
    victim.kill()
    kernel.shows("the first reader", state(victim.pid), expected=other_than(ALIVE))
    producer.call("queue.put", "dumpling")
    until_blocked([producer.pid])
    reader.begin("queue.get")
    kernel.shows("whether the other reader is blocked", reader.blocks(), expected=True)


def test_thread_that_waits_holds_up_no_other(
    mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """While one thread waits in get, another one of its process is refused a get that may not block, and can put."""
    waiting = checkpoint("waiting")
    process = worker(get=partial(threads.get_beside, mp.Queue(), waiting.pause))
    process.begin("get")
    arrival = waiting.next()
    until_blocked([arrival.pid])
    arrival.let_go()
    expected = True, "nothing", "dumpling"
    caller.shows("whether the first waited, and what the other and it got", process.result(), expected=expected)


def test_get_goes_on_after_a_signal(mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """Who waits in get or in put handles a signal meanwhile, and waits on, unless the handler raises."""
    queue, handling = mp.Queue(1), checkpoint("handling")
    process, other = worker(queue=queue, handle=partial(handlers.handle, handling.pause)), worker(queue=queue)
    process.call("handle")
    process.begin("queue.get", True, 3600)
    waits_through_a_signal(process, handling)
    other.call("queue.put", "first")
    recorder.shows("what it gets", process.result(), expected="first")
    process.begin("queue.get")
    waits_through_a_signal(process, handling)
    is_interrupted(process)
    other.call("queue.put", "second")
    process.begin("queue.put", "third")
    waits_through_a_signal(process, handling)
    recorder.shows("what the next get gets", other.call("queue.get"), expected="second")
    process.result()
    recorder.shows("what the last get gets", other.call("queue.get"), expected="third")


@where(semaphores_can_be_read)
def test_qsize_tells_how_many(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Every process can tell how many items were put and not yet got."""
    queue, small = mp.Queue(), mp.Queue(1)
    first, second = worker(queue=queue), worker(queue=queue, small=small)
    sizes = [queue.qsize()]
    for number in range(3):
        first.call("queue.put", number)
        sizes.append(second.call("queue.qsize"))
    for _ in range(3):
        second.call("queue.get")
        sizes.append(queue.qsize())
    caller.shows("the sizes", sizes, expected=[0, 1, 2, 3, 2, 1, 0])
    small.put("first")
    for patience in (False,), (True, 0.05):
        with refuses(Full):
            small.put("late", *patience)
    caller.shows("the size after two puts that were refused", small.qsize(), expected=1)
    caller.shows("the size of that queue of one, to a child", second.call("small.qsize"), expected=1)


@where(semaphores_can_be_read)
def test_empty_is_unreliable(mp: Multiprocessing, worker: MakeWorker, checkpoint: MakeCheckpoint) -> None:
    """While the pickling of an item is held up, it was put and counts in qsize, yet empty() answers true."""
    queue, pickling = mp.Queue(), checkpoint("pickling")
    producer = worker(put=partial(payloads.put_held_up, queue, pickling.pause))
    producer.call("put")
    held = pickling.next()
    kernel.shows("the process that pickles", held.pid, expected=producer.pid)
    caller.shows("how many were put", queue.qsize(), expected=1)
    caller.shows("whether it is empty", queue.empty(), expected=True)
    with refuses(Empty):
        queue.get_nowait()
    held.let_go("dumpling")
    recorder.shows("what arrives in the end", queue.get(), expected="dumpling")


def test_full_and_empty_at_once(mp: Multiprocessing, worker: MakeWorker, checkpoint: MakeCheckpoint) -> None:
    """While the pickling of an item is held up, a queue of one is full and empty at once."""
    queue, pickling = mp.Queue(1), checkpoint("pickling")
    producer = worker(put=partial(payloads.put_held_up, queue, pickling.pause))
    producer.call("put")
    held = pickling.next()
    caller.shows("whether it is full and empty", (queue.full(), queue.empty()), expected=(True, True))
    with refuses(Full):
        queue.put_nowait("another")
    held.let_go("dumpling")
    recorder.shows("what arrives in the end", queue.get(), expected="dumpling")


def test_full_is_outdated_once_another_gets(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A queue says that it is full while no room is left, and what it said no longer holds once another has got."""
    queue = mp.Queue(2)
    other = worker(queue=queue)
    other.call("queue.put", 1)
    caller.shows("whether it is full with room for one", queue.full(), expected=False)
    other.call("queue.put", 2)
    caller.shows("whether it is full", queue.full(), expected=True)
    other.call("queue.get")
    other.call("queue.put_nowait", 3)
    caller.shows("whether it is full again", queue.full(), expected=True)


def test_empty_is_outdated_once_another_puts(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A queue says that it is empty while nothing was put, and what it said no longer holds once another has."""
    queue = mp.Queue()
    other = worker(queue=queue)
    caller.shows("whether it is empty", queue.empty(), expected=True)
    other.call("queue.put", 1)
    until_blocked([other.pid])  # so that the item is in the pipe
    caller.shows("whether it is empty after a put", queue.empty(), expected=False)
    recorder.shows("what is got", queue.get_nowait(), expected=1)


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


def test_any_picklable_value_arrives_equal(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Any value that can be pickled arrives equal and of the same type, however large or nested."""
    queue = mp.Queue()
    producer, consumer = worker(queue=queue), worker(queue=queue)

    @given(value=values)
    @example(value=None)
    @example(value=b"x" * payloads.BIG)
    @example(value=("约吗?", {"约吗?": [None, 2**100, b"\0"]}))
    @example(value=b"x" * 2**24)  # takes a fourth byte for its length
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
        caller.shows("what arrived", exactly(consumer.call("queue.get")), expected=exactly(value))

    send()


def exactly(value: object) -> object:
    """Return what is equal only for equal values of one type, be they such as equal nothing, or all."""
    return (type(value), value) if isinstance(value, (bytes, bytearray)) else repr(value)  # that of 16 MiB takes long


def pickled_to(size: int) -> bytes:
    """Return bytes that are *size* bytes once they are pickled."""
    return b"x" * next(n for n in range(size, 0, -1) if len(pickle.dumps(b"x" * n)) == size)


def test_any_producers_and_consumers(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Of any number of items from any producers, each reaches exactly one of any consumers, none lost, none twice."""
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
        recorder.shows("what the consumers got", got, expected=put)
        caller.shows("what is left", lefts(queue), expected=[])

    trade()


def lefts(queue: Any) -> list[object]:
    """Return what can be got without waiting."""
    try:
        return [queue.get(False), *lefts(queue)]
    except Empty:
        return []


def test_keeps_the_order_of_each_producer(mp: Multiprocessing, scale: int, worker: MakeWorker) -> None:
    """What several producers put at once, big items and small, one consumer gets in the order of each."""
    queue = mp.Queue(4)
    producers = [worker(put=partial(payloads.put_big_and_small, queue, number)) for number in range(2)]
    for producer in producers:
        producer.begin("put", 100 * scale)
    got = payloads.get_some(queue, 200 * scale)
    in_order = [[number for sender, number, _ in got if sender == producer] for producer in range(2)]
    recorder.shows("what came from each", in_order, expected=[list(range(100 * scale))] * 2)


def test_big_items_put_at_once_arrive_whole(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Items that do not fit the pipe arrive whole, though several processes put them at once."""
    queue = mp.Queue()
    items = [letter * payloads.BIG for letter in (b"x", b"y")]
    producers = [worker(queue=queue) for _ in items]
    for producer, item in zip(producers, items):
        producer.call("queue.put", item)
    until_blocked(producer.pid for producer in producers)  # so that the pipe is full and both have more to write
    got = sorted(payloads.get_some(queue, 2))
    recorder.shows("whether both arrive as they were put", got == items, expected=True)


def test_big_items_got_at_once_arrive_whole(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Items that do not fit the pipe arrive whole, though several processes, or threads, get them at once."""
    queue = mp.Queue()
    items = [letter * payloads.BIG for letter in (b"x", b"y")]
    consumers, producer = [worker(queue=queue) for _ in items], worker(queue=queue)
    for consumer in consumers:
        consumer.begin("queue.get")
        kernel.shows("whether a consumer is blocked", consumer.blocks(), expected=True)
    for item in items:
        producer.call("queue.put", item)
    got = sorted(consumer.result() for consumer in consumers)
    recorder.shows("whether both arrive as they were put", got == items, expected=True)
    consumer = worker(get_both=partial(threads.in_each_of, 2, queue.get))
    consumer.begin("get_both")
    kernel.shows("whether the threads of a consumer are blocked", consumer.blocks(), expected=True)
    for item in items:
        producer.call("queue.put", item)
    recorder.shows("whether both arrive at its threads", sorted(consumer.result()) == items, expected=True)


def test_child_may_put_after_its_starter(mp: Multiprocessing, starter: Start, checkpoint: MakeCheckpoint) -> None:
    """What a starter had put when it started a child, be it still in its buffer, and what that puts, arrives once."""
    pickling, joined = checkpoint("pickling"), checkpoint("joined")
    both = starter(put_by_both, mp, pickling.pause, joined.pause)
    held = pickling.next()
    joined.next().let_go()
    held.let_go("held up")
    recorder.shows("what arrives", both.result(), expected=["the child's", "held up", "behind that"])


def put_by_both(mp: Multiprocessing, pickling: Pause, joined: Pause) -> list[object]:
    """Put an item that is held up and one behind it, have a child put another, and return the first that arrive."""
    queue = mp.Queue()
    payloads.put_held_up(queue, pickling)
    queue.put("behind that")
    child = mp.Process(target=payloads.put_all, args=(queue, ["the child's"]))
    child.start()
    child.join()
    joined()
    return payloads.get_some(queue, 3)


def test_any_sequence_of_operations(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Over any sequence of puts and gets by several processes, a bounded queue does as a list with a bound would."""
    BoundedQueue.verify(partial(mp.Queue, BoundedQueue.maxsize), worker)


def test_unpicklable_item_is_dropped(mp: Multiprocessing, worker: MakeWorker) -> None:
    """An item that cannot be pickled is put without complaint and dropped, and those before and after it arrive."""
    queue = mp.Queue()
    producer = worker(put=partial(payloads.put_around_unpicklable, queue))
    producer.call("put")
    until_blocked([producer.pid])  # so that all that will ever arrive is in the pipe
    recorder.shows("what arrives", set(lefts(queue)), expected={"before", "after"})


def test_dropped_item_gives_its_place_back(mp: Multiprocessing, worker: MakeWorker) -> None:
    """An item that cannot be pickled takes no room in a bounded queue once it was dropped."""
    queue = mp.Queue(1)
    producer = worker(put=partial(payloads.put_around_unpicklable, queue))
    producer.begin("put")
    recorder.shows("what arrives", queue.get(), expected="before")
    producer.result()
    recorder.shows("what arrives then", queue.get(), expected="after")


def test_unreadable_item_is_lost(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Getting an item that cannot be unpickled raises what went wrong, and takes the item, and its place, away."""
    queue = mp.Queue(1)
    producer, consumer = worker(queue=queue, put=partial(payloads.put_unreadable, queue)), worker(queue=queue)
    producer.call("put")
    with refuses(CallFailed, "ImportError: an item that cannot be unpickled"):
        consumer.call("queue.get")
    producer.call("queue.put", "after", False)
    recorder.shows("what another process gets then", queue.get(), expected="after")
    producer.call("queue.put", "last", False)
    recorder.shows("what that one gets then", consumer.call("queue.get"), expected="last")


def end_of_its_code(pickling: Checkpoint, put: Checkpoint) -> Arrival:
    """Wait until a child has come to the end of its code, if it can, and return its item, whose pickling is held up.

    Args:
        pickling: where the item is held up.
        put: where the child stops when it has put that; it never does if it waits until it is pickled.
    """
    held = pickling.next()
    kernel.shows("the process that puts", held.pid, expected=other_than(os.getpid()))
    until_still(lambda: put.reached)
    put.open()
    until_still()
    return held


def test_items_of_a_daemon_arrive(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """A daemon whose code has come to its end waits, like any child, until what it has put is in the pipe."""
    queue, pickling, put = mp.Queue(), checkpoint("pickling"), checkpoint("put")
    child = mp.Process(target=steps(partial(payloads.put_held_up, queue, pickling.pause), put.pause))
    child.daemon = True
    child.start()
    held = end_of_its_code(pickling, put)
    kernel.shows("the daemon, at the end of its code", state(held.pid), expected=ALIVE)
    held.let_go("last words")
    child.join()
    recorder.shows("what arrives", lefts(queue), expected=["last words"])


def test_cancelled_wait_is_for_its_process_only(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """A child waits until what it has put is in the pipe, though its starter has called cancel_join_thread before."""
    queue, pickling, put = mp.Queue(), checkpoint("pickling"), checkpoint("put")
    queue.cancel_join_thread()
    child = mp.Process(target=steps(partial(payloads.put_held_up, queue, pickling.pause), put.pause))
    child.start()
    held = end_of_its_code(pickling, put)
    kernel.shows("the child, at the end of its code", state(held.pid), expected=ALIVE)
    held.let_go("last words")
    child.join()
    recorder.shows("what arrives", lefts(queue), expected=["last words"])


def test_items_of_a_child_that_fails_arrive(mp: Multiprocessing) -> None:
    """What a child has put arrives, also if an exception ends the child straight after."""
    queue = mp.Queue()
    child = mp.Process(target=payloads.put_and_fail, args=(queue, ValueError("out of paper")))
    child.start()
    child.join()
    recorder.shows("what arrives", lefts(queue), expected=["last words"])


def test_joining_before_getting_hangs(mp: Multiprocessing, starter: Start, checkpoint: MakeCheckpoint) -> None:
    """A child does not exit before its items fit the pipe, so joining it first waits until somebody gets them."""
    queue, put = mp.Queue(), checkpoint("put")
    task = steps(partial(payloads.put_big, queue), put.pause)
    parent = starter(payloads.start_and_join, mp, task)
    child = put.next().let_go()
    until_blocked([child.pid, parent.pid])
    recorder.shows("the bytes that arrive", len(queue.get()), expected=payloads.BIG)
    parent.result()
    kernel.shows("the child", state(child.pid), expected=other_than(ALIVE))


def test_child_may_exit_without_its_items(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """After cancel_join_thread, a child exits though its items do not fit the pipe and nobody gets them."""
    queue, put = mp.Queue(), checkpoint("put")
    child = mp.Process(target=steps(partial(payloads.put_big_and_cancel, queue), put.pause))
    child.start()
    arrival = put.next()
    kernel.shows("the process that puts", arrival.pid, expected=other_than(os.getpid()))
    arrival.let_go()
    until_exited(arrival.pid)
    child.join()
    caller.shows("its exit code", child.exitcode, expected=0)


def test_closed_queue_refuses_its_process_only(
    mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """A process that closed a queue may neither put nor get; others may, and all that it had put arrives."""
    queue, pickling = mp.Queue(), checkpoint("pickling")
    closer = worker(queue=queue, put_held_up=partial(payloads.put_held_up, queue, pickling.pause))
    other = worker(queue=queue)
    closer.call("put_held_up")
    held = pickling.next()
    closer.call("queue.put", "last words")
    for _ in range(2):
        closer.call("queue.close")
    for operation in ["queue.put", 1], ["queue.get"]:
        with refuses(CallFailed, "ValueError"):
            closer.call(*operation)
    held.let_go("held up")
    got = [other.call("queue.get") for _ in range(2)]
    recorder.shows("what the other gets", got, expected=["held up", "last words"])
    other.call("queue.put", "mine")
    recorder.shows("what the other gets then", other.call("queue.get"), expected="mine")


def test_join_thread_waits_for_the_pipe(
    mp: Multiprocessing, log: Recorder, starter: Start, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """After close, join_thread waits until all that the process has put is in the pipe, whoever made the queue."""
    reading, joining = checkpoint("reading"), checkpoint("joining")
    maker = starter(payloads.make_and_join_thread, mp, reading.pause, joining.pause, log)
    reader = reading.next()
    joining.next().let_go()
    until_blocked([maker.pid])
    recorder.shows("whose join_thread has returned before anybody reads", log.values("joined"), expected=[])
    reader.let_go()
    maker.result()
    queue = mp.Queue()
    producer = worker(put=partial(payloads.put_big, queue), finish=partial(payloads.close_and_join_thread, queue))
    producer.call("put")
    producer.begin("finish")
    kernel.shows("whether join_thread is blocked", producer.blocks(), expected=True)
    recorder.shows("the bytes that arrive", len(queue.get()), expected=payloads.BIG)
    producer.result()


def test_join_thread_comes_after_close(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Calling join_thread on a queue that this process has not closed is refused."""
    process = worker(queue=mp.Queue())
    process.call("queue.put", 1)
    with refuses(CallFailed):
        process.call("queue.join_thread")


def test_use_leaves_nothing_behind(mp: Multiprocessing) -> None:
    """A queue that nobody refers to any more, closed if it was used, has left neither a file nor a thread."""

    def use() -> None:
        mp.Queue()
        queue = mp.Queue()
        for number in range(3):
            queue.put(number)
        payloads.get_some(queue, 3)
        payloads.close_and_join_thread(queue)

    use()  # whatever the API opens once for all queues is open now
    before = holdings()
    use()
    kernel.shows("how many files and threads there are", holdings(), expected=before)


@needs("Pipe")
def test_pipe_of_one_way(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A pipe of one way has an end that only receives and an end that only sends."""
    receiver, sender = mp.Pipe(False)
    source, drain = worker(sender=sender), worker(receiver=receiver)
    drain.begin("receiver.recv")
    kernel.shows("whether the receiver is blocked", drain.blocks(), expected=True)
    source.call("sender.send", "dumpling")
    recorder.shows("what it receives", drain.result(), expected="dumpling")
    with refuses(OSError):
        receiver.send("back")
    with refuses(OSError):
        sender.recv()


@needs("Pipe")
def test_pipe_of_two_ways(mp: Multiprocessing, worker: MakeWorker) -> None:
    """What is sent into either end of a pipe of two ways is received at the other, in order."""
    ends = mp.Pipe()
    one, two = worker(end=ends[0]), worker(end=ends[1])
    for name, sender in ("one", one), ("two", two):
        sender.call("end.send", name)
        sender.call("end.send", None)
    received = [[receiver.call("end.recv") for _ in range(2)] for receiver in (one, two)]
    recorder.shows("what each receives", received, expected=[["two", None], ["one", None]])


@needs("Pipe")
def test_pipe_carries_any_value(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Whatever can be pickled arrives through a pipe as it was sent, be it large, or an exception."""
    receiver, sender = mp.Pipe(False)
    source = worker(sender=sender)
    for value in (None, 0, b"x" * payloads.BIG, ValueError("an exception"), len, ("约吗?", [2**100])):
        source.begin("sender.send", value)
        recorder.shows("what is received", exactly(receiver.recv()), expected=exactly(value))
        source.result()


@needs("Pipe")
def test_pipe_goes_on_after_a_signal(mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """Who waits to receive, or is in the middle of sending, handles a signal meanwhile, and all arrives whole."""
    receiver, sender = mp.Pipe(False)
    handling, large = checkpoint("handling"), b"x" * payloads.BIG
    handle = partial(handlers.handle, handling.pause)
    drain, source = worker(receiver=receiver, handle=handle), worker(sender=sender, handle=handle)
    drain.call("handle"), source.call("handle")
    drain.begin("receiver.recv")
    waits_through_a_signal(drain, handling)
    source.call("sender.send", "small")
    recorder.shows("what is received", drain.result(), expected="small")
    source.begin("sender.send", large)
    waits_through_a_signal(source, handling)
    recorder.shows("whether the large message arrives as it was sent", receiver.recv() == large, expected=True)
    source.result()
    source.call("sender.send", "next")
    recorder.shows("what is received then", receiver.recv(), expected="next")


@needs("Pipe")
def test_pipe_refuses_the_unpicklable(mp: Multiprocessing) -> None:
    """What cannot be pickled is refused to the sender, and the pipe carries what is sent then."""
    receiver, sender = mp.Pipe(False)
    with refuses(TypeError, "cannot be pickled"):
        sender.send(payloads.Unpicklable())
    sender.send("after")
    recorder.shows("what is received", receiver.recv(), expected="after")


@needs("Pipe")
def test_poll_tells_what_can_be_received(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Polling a pipe waits for a message or its end, for no longer than a given time, none if it is not given."""
    receiver, sender = mp.Pipe(False)
    drain = worker(receiver=receiver)
    caller.shows("what poll says of an empty pipe", receiver.poll(), expected=False)
    begun = time.monotonic()
    caller.shows("what a timed one says", receiver.poll(0.05), expected=False)
    kernel.shows("the seconds it took", time.monotonic() - begun, expected=at_least(0.05))
    drain.begin("receiver.poll", 3600)
    kernel.shows("whether one with more time is blocked", drain.blocks(), expected=True)
    sender.send("dumpling")
    caller.shows("what it says once there is a message", drain.result(), expected=True)
    caller.shows("what one says after that", receiver.poll(), expected=True)
    recorder.shows("what is received", receiver.recv(), expected="dumpling")
    drain.begin("receiver.poll", None)
    kernel.shows("whether one without a limit is blocked", drain.blocks(), expected=True)
    sender.send("another")
    caller.shows("what it says once there is another message", drain.result(), expected=True)


@needs("Pipe")
def test_pipe_to_nobody_is_broken(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Once every process has closed the receiving end, a send raises BrokenPipeError, and ends nobody."""
    receiver, sender = mp.Pipe(False)
    receiver.close()
    source = worker(sender=sender)
    with refuses(CallFailed, "BrokenPipeError"):
        source.call("sender.send", "to nobody")
    with refuses(OSError, "closed"):
        receiver.recv()


@needs("Pipe")
def test_pipe_ends_with_the_last_sender(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Once every process has closed the sending end, what was sent is received, and then EOFError."""
    receiver, sender = mp.Pipe(False)
    process = worker(receiver=receiver, sender=sender)
    process.call("sender.close")
    process.begin("receiver.recv")
    kernel.shows("whether it waits while this process could send", process.blocks(), expected=True)
    sender.send("last")
    sender.send("words")
    sender.close()
    received = [process.result(), process.call("receiver.recv")]
    recorder.shows("what is received", received, expected=["last", "words"])
    with refuses(CallFailed, "EOFError"):
        process.call("receiver.recv")
    caller.shows("what poll says at the end", process.call("receiver.poll"), expected=True)
