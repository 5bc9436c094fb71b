"""Joinable queues: a producer waits until every item was processed."""

from __future__ import annotations

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from impl.contract import Multiprocessing
from spec.claims.joinable import payloads
from spec.claims.queue import payloads as queue_payloads
from spec.claims.shared import handlers
from spec.engine.fixtures import MakeCheckpoint, MakeWorker, Programs
from spec.engine.lessons import Lesson
from spec.engine.marks import managed_too, needs, source, unmanaged, where
from spec.harness.held_waits import all_wait_without_limit, timed_waits
from spec.harness.interruption import is_interrupted, waits_through_a_signal
from spec.harness.process_table import ALIVE, GONE, state, until_blocked
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, gatekeeper, kernel, other_than, recorder, refuses
from spec.harness.worker import CallFailed
from spec.models.queue_models import JoinableQueueModel

pytestmark = [needs("Process", "JoinableQueue"), managed_too]


@source("impl.joinable.produce")
def test_producer_makes_before_it_puts(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """The producer makes each item before it puts it."""
    queue, making = mp.JoinableQueue(), checkpoint("making")
    producer = worker(produce=partial(lesson.produce, queue, ["first", "second"], making.pause, payloads.rest))
    consumer = worker(queue=queue)
    producer.begin("produce")
    for item in "first", "second":
        arrival = making.next()
        gatekeeper.shows("the item that is made", arrival.notes, expected=(item,))
        consumer.begin("queue.get")
        kernel.shows("whether the consumer waits while the item is made", consumer.blocks(), expected=True)
        arrival.let_go()
        recorder.shows("the item that the consumer gets", consumer.result(), expected=item)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.JoinableQueue.join")
@source("impl.joinable.produce")
def test_producer_goes_on_after_the_last_report(
    mp: Multiprocessing, lesson: Lesson, scale: int, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """The producer of ten items continues only after all ten were reported as processed, not once all were got."""
    queue, done, items = mp.JoinableQueue(), checkpoint("done"), list(range(10 * scale))
    producer = worker(produce=partial(payloads.produce, lesson.produce, queue, done.pause))
    consumer = worker(queue=queue)
    producer.begin("produce", items)
    kernel.shows("whether the producer is blocked before any get", producer.blocks(), expected=True)
    gatekeeper.shows("whether the producer continued before any get", done.reached, expected=False)
    got = [consumer.call("queue.get") for _ in items]
    recorder.shows("the items that the consumer gets", got, expected=items)
    for _ in items[1:]:
        consumer.call("queue.task_done")
    kernel.shows("whether the producer is blocked before the last report", producer.blocks(), expected=True)
    gatekeeper.shows("whether the producer continued before the last report", done.reached, expected=False)
    consumer.call("queue.task_done")
    gatekeeper.shows("the process that continues", done.next().let_go().pid, expected=producer.pid)
    producer.result()


@source("impl.joinable.consume")
def test_consumer_reports_after_eating(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """The consumer eats each item before it reports it, so `join` waits even if the queue is already empty."""
    queue, eating = mp.JoinableQueue(), checkpoint("eating")
    producer, consumer = worker(queue=queue), worker(consume=partial(lesson.consume, queue, eating.pause))
    consumer.begin("consume")
    for item in "first", "second":
        producer.call("queue.put", item)
        arrival = eating.next()
        gatekeeper.shows(
            "the process that eats, and its item", (arrival.pid, *arrival.notes), expected=(consumer.pid, item)
        )
        caller.shows("empty() while the item is eaten", queue.empty(), expected=True)
        producer.begin("queue.join")
        kernel.shows("whether join() is blocked while the item is eaten", producer.blocks(), expected=True)
        arrival.let_go()
        producer.result()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.daemon")
@source("impl.joinable.main")
def test_consumer_ends_with_main(
    lesson: Lesson, program: Programs, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """Main joins only the producer, and when main ends, all items were eaten and the endless consumer ends too."""
    done, items = checkpoint("done"), [f"大包子{number}号" for number in range(10)]
    main = program.main(lesson.main, items, partial(log, "made"), partial(log, "ate"), done.pause)
    producer = done.next()
    recorder.shows("the items that were eaten when the producer continues", log.values("ate"), expected=items)
    recorder.shows(
        "the processes that made items", {event.pid for event in log.events("made")}, expected={producer.pid}
    )
    consumers = {event.pid for event in log.events("ate")}
    recorder.shows("the number of processes that ate items", len(consumers), expected=1)
    [consumer] = consumers
    processes = {main.pid, producer.pid, consumer}
    kernel.shows("the number of different processes among main, producer and consumer", len(processes), expected=3)
    until_blocked([consumer, main.pid])
    kernel.shows("the consumer while the producer runs", state(consumer), expected=ALIVE)
    producer.let_go()
    kernel.shows("the program's exit status", main.exit_status(), expected=0)
    kernel.shows("the consumer after the end of the program", state(consumer), expected=GONE)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.JoinableQueue.join")
def test_join_returns_at_once_with_nothing_outstanding(mp: Multiprocessing, worker: MakeWorker) -> None:
    """`join` does not wait if nothing was put, or if every item was reported as processed."""
    queue = mp.JoinableQueue()
    process, consumer = worker(queue=queue), worker(queue=queue)
    process.call("queue.join")
    process.call("queue.put", "dumpling")
    consumer.call("queue.get")
    consumer.call("queue.task_done")
    process.call("queue.join")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.JoinableQueue.join")
def test_join_waits_without_limit(mp: Multiprocessing, worker: MakeWorker) -> None:
    """`join` waits until the last item is reported as processed, however long that takes."""
    queue = mp.JoinableQueue()
    joiner = worker(queue=queue)
    queue.put("dumpling")
    clocks = timed_waits()
    joiner.begin("queue.join")
    all_wait_without_limit({"join() of a queue with an outstanding item": joiner}, clocks)
    recorder.shows("the item that is got", queue.get(), expected="dumpling")
    queue.task_done()
    joiner.result()


@where(unmanaged)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.JoinableQueue.join")
def test_join_waits_for_what_nobody_got(mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """Items count as outstanding from the `put` on, however many there are, even before any process can get them."""
    queue, items = mp.JoinableQueue(), [f"{number:1000}" for number in range(200)]
    pickling = checkpoint("pickling")
    process = worker(
        queue=queue,
        put_all=partial(queue_payloads.put_all, queue),
        put_held_up=partial(queue_payloads.put_held_up, queue, pickling.pause),
    )
    process.call("put_all", items)
    process.begin("queue.join")
    kernel.shows("whether join() is blocked before any get", process.blocks(), expected=True)
    for item in items:
        recorder.shows("the item that is got", queue.get(), expected=item)
        queue.task_done()
    process.result()
    process.call("put_held_up")
    held = pickling.next()
    process.begin("queue.join")
    kernel.shows("whether join() is blocked while the only item is still pickled", process.blocks(), expected=True)
    held.let_go("late")
    recorder.shows("the item that is got last", queue.get(), expected="late")
    queue.task_done()
    process.result()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.JoinableQueue.join")
def test_items_outlive_who_put_them(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Items stay outstanding until they are reported as processed, even if the process that put them has ended."""
    queue = mp.JoinableQueue()
    producer = mp.Process(target=queue_payloads.put_all, args=(queue, ["first", "second"]))
    producer.start()
    producer.join()
    process, consumer = worker(queue=queue), worker(queue=queue)
    process.begin("queue.join")
    for item in "first", "second":
        kernel.shows(f"whether join() is blocked before the {item} item is reported", process.blocks(), expected=True)
        recorder.shows("the item that the consumer gets", consumer.call("queue.get"), expected=item)
        consumer.call("queue.task_done")
    process.result()


@source("https://docs.python.org/3/whatsnew/3.5.html#whatsnew-pep-475", observed=True)
def test_join_goes_on_after_a_signal(mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """A process that waits in `join` handles a signal and then keeps waiting, unless the handler raises."""
    queue, handling = mp.JoinableQueue(), checkpoint("handling")
    joiner = worker(queue=queue, handle=partial(handlers.handle, handling.pause))
    joiner.call("handle")
    queue.put("dumpling")
    joiner.begin("queue.join")
    waits_through_a_signal(joiner, handling)
    is_interrupted(joiner)
    joiner.begin("queue.join")
    kernel.shows("whether another join() is blocked", joiner.blocks(), expected=True)
    recorder.shows("the item that is got", queue.get(), expected="dumpling")
    queue.task_done()
    joiner.result()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.JoinableQueue.join")
def test_join_waits_for_what_is_put_meanwhile(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A `join` that already waits also waits for items that are put in the meantime."""
    queue = mp.JoinableQueue()
    joiner, other = worker(queue=queue), worker(queue=queue)
    other.call("queue.put", "first")
    joiner.begin("queue.join")
    kernel.shows("whether join() is blocked", joiner.blocks(), expected=True)
    other.call("queue.put", "second")
    other.call("queue.get")
    other.call("queue.task_done")
    kernel.shows("whether join() is blocked after the first report", joiner.blocks(), expected=True)
    other.call("queue.get")
    other.call("queue.task_done")
    joiner.result()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.JoinableQueue.join")
def test_join_waits_again_after_another_put(mp: Multiprocessing, worker: MakeWorker) -> None:
    """If items are put after a `join`, the next `join` waits until they too were reported as processed."""
    queue = mp.JoinableQueue()
    producer, consumer = worker(queue=queue), worker(queue=queue)
    for item in "first", "second":
        producer.call("queue.put", item)
        recorder.shows("the item that the consumer gets", consumer.call("queue.get"), expected=item)
        producer.begin("queue.join")
        kernel.shows("whether join() is blocked", producer.blocks(), expected=True)
        consumer.call("queue.task_done")
        producer.result()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.JoinableQueue.task_done")
def test_last_report_wakes_all_who_join(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Any number of processes can join a queue, and the report of the last item lets all of them continue."""
    queue = mp.JoinableQueue()
    consumer, *joiners = (worker(queue=queue) for _ in range(3))
    consumer.call("queue.put", "dumpling")
    for joiner in joiners:
        joiner.begin("queue.join")
        kernel.shows("whether join() is blocked", joiner.blocks(), expected=True)
    consumer.call("queue.get")
    consumer.call("queue.task_done")
    for joiner in joiners:
        joiner.result()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.JoinableQueue.task_done")
def test_one_report_too_many_is_refused(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A report without an outstanding item raises `ValueError`, and does not count for items that are put later."""
    queue = mp.JoinableQueue()
    process = worker(queue=queue)
    with refuses(CallFailed, "ValueError"):
        process.call("queue.task_done")
    process.call("queue.put", "dumpling")
    process.begin("queue.join")
    kernel.shows("whether join() is blocked", process.blocks(), expected=True)
    queue.task_done()
    process.result()
    with refuses(ValueError):
        queue.task_done()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.JoinableQueue.join")
def test_refused_item_counts_for_nothing(mp: Multiprocessing, worker: MakeWorker) -> None:
    """An item that a full queue refuses is not outstanding: no process needs to report it, and none can."""
    queue = mp.JoinableQueue(1)
    process = worker(queue=queue)
    process.call("queue.put", "dumpling")
    for seconds in 0, 0.01:
        with refuses(CallFailed, "Full"):
            process.call("queue.put", "one too many", True, seconds)
    recorder.shows("the item that is got", queue.get(), expected="dumpling")
    queue.task_done()
    process.call("queue.join")
    with refuses(ValueError):
        queue.task_done()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.JoinableQueue.join")
def test_killed_consumer_leaves_join_waiting(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """If a consumer is killed before it reports its item, `join` waits even if others report all other items."""
    queue, eating = mp.JoinableQueue(), checkpoint("eating")
    victim, heir = (worker(consume=partial(lesson.consume, queue, eating.pause)) for _ in range(2))
    producer = worker(queue=queue)
    victim.begin("consume")
    producer.call("queue.put", "first")
    gatekeeper.shows("the process that eats the first item", eating.next().pid, expected=victim.pid)
    victim.kill()
    kernel.shows("the first consumer after SIGKILL", state(victim.pid), expected=other_than(ALIVE))
    producer.call("queue.put", "second")
    heir.begin("consume")
    gatekeeper.shows("the process that eats the second item", eating.next().let_go().pid, expected=heir.pid)
    until_blocked([heir.pid])
    producer.begin("queue.join")
    kernel.shows("whether join() is blocked", producer.blocks(), expected=True)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.JoinableQueue.join")
def test_any_producers_and_consumers(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """Any number of producers wait until consumers have eaten the last item, whichever process put it."""
    queue, eating, done = mp.JoinableQueue(), checkpoint("eating"), checkpoint("done")
    producers = [worker(produce=partial(payloads.produce, lesson.produce, queue, done.pause)) for _ in range(2)]
    for consumer in [worker(consume=partial(lesson.consume, queue, eating.pause)) for _ in range(3)]:
        consumer.begin("consume")

    @given(producing=st.integers(1, 2), each=st.integers(1, 3))
    def feast(producing: int, each: int) -> None:
        at_work = producers[:producing]
        queue.put("the first to be put, and the last to be eaten")
        last = eating.next()
        for producer in at_work:
            producer.begin("produce", [f"{producer.pid}'s {number}" for number in range(each)])
        eaten = [eating.next().let_go() for _ in range(producing * each)]
        gatekeeper.shows(
            "the number of different items that were eaten", len({a.notes for a in eaten}), expected=len(eaten)
        )
        until_blocked(producer.pid for producer in at_work)
        gatekeeper.shows("whether a producer continued before the last item was eaten", done.reached, expected=False)
        last.let_go()
        went_on = [arrival.let_go().pid for arrival in done.wait_for(producing)]
        gatekeeper.shows(
            "the processes that continue", sorted(went_on), expected=sorted(producer.pid for producer in at_work)
        )
        for producer in at_work:
            producer.result()

    feast()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.JoinableQueue.join")
def test_any_sequence_of_operations(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Over any sequence of puts, gets, reports and joins, `join` waits exactly while puts outnumber reports."""
    JoinableQueueModel.verify(partial(mp.JoinableQueue, JoinableQueueModel.maxsize), worker)


@source("https://github.com/python/cpython/issues/79423")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.JoinableQueue.join", observed=True)
def test_dropped_item_is_not_outstanding(mp: Multiprocessing, worker: MakeWorker) -> None:
    """An item that is dropped because it cannot be pickled is not outstanding: `join` waits for the others only.

    Nobody can get such an item, so nobody can report it.  A queue gives its place back for the same reason.
    """
    queue = mp.JoinableQueue()
    producer = worker(queue=queue, put=partial(queue_payloads.put_around_unpicklable, queue))
    producer.call("put")
    for item in "before", "after":
        recorder.shows("the item that is got", queue.get(), expected=item)
        queue.task_done()
    producer.call("queue.join")
