"""What happens to items when a process ends, or closes the queue."""

from __future__ import annotations

import os
from functools import partial

from impl.contract import Multiprocessing, Queue
from spec.claims.queue import payloads
from spec.claims.queue.items import remaining
from spec.claims.shared.steps import steps
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall, MakeWorker
from spec.engine.marks import needs, source
from spec.harness.checkpoint import Arrival, Checkpoint
from spec.harness.holdings import holdings
from spec.harness.process_table import ALIVE, state, until_blocked, until_exited
from spec.harness.recorder import Recorder
from spec.harness.stillness import until_still
from spec.harness.witness import caller, kernel, other_than, recorder, refuses
from spec.harness.worker import CallFailed

pytestmark = needs("Process", "Queue")


def wait_for_end_of_code(pickling: Checkpoint, put: Checkpoint) -> Arrival:
    """Wait until a child has come to the end of its code, if it can, and return its item, which is still pickled.

    Args:
        pickling: the checkpoint where the pickling of the item stops.
        put: the checkpoint where the child stops after its `put`.  A child whose `put` waits for the pickling never
            arrives there.
    """
    held = pickling.next()
    kernel.shows("the process that puts the item", held.pid, expected=other_than(os.getpid()))
    until_still(lambda: put.reached)
    put.open()
    until_still()
    return held


@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods")
def test_items_of_a_daemon_arrive(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """A daemon at the end of its code waits, like any child, until the items that it put are in the pipe."""
    queue, pickling, put = mp.Queue(), checkpoint("pickling"), checkpoint("put")
    child = mp.Process(target=steps(partial(payloads.put_held_up, queue, pickling.pause), put.pause))
    child.daemon = True
    child.start()
    held = wait_for_end_of_code(pickling, put)
    kernel.shows("the daemon, at the end of its code", state(held.pid), expected=ALIVE)
    held.let_go("last words")
    child.join()
    recorder.shows("the items that arrive", remaining(queue), expected=["last words"])


@source(
    "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.cancel_join_thread", observed=True
)
def test_cancelled_wait_is_for_its_process_only(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """A child waits until its items are in the pipe, even if its starter called `cancel_join_thread` before."""
    queue, pickling, put = mp.Queue(), checkpoint("pickling"), checkpoint("put")
    queue.cancel_join_thread()
    child = mp.Process(target=steps(partial(payloads.put_held_up, queue, pickling.pause), put.pause))
    child.start()
    held = wait_for_end_of_code(pickling, put)
    kernel.shows("the child, at the end of its code", state(held.pid), expected=ALIVE)
    held.let_go("last words")
    child.join()
    recorder.shows("the items that arrive", remaining(queue), expected=["last words"])


@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods")
def test_items_of_a_child_that_fails_arrive(mp: Multiprocessing) -> None:
    """The items that a child put arrive even if an exception ends the child immediately afterwards."""
    queue = mp.Queue()
    child = mp.Process(target=payloads.put_and_fail, args=(queue, ValueError("out of paper")))
    child.start()
    child.join()
    recorder.shows("the items that arrive", remaining(queue), expected=["last words"])


@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods")
def test_joining_before_getting_hangs(
    mp: Multiprocessing, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """A child does not exit before its items fit into the pipe, so a join waits until some process gets them."""
    queue, put = mp.Queue(), checkpoint("put")
    task = steps(partial(payloads.put_big, queue), put.pause)
    parent = forked_call(payloads.start_and_join, mp, task)
    child = put.next().let_go()
    until_blocked([child.pid, parent.pid])
    recorder.shows("the number of bytes that arrive", len(queue.get()), expected=payloads.BIG_ITEM_BYTES)
    parent.result()
    kernel.shows("the child after the join", state(child.pid), expected=other_than(ALIVE))


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.cancel_join_thread")
def test_child_may_exit_without_its_items(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """After `cancel_join_thread`, a child exits even if its items do not fit into the pipe and nobody gets them."""
    queue, put = mp.Queue(), checkpoint("put")
    child = mp.Process(target=steps(partial(payloads.put_big_and_cancel, queue), put.pause))
    child.start()
    arrival = put.next()
    kernel.shows("the process that puts the item", arrival.pid, expected=other_than(os.getpid()))
    arrival.let_go()
    until_exited(arrival.pid)
    child.join()
    caller.shows("the child's exit code", child.exitcode, expected=0)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.close", observed=True)
def test_closed_queue_refuses_its_process_only(
    mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """A process that closed a queue can neither put nor get, but other processes can, and all its items arrive."""
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
    recorder.shows("the items that another process gets", got, expected=["held up", "last words"])
    other.call("queue.put", "mine")
    recorder.shows("the item that another process puts and gets", other.call("queue.get"), expected="mine")


@needs("JoinableQueue")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.empty")
def test_closed_queue_tells_nothing(mp: Multiprocessing, worker: MakeWorker) -> None:
    """After a process has put an item and closed the queue, `empty` raises OSError there, and answers elsewhere."""
    for queue in mp.Queue(), mp.JoinableQueue():
        closer, other = worker(queue=queue), worker(queue=queue)
        for call in ["queue.put", "last words"], ["queue.close"], ["queue.join_thread"]:
            closer.call(*call)
        with refuses(CallFailed, "OSError"):
            closer.call("queue.empty")
        caller.shows("empty() in another process", other.call("queue.empty"), expected=False)
        other.call("queue.get")
        caller.shows("empty() after the item was got", other.call("queue.empty"), expected=True)


@needs("JoinableQueue")
@source("https://github.com/python/cpython/issues/120012")
def test_queue_closed_before_use_is_empty(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A queue that a process closes before it has used it is empty, there and in other processes."""
    for queue in mp.Queue(), mp.JoinableQueue():
        other = worker(queue=queue)
        queue.close()
        queue.join_thread()
        seen = [queue.empty(), other.call("queue.empty")]
        caller.shows("empty() where it was closed, and elsewhere", seen, expected=[True, True])


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.join_thread")
def test_join_thread_waits_for_the_pipe(
    mp: Multiprocessing, log: Recorder, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """After `close`, `join_thread` waits until all items of its process are in the pipe, whoever made the queue."""
    reading, joining = checkpoint("reading"), checkpoint("joining")
    maker = forked_call(payloads.make_and_join_thread, mp, reading.pause, joining.pause, log)
    reader = reading.next()
    joining.next().let_go()
    until_blocked([maker.pid])
    recorder.shows("calls of join_thread() that return before any get", log.values("joined"), expected=[])
    reader.let_go()
    maker.result()
    queue = mp.Queue()
    producer = worker(put=partial(payloads.put_big, queue), finish=partial(payloads.close_and_join_thread, queue))
    producer.call("put")
    producer.begin("finish")
    kernel.shows("whether join_thread() in a child is blocked", producer.blocks(), expected=True)
    recorder.shows("the number of bytes that arrive", len(queue.get()), expected=payloads.BIG_ITEM_BYTES)
    producer.result()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.join_thread")
def test_join_thread_comes_after_close(mp: Multiprocessing, worker: MakeWorker) -> None:
    """`join_thread` raises an exception if this process has not closed the queue."""
    queue = mp.Queue()
    process = worker(queue=queue)
    process.call("queue.put", 1)
    with refuses(CallFailed):
        process.call("queue.join_thread")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.close")
def test_use_leaves_nothing_behind(mp: Multiprocessing) -> None:
    """A queue that nobody refers to any more, and that was closed if it was used, leaves no file and no thread."""

    def use() -> None:
        mp.Queue()
        queue = mp.Queue()
        for number in range(3):
            queue.put(number)
        payloads.get_some(queue, 3)
        payloads.close_and_join_thread(queue)

    use()  # everything that the API opens once for all queues is open now
    before = holdings()
    use()
    kernel.shows("the numbers of open files and threads", holdings(), expected=before)


@source("https://github.com/python/cpython/issues/131794")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.close", observed=True)
def test_closed_queue_has_no_file_open(mp: Multiprocessing) -> None:
    """A queue has no file open after `close` and `join_thread`, whether or not this process has put an item."""

    def use() -> list[Queue]:
        queues = [mp.Queue(), mp.Queue()]
        queues[0].put("dumpling")
        queues[0].get()
        for queue in queues:
            payloads.close_and_join_thread(queue)
        return queues

    use()  # everything that the API opens once for all queues is open now
    before = holdings()[:2]  # the semaphores of a queue stay as long as it is referred to
    queues = use()
    kernel.shows("the numbers of open files and threads", holdings()[:2], expected=before)
    caller.shows("the number of queues that are still referred to", len(queues), expected=2)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.close")
def test_closed_queue_that_was_used_has_no_file_open(mp: Multiprocessing) -> None:
    """A queue into which this process has put an item has no file open after `close` and `join_thread`."""
    queues, files = [], []
    for _ in range(3):  # with the first, the API opens what it needs once for all queues
        queues.append(mp.Queue())
        queues[-1].put("dumpling")
        queues[-1].get()
        payloads.close_and_join_thread(queues[-1])
        files.append(holdings().files)
    kernel.shows("the number of open files after each queue was closed", files, expected=[files[0]] * 3)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.cancel_join_thread")
def test_wait_can_be_cancelled_before_the_first_item(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """A child that calls `cancel_join_thread` before it puts items need not wait at its end until they are read."""
    queue, put = mp.Queue(), checkpoint("put")
    child = mp.Process(target=steps(partial(payloads.cancel_and_put_big, queue), put.pause))
    child.start()
    put.next().let_go()
    child.join()
    caller.shows("the child's exit code", child.exitcode, expected=0)
