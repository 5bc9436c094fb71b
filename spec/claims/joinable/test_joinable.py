"""Joinable: a producer waits until everything was processed."""

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
from spec.engine.marks import needs
from spec.harness.interruption import is_interrupted, waits_through_a_signal
from spec.harness.process_table import ALIVE, GONE, state, until_blocked
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, gatekeeper, kernel, other_than, recorder, refuses
from spec.harness.worker import CallFailed
from spec.models.queues import JoinableQueue

pytestmark = needs("Process", "JoinableQueue")


def test_producer_makes_before_it_puts(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """The producer makes each item, and only then puts it."""
    queue, making = mp.JoinableQueue(), checkpoint("making")
    producer = worker(produce=partial(lesson.produce, queue, ["first", "second"], making.pause, payloads.rest))
    consumer = worker(queue=queue)
    producer.begin("produce")
    for item in "first", "second":
        arrival = making.next()
        gatekeeper.shows("what is made", arrival.notes, expected=(item,))
        consumer.begin("queue.get")
        kernel.shows("whether the consumer waits meanwhile", consumer.blocks(), expected=True)
        arrival.let_go()
        recorder.shows("what the consumer gets", consumer.result(), expected=item)


def test_producer_goes_on_after_the_last_report(
    mp: Multiprocessing, lesson: Lesson, scale: int, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """The producer of ten items goes on only when ten were reported as processed; that all were got is not enough."""
    queue, done, items = mp.JoinableQueue(), checkpoint("done"), list(range(10 * scale))
    producer = worker(produce=partial(payloads.produce, lesson.produce, queue, done.pause))
    consumer = worker(queue=queue)
    producer.begin("produce", items)
    kernel.shows("whether the producer is blocked before any get", producer.blocks(), expected=True)
    gatekeeper.shows("whether it went on before any get", done.reached, expected=False)
    got = [consumer.call("queue.get") for _ in items]
    recorder.shows("what the consumer got", got, expected=items)
    for _ in items[1:]:
        consumer.call("queue.task_done")
    kernel.shows("whether the producer is blocked", producer.blocks(), expected=True)
    gatekeeper.shows("whether it went on", done.reached, expected=False)
    consumer.call("queue.task_done")
    gatekeeper.shows("the process that went on", done.next().let_go().pid, expected=producer.pid)
    producer.result()


def test_consumer_reports_after_eating(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """The consumer eats each item before it reports it, so join waits while the queue is empty and one is eaten."""
    queue, eating = mp.JoinableQueue(), checkpoint("eating")
    producer, consumer = worker(queue=queue), worker(consume=partial(lesson.consume, queue, eating.pause))
    consumer.begin("consume")
    for item in "first", "second":
        producer.call("queue.put", item)
        arrival = eating.next()
        gatekeeper.shows("who eats", (arrival.pid, *arrival.notes), expected=(consumer.pid, item))
        caller.shows("whether the queue is empty", queue.empty(), expected=True)
        producer.begin("queue.join")
        kernel.shows("whether the producer is blocked", producer.blocks(), expected=True)
        arrival.let_go()
        producer.result()


def test_consumer_ends_with_main(
    lesson: Lesson, program: Programs, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """Main joins the producer only; when it ends, the endless consumer ends with it, and everything was eaten."""
    done, items = checkpoint("done"), [f"大包子{number}号" for number in range(10)]
    main = program.main(lesson.main, items, partial(log, "made"), partial(log, "ate"), done.pause)
    producer = done.next()
    recorder.shows("what was eaten when the producer goes on", log.values("ate"), expected=items)
    recorder.shows("who made it", {event.pid for event in log.events("made")}, expected={producer.pid})
    consumers = {event.pid for event in log.events("ate")}
    recorder.shows("how many processes ate", len(consumers), expected=1)
    [consumer] = consumers
    processes = {main.pid, producer.pid, consumer}
    kernel.shows("how many processes main, producer and consumer are", len(processes), expected=3)
    until_blocked([consumer, main.pid])
    kernel.shows("the consumer while the producer is there", state(consumer), expected=ALIVE)
    producer.let_go()
    kernel.shows("the program's exit status", main.exit_status(), expected=0)
    kernel.shows("the consumer after the program", state(consumer), expected=GONE)


def test_join_returns_at_once_with_nothing_outstanding(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Joining a queue does not wait if nothing was put, or if all of it was reported as processed."""
    queue = mp.JoinableQueue()
    process, consumer = worker(queue=queue), worker(queue=queue)
    process.call("queue.join")
    process.call("queue.put", "dumpling")
    consumer.call("queue.get")
    consumer.call("queue.task_done")
    process.call("queue.join")


def test_join_waits_for_what_nobody_got(mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """Any number of items count as outstanding from the put on, before anybody got one, or could."""
    queue, items = mp.JoinableQueue(), [f"{number:1000}" for number in range(200)]
    pickling = checkpoint("pickling")
    process = worker(
        queue=queue,
        put_all=partial(queue_payloads.put_all, queue),
        put_held_up=partial(queue_payloads.put_held_up, queue, pickling.pause),
    )
    process.call("put_all", items)
    process.begin("queue.join")
    kernel.shows("whether join is blocked", process.blocks(), expected=True)
    for item in items:
        recorder.shows("what is got", queue.get(), expected=item)
        queue.task_done()
    process.result()
    process.call("put_held_up")
    held = pickling.next()
    process.begin("queue.join")
    kernel.shows("whether join is blocked while the only item is held up", process.blocks(), expected=True)
    held.let_go("late")
    recorder.shows("what is got", queue.get(), expected="late")
    queue.task_done()
    process.result()


def test_items_outlive_who_put_them(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Items count as outstanding until they are reported, though the process that put them has ended."""
    queue = mp.JoinableQueue()
    producer = mp.Process(target=queue_payloads.put_all, args=(queue, ["first", "second"]))
    producer.start()
    producer.join()
    process, consumer = worker(queue=queue), worker(queue=queue)
    process.begin("queue.join")
    for item in "first", "second":
        kernel.shows(f"whether join is blocked before the {item} is reported", process.blocks(), expected=True)
        recorder.shows("what the consumer gets", consumer.call("queue.get"), expected=item)
        consumer.call("queue.task_done")
    process.result()


def test_join_goes_on_after_a_signal(mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """Who waits in join handles a signal meanwhile, and waits on, unless the handler raises."""
    queue, handling = mp.JoinableQueue(), checkpoint("handling")
    joiner = worker(queue=queue, handle=partial(handlers.handle, handling.pause))
    joiner.call("handle")
    queue.put("dumpling")
    joiner.begin("queue.join")
    waits_through_a_signal(joiner, handling)
    is_interrupted(joiner)
    joiner.begin("queue.join")
    kernel.shows("whether another join is blocked", joiner.blocks(), expected=True)
    recorder.shows("what is got", queue.get(), expected="dumpling")
    queue.task_done()
    joiner.result()


def test_join_waits_for_what_is_put_meanwhile(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A join that is under way waits for items that are put meanwhile, too."""
    queue = mp.JoinableQueue()
    joiner, other = worker(queue=queue), worker(queue=queue)
    other.call("queue.put", "first")
    joiner.begin("queue.join")
    kernel.shows("whether join is blocked", joiner.blocks(), expected=True)
    other.call("queue.put", "second")
    other.call("queue.get")
    other.call("queue.task_done")
    kernel.shows("whether it is blocked after the first report", joiner.blocks(), expected=True)
    other.call("queue.get")
    other.call("queue.task_done")
    joiner.result()


def test_join_waits_again_after_another_put(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Items that are put after a join make the next join wait again, until they too were processed."""
    queue = mp.JoinableQueue()
    producer, consumer = worker(queue=queue), worker(queue=queue)
    for item in "first", "second":
        producer.call("queue.put", item)
        recorder.shows("what the consumer gets", consumer.call("queue.get"), expected=item)
        producer.begin("queue.join")
        kernel.shows("whether join is blocked", producer.blocks(), expected=True)
        consumer.call("queue.task_done")
        producer.result()


def test_last_report_wakes_all_who_join(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Any number of processes may join a queue, and the report of the last item lets all of them go on."""
    queue = mp.JoinableQueue()
    consumer, *joiners = (worker(queue=queue) for _ in range(3))
    consumer.call("queue.put", "dumpling")
    for joiner in joiners:
        joiner.begin("queue.join")
        kernel.shows("whether it is blocked", joiner.blocks(), expected=True)
    consumer.call("queue.get")
    consumer.call("queue.task_done")
    for joiner in joiners:
        joiner.result()


def test_one_report_too_many_is_refused(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Reporting more items as processed than were put is refused, and counts for nothing."""
    queue = mp.JoinableQueue()
    process = worker(queue=queue)
    with refuses(CallFailed, "ValueError"):
        process.call("queue.task_done")
    process.call("queue.put", "dumpling")
    process.begin("queue.join")
    kernel.shows("whether join is blocked", process.blocks(), expected=True)
    queue.task_done()
    process.result()
    with refuses(ValueError):
        queue.task_done()


def test_refused_item_counts_for_nothing(mp: Multiprocessing, worker: MakeWorker) -> None:
    """An item that a full queue refuses is not outstanding: nobody has to report it, or may."""
    queue = mp.JoinableQueue(1)
    process = worker(queue=queue)
    process.call("queue.put", "dumpling")
    for seconds in 0, 0.01:
        with refuses(CallFailed, "Full"):
            process.call("queue.put", "one too many", True, seconds)
    recorder.shows("what is got", queue.get(), expected="dumpling")
    queue.task_done()
    process.call("queue.join")
    with refuses(ValueError):
        queue.task_done()


def test_killed_consumer_leaves_join_waiting(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """A consumer that is killed before it reports an item leaves join waiting, though others report all the rest."""
    queue, eating = mp.JoinableQueue(), checkpoint("eating")
    victim, heir = (worker(consume=partial(lesson.consume, queue, eating.pause)) for _ in range(2))
    producer = worker(queue=queue)
    victim.begin("consume")
    producer.call("queue.put", "first")
    gatekeeper.shows("who eats the first", eating.next().pid, expected=victim.pid)
    victim.kill()
    kernel.shows("that consumer", state(victim.pid), expected=other_than(ALIVE))
    producer.call("queue.put", "second")
    heir.begin("consume")
    gatekeeper.shows("who eats the second", eating.next().let_go().pid, expected=heir.pid)
    until_blocked([heir.pid])
    producer.begin("queue.join")
    kernel.shows("whether join is blocked", producer.blocks(), expected=True)


def test_any_producers_and_consumers(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """Any number of producers all wait until consumers have eaten the last item, whoever put it."""
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
        gatekeeper.shows("how many different items were eaten", len({a.notes for a in eaten}), expected=len(eaten))
        until_blocked(producer.pid for producer in at_work)
        gatekeeper.shows("whether a producer went on before the last was eaten", done.reached, expected=False)
        last.let_go()
        went_on = [arrival.let_go().pid for arrival in done.wait_for(producing)]
        gatekeeper.shows("who went on", sorted(went_on), expected=sorted(producer.pid for producer in at_work))
        for producer in at_work:
            producer.result()

    feast()


def test_any_sequence_of_operations(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Over any sequence of puts, gets, reports and joins, join waits exactly while puts outnumber reports."""
    JoinableQueue.verify(partial(mp.JoinableQueue, JoinableQueue.maxsize), worker)
