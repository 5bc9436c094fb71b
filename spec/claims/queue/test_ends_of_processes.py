"""What becomes of queues when a process stops, leaves abruptly or ends, and of those that are dropped."""

from __future__ import annotations

import os
import signal
from functools import partial

from impl.contract import Multiprocessing
from spec.claims.queue import payloads
from spec.claims.queue.items import remaining
from spec.claims.shared import program_ends
from spec.claims.shared.silence import ends_silently
from spec.claims.shared.steps import steps
from spec.engine.fixtures import MakeCheckpoint, MakeWorker, Programs
from spec.engine.marks import managed_too, needs, source, unmanaged, where
from spec.engine.targets import Target
from spec.harness.holdings import leaves_nothing_behind
from spec.harness.stillness import until_still
from spec.harness.witness import caller, kernel, recorder

pytestmark = [needs("Process", "Queue"), managed_too]


@where(unmanaged)
@needs("Pipe")
@source("https://docs.python.org/3/library/multiprocessing.html#programming-guidelines", observed=True)
def test_program_that_closes_no_queue_is_silent(program: Programs, target: Target) -> None:
    """A program, and a child, that close no queue and no pipe, empty or not, end with nothing on stderr."""
    ends_silently(program.main(program_ends.use_here_and_in_a_child, payloads.leave_queues, target.name))


@where(unmanaged)
@source("https://docs.python.org/3/library/os.html#os._exit")
def test_abrupt_exit_disturbs_no_other(mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """A child that leaves by `os._exit` before its items are in the pipe loses them; others can use the queue."""
    queue, pickling, leaving = mp.Queue(), checkpoint("pickling"), checkpoint("leaving")
    other = worker(queue=queue)
    put = partial(payloads.put_held_up, queue, pickling.pause)
    child = mp.Process(target=steps(put, leaving.pause, partial(os._exit, 3)))
    child.start()
    pickling.next()
    leaving.next().let_go()
    child.join()
    caller.shows("the exit code of the child", child.exitcode, expected=3)
    other.call("queue.put", "dumpling")
    recorder.shows("the item that the starter gets", queue.get(), expected="dumpling")
    recorder.shows("the items that are left", remaining(queue), expected=[])


@where(unmanaged)
@source("https://github.com/python/cpython/issues/85780")
def test_late_item_of_a_thread_arrives(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """An item that a thread of a child puts arrives, even if the child's main thread has come to its end before."""
    queue, late = mp.Queue(), checkpoint("late")
    child = mp.Process(target=partial(payloads.put_in_a_thread, queue, late.pause))
    child.start()
    arrival = late.next()
    until_still()
    arrival.let_go()
    child.join()
    recorder.shows("the items in the queue", remaining(queue), expected=["early", "late"])


@source("https://man7.org/linux/man-pages/man7/signal.7.html", observed=True)
def test_stopped_reader_loses_nothing(mp: Multiprocessing, worker: MakeWorker) -> None:
    """No item is lost or comes twice though a process that waits in `get` is stopped, and continues later."""
    queue = mp.Queue()
    readers = [worker(queue=queue) for _ in range(2)]
    for reader in readers:
        reader.begin("queue.get")
        kernel.shows("whether a reader is blocked in get()", reader.blocks(), expected=True)
    os.kill(readers[0].pid, signal.SIGSTOP)
    for item in 1, 2:
        queue.put(item)
    os.kill(readers[0].pid, signal.SIGCONT)
    recorder.shows("the items that arrive", sorted(reader.result() for reader in readers), expected=[1, 2])


@where(unmanaged)
@needs("Pipe")
@source("https://github.com/celery/billiard/issues/293", observed=True)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.close", observed=True)
def test_many_leave_nothing_behind(mp: Multiprocessing, scale: int) -> None:
    """However many queues and pipes were used and dropped, no file, thread or name is left."""

    def use() -> list[object]:
        queue, pipe = mp.Queue(), mp.Pipe()
        queue.put("dumpling")
        pipe[0].send(queue.get())
        pipe[1].recv()
        payloads.close_and_join_thread(queue)
        return [queue, mp.Queue(), *pipe]

    leaves_nothing_behind(use, 50 * scale)
