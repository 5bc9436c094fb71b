"""Pipes: the ends, the messages, and the end of a pipe."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from functools import partial
from typing import Any

from impl.contract import Multiprocessing
from spec.claims.queue import payloads
from spec.claims.queue.items import comparable
from spec.claims.shared import handlers
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall, MakeWorker, Programs
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source
from spec.harness.interruption import waits_through_a_signal
from spec.harness.process_table import GONE, state, until_blocked
from spec.harness.witness import at_least, caller, containing, gatekeeper, kernel, other_than, recorder, refuses
from spec.harness.worker import CallFailed

pytestmark = needs("Process", "Queue", "Pipe")


@source("https://docs.python.org/3/library/multiprocessing.html#exchanging-objects-between-processes")
def test_pipe_carries_an_answer_from_a_child(
    mp: Multiprocessing, lesson: Lesson, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """A child receives what its parent sends through a pipe, and the parent receives what the child sends back."""
    thinking = checkpoint("thinking")
    parent = forked_call(lesson.answer_from_child, mp, "约吗?", thinking.pause)
    child = thinking.next()
    kernel.shows("the process that answers", child.pid, expected=other_than(parent.pid))
    gatekeeper.shows("the message that the child receives", child.notes, expected=("约吗?",))
    until_blocked([parent.pid])
    child.let_go("不约")
    caller.shows("the answer that the parent receives", parent.result(), expected="不约")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.connection.Connection.recv")
@source("impl.queue.answer_from_child")
def test_parent_learns_of_a_child_that_will_not_answer(
    mp: Multiprocessing, lesson: Lesson, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """A parent that waits for an answer from a pipe gets `EOFError` if its child exits without one, or is killed."""
    thinking = checkpoint("thinking")
    for killed in False, True:
        parent = forked_call(lesson.answer_from_child, mp, "约吗?", partial(payloads.have_no_answer, thinking.pause))
        child = thinking.next()
        kernel.shows("the process that has no answer", child.pid, expected=other_than(parent.pid))
        until_blocked([parent.pid])
        if killed:
            os.kill(child.pid, signal.SIGKILL)
        else:
            child.let_go()
        caller.shows("the error that the parent gets", parent.failure(), expected=containing("EOFError"))


@source("impl.queue.answer_from_child")
def test_who_answered_was_joined(mp: Multiprocessing, lesson: Lesson) -> None:
    """When the parent returns the answer, the child that gave it has exited and has been reaped."""
    child = lesson.answer_from_child(mp, None, payloads.answer_with_pid)
    kernel.shows("the process that answers", child, expected=other_than(os.getpid()))
    kernel.shows("the child", state(child), expected=GONE)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Pipe")
def test_pipe_of_one_way(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A one-way pipe has an end that only receives and an end that only sends."""
    receiver, sender = mp.Pipe(False)
    source, drain = worker(sender=sender), worker(receiver=receiver)
    drain.begin("receiver.recv")
    kernel.shows("whether the receiver is blocked", drain.blocks(), expected=True)
    source.call("sender.send", "dumpling")
    recorder.shows("the message that is received", drain.result(), expected="dumpling")
    with refuses(OSError):
        receiver.send("back")
    with refuses(OSError):
        sender.recv()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Pipe")
def test_pipe_of_two_ways(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Messages that are sent into either end of a two-way pipe are received at the other end, in order."""
    ends = mp.Pipe()
    one, two = worker(end=ends[0]), worker(end=ends[1])
    for name, sender in ("one", one), ("two", two):
        sender.call("end.send", name)
        sender.call("end.send", None)
    received = [[receiver.call("end.recv") for _ in range(2)] for receiver in (one, two)]
    recorder.shows("the messages that each end receives", received, expected=[["two", None], ["one", None]])


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.connection.Connection.send")
def test_pipe_carries_any_value(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Any picklable value, even a large one or an exception, arrives through a pipe as it was sent."""
    receiver, sender = mp.Pipe(False)
    source = worker(sender=sender)
    for value in (None, 0, b"x" * payloads.BIG_ITEM_BYTES, ValueError("an exception"), len, ("约吗?", [2**100])):
        source.begin("sender.send", value)
        recorder.shows("the value that is received", comparable(receiver.recv()), expected=comparable(value))
        source.result()


@source("https://docs.python.org/3/whatsnew/3.5.html#whatsnew-pep-475", observed=True)
def test_pipe_goes_on_after_a_signal(mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """A process that waits to receive, or that is still sending, handles a signal, and all data arrives whole."""
    receiver, sender = mp.Pipe(False)
    handling, large = checkpoint("handling"), b"x" * payloads.BIG_ITEM_BYTES
    handle = partial(handlers.handle, handling.pause)
    drain, source = worker(receiver=receiver, handle=handle), worker(sender=sender, handle=handle)
    drain.call("handle"), source.call("handle")
    drain.begin("receiver.recv")
    waits_through_a_signal(drain, handling)
    source.call("sender.send", "small")
    recorder.shows("the message that is received after a signal", drain.result(), expected="small")
    source.begin("sender.send", large)
    waits_through_a_signal(source, handling)
    recorder.shows("whether the large message arrives unchanged", receiver.recv() == large, expected=True)
    source.result()
    source.call("sender.send", "next")
    recorder.shows("the message that is received next", receiver.recv(), expected="next")


@source(
    "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.connection.Connection.send", observed=True
)
def test_pipe_refuses_the_unpicklable(mp: Multiprocessing) -> None:
    """Sending an object that cannot be pickled raises the pickling error, and the pipe carries later messages."""
    receiver, sender = mp.Pipe(False)
    with refuses(TypeError, "cannot be pickled"):
        sender.send(payloads.Unpicklable())
    sender.send("after")
    recorder.shows("the message that is received", receiver.recv(), expected="after")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.connection.Connection.poll")
def test_poll_tells_what_can_be_received(mp: Multiprocessing, worker: MakeWorker) -> None:
    """`poll` waits for a message or the end of the pipe, up to the given timeout, and not at all without one."""
    receiver, sender = mp.Pipe(False)
    drain = worker(receiver=receiver)
    caller.shows("poll() of an empty pipe", receiver.poll(), expected=False)
    begun = time.monotonic()
    caller.shows("poll(0.05) of an empty pipe", receiver.poll(0.05), expected=False)
    kernel.shows("the seconds that poll(0.05) took", time.monotonic() - begun, expected=at_least(0.05))
    drain.begin("receiver.poll", 3600)
    kernel.shows("whether poll(3600) is blocked", drain.blocks(), expected=True)
    sender.send("dumpling")
    caller.shows("poll(3600) when a message arrives", drain.result(), expected=True)
    caller.shows("poll() after that", receiver.poll(), expected=True)
    recorder.shows("the message that is received", receiver.recv(), expected="dumpling")
    drain.begin("receiver.poll", None)
    kernel.shows("whether poll(None) is blocked", drain.blocks(), expected=True)
    sender.send("another")
    caller.shows("poll(None) when a message arrives", drain.result(), expected=True)


@source("https://docs.python.org/3/library/exceptions.html#BrokenPipeError")
@source("https://docs.python.org/3/library/signal.html#signal.SIGPIPE")
def test_pipe_to_nobody_is_broken(mp: Multiprocessing, worker: MakeWorker) -> None:
    """After every process has closed the receiving end, a send raises `BrokenPipeError` and kills no process."""
    receiver, sender = mp.Pipe(False)
    receiver.close()
    source = worker(sender=sender)
    with refuses(CallFailed, "BrokenPipeError"):
        source.call("sender.send", "to nobody")
    with refuses(OSError, "closed"):
        receiver.recv()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.connection.Connection.recv")
def test_pipe_ends_with_the_last_sender(mp: Multiprocessing, worker: MakeWorker) -> None:
    """After every process has closed the sending end, the messages sent before are received, and then `EOFError`."""
    receiver, sender = mp.Pipe(False)
    process = worker(receiver=receiver, sender=sender)
    process.call("sender.close")
    process.begin("receiver.recv")
    kernel.shows("whether the receiver waits while another process can send", process.blocks(), expected=True)
    sender.send("last")
    sender.send("words")
    sender.close()
    received = [process.result(), process.call("receiver.recv")]
    recorder.shows("the messages that are received", received, expected=["last", "words"])
    with refuses(CallFailed, "EOFError"):
        process.call("receiver.recv")
    caller.shows("poll() at the end of the pipe", process.call("receiver.poll"), expected=True)


@needs("Queue")
@source("https://docs.python.org/3/whatsnew/3.3.html#multiprocessing")
def test_connection_can_be_sent(mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """A connection that is put into a queue, or sent through a pipe, works where it arrives, if its giver lives."""
    queue, put = mp.Queue(), checkpoint("put")
    taker = worker(correspondent=payloads.Correspondent(queue.get))  # it starts before there is a connection
    receiver, sender = mp.Pipe(False)
    giver = worker(give=partial(payloads.put_connection_and_close, queue, sender, put.pause))
    sender.close()
    giver.begin("give")
    put.next().until_blocked().let_go()  # the connection is in the pipe of the queue
    put.next().let_go()  # the giver has closed its own
    giver.result()
    taker.call("correspondent.receive")
    taker.call("correspondent.send", "through the queue")
    recorder.shows("the message that is received", receiver.recv(), expected="through the queue")
    mouth, ear = mp.Pipe()
    taker = worker(correspondent=payloads.Correspondent(ear.recv))
    receiver, sender = mp.Pipe(False)
    giver = worker(give=partial(payloads.send_connection_and_close, mouth, sender))
    sender.close()
    giver.call("give")
    taker.call("correspondent.receive")
    taker.call("correspondent.send", "through the pipe")
    recorder.shows("the message that is received", receiver.recv(), expected="through the pipe")


@source("https://bugs.python.org/issue11657", observed=True)
def test_connection_with_a_large_number_can_be_sent(mp: Any, worker: MakeWorker) -> None:
    """A connection whose file descriptor is beyond 256 works where it arrives, whether it was sent or given."""
    mouth, ear = mp.Pipe()
    taker = worker(correspondent=payloads.Correspondent(ear.recv))
    many = [os.open(os.devnull, os.O_RDONLY) for _ in range(payloads.room_for_files(300))]
    receiver, sender = mp.Pipe(False)
    kernel.shows("the number of the connection's file", sender.fileno(), expected=at_least(len(many)))
    given = worker(sender=sender)
    mouth.send(sender)
    taker.call("correspondent.receive")
    for file in many:
        os.close(file)
    given.call("sender.send", "given")
    taker.call("correspondent.send", "sent")
    recorder.shows("the messages that are received", [receiver.recv(), receiver.recv()], expected=["given", "sent"])


@needs("Queue")
@source("https://github.com/pytorch/pytorch/issues/7181")
@source("https://docs.python.org/3/whatsnew/3.3.html#multiprocessing", observed=True)
def test_connection_of_an_ended_giver_holds_nothing_up(
    mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """If the giver of a connection was killed, a `get` of it returns or raises, and later items arrive."""
    queue, put = mp.Queue(), checkpoint("put")
    receiver, sender = mp.Pipe(False)
    giver = worker(give=partial(payloads.put_connection_and_close, queue, sender, put.pause))
    giver.begin("give")
    until_blocked([put.next().pid])  # both items are in the pipe of the queue now
    giver.kill()
    taker = worker(queue=queue, correspondent=payloads.Correspondent(queue.get))
    with suppress(CallFailed):  # an API that needs no giver may return it
        taker.call("correspondent.receive")
    recorder.shows("the item that is got next", taker.call("queue.get"), expected="behind it")
    receiver.close()


@source("https://github.com/python/cpython/issues/71610", observed=True)
def test_works_without_standard_files(program: Programs) -> None:
    """A program that has closed its standard files can use pipes, queues and children."""
    running = program.main(payloads.work_without_standard_files)
    kernel.shows("the program's exit status", running.exit_status(), expected=7)
