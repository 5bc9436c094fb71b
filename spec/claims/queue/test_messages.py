"""Messages of bytes in a pipe, and what the ends of a pipe tell of themselves."""

from __future__ import annotations

import copyreg
from array import array
from typing import Any

from spec.claims.queue import payloads
from spec.engine.marks import needs, source
from spec.harness.witness import caller, recorder, refuses

pytestmark = needs("Process", "Pipe")

DOCUMENTATION = "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.connection.Connection."


@source(DOCUMENTATION + "poll")
@source(DOCUMENTATION + "recv_bytes")
def test_messages_are_kept_apart(mp: Any) -> None:
    """Messages of bytes, also of no bytes, are received one by one, and `poll` takes none of them away."""
    receiver, sender = mp.Pipe(False)
    messages = [b"", b"a", b"bc", b""]
    for message in messages:
        sender.send_bytes(message)
    for message in messages:
        polled = [receiver.poll(), receiver.poll(0), receiver.poll(-1), receiver.poll(3600)]
        caller.shows("poll() while there is a message", polled, expected=[True] * 4)
        recorder.shows("the message that is received", receiver.recv_bytes(), expected=message)
    polled = [receiver.poll(), receiver.poll(0), receiver.poll(-1)]
    caller.shows("poll() after the last message", polled, expected=[False] * 3)
    sender.close()
    with refuses(EOFError):
        receiver.recv_bytes()


@source(DOCUMENTATION + "recv_bytes_into")
def test_any_buffer_can_be_filled(mp: Any) -> None:
    """`recv_bytes_into` fills a buffer whose items are longer than a byte, and counts bytes, also in its offset."""
    receiver, sender = mp.Pipe(False)
    buffer, sent = array("i", [1, 2, 3, 4]), array("i", [7, 8])
    size = sent.itemsize
    for offset, expected in ((0, [7, 8, 3, 4]), (2 * size, [7, 8, 7, 8])):
        sender.send_bytes(sent)
        caller.shows("the count of the bytes", receiver.recv_bytes_into(buffer, offset), expected=2 * size)
        recorder.shows("the items of the buffer after that", list(buffer), expected=expected)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Pipe")
def test_ends_know_their_direction(mp: Any) -> None:
    """An end of a pipe tells whether it is `readable` and `writable`; one that only sends refuses `poll`."""
    receiver, sender = mp.Pipe(False)
    seen = [(end.readable, end.writable) for end in (receiver, sender, *mp.Pipe())]
    expected = [(True, False), (False, True), (True, True), (True, True)]
    caller.shows("readable and writable, of each end of pipes of one way and two ways", seen, expected=expected)
    with refuses(OSError):
        sender.poll()


@needs("Queue")
@source("https://github.com/joblib/loky/pull/272")
@source("https://docs.python.org/3/library/copyreg.html#copyreg.pickle", observed=True)
def test_messages_are_reduced_as_registered(mp: Any) -> None:
    """An item, or a message, of a class whose reducer `copyreg.pickle` has registered arrives as the reducer says."""
    copyreg.pickle(payloads.Unpicklable, payloads.as_text)
    queue, (receiver, sender) = mp.Queue(), mp.Pipe(False)
    queue.put(payloads.Unpicklable())
    sender.send(payloads.Unpicklable())
    recorder.shows("the item", queue.get(), expected=payloads.INSTEAD_OF_AN_ITEM)
    recorder.shows("the message", receiver.recv(), expected=payloads.INSTEAD_OF_AN_ITEM)
