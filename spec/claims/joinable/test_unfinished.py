"""Joinable queues that are closed or dropped, or whose items are still outstanding when a program ends."""

from __future__ import annotations

from functools import partial

from impl.contract import Multiprocessing
from spec.claims.joinable import payloads
from spec.claims.queue.payloads import close_and_join_thread
from spec.claims.shared import program_ends
from spec.claims.shared.silence import ends_silently
from spec.engine.fixtures import MakeWorker, Programs
from spec.engine.marks import managed_too, needs, source, unmanaged, where
from spec.engine.targets import Target
from spec.harness.holdings import leaves_nothing_behind
from spec.harness.witness import caller, kernel, recorder, refuses
from spec.harness.worker import CallFailed

pytestmark = [needs("Process", "JoinableQueue"), managed_too]


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.JoinableQueue", observed=True)
def test_program_with_outstanding_items_is_silent(program: Programs, target: Target) -> None:
    """A program, and a child, that end while items are outstanding have exit status 0 and print nothing on stderr."""
    ends_silently(program.main(program_ends.use_here_and_in_a_child, payloads.leave_outstanding, target.name))


@where(unmanaged)
@source("https://github.com/celery/billiard/issues/293", observed=True)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.JoinableQueue", observed=True)
def test_many_leave_nothing_behind(mp: Multiprocessing, scale: int) -> None:
    """However many joinable queues were joined and dropped, no file, thread or name is left."""

    def use() -> object:
        queue = mp.JoinableQueue()
        queue.put("dumpling")
        queue.get()
        queue.task_done()
        queue.join()
        close_and_join_thread(queue)
        return queue

    leaves_nothing_behind(use, 50 * scale)


@where(unmanaged)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.close")
def test_closed_queue_refuses_its_process_only(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that closed a joinable queue can neither put nor get, but another process can."""
    queue = mp.JoinableQueue()
    other = worker(queue=queue)
    queue.close()
    for call in partial(queue.put, 1), queue.get:
        with refuses(ValueError):
            call()
    other.call("queue.put", "dumpling")
    recorder.shows("the item that another process gets", other.call("queue.get"), expected="dumpling")


@where(unmanaged)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue.close")
def test_closed_queue_refuses_items(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that closed a joinable queue cannot put; the refused item is not outstanding, those before it are."""
    queue = mp.JoinableQueue()
    closer, other = worker(queue=queue), worker(queue=queue)
    closer.call("queue.put", "dumpling")
    closer.call("queue.close")
    with refuses(CallFailed, "ValueError"):
        closer.call("queue.put", "another")
    caller.shows("the item that another process gets", other.call("queue.get"), expected="dumpling")
    other.begin("queue.join")
    kernel.shows("whether join() waits for the item", other.blocks(), expected=True)
    queue.task_done()
    other.result()
