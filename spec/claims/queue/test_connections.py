"""Bytes that pass through a connection, closed connections, listeners and clients, and simple queues."""

from __future__ import annotations

import os
import pickle
import socket
import stat
import time
from array import array
from functools import partial
from pathlib import Path
from typing import Any

from spec.claims.queue import payloads
from spec.engine.fixtures import MakeForkedCall, MakeWorker
from spec.engine.marks import needs, source
from spec.harness.process_table import until_blocked
from spec.harness.witness import at_least, caller, containing, kernel, recorder, refuses

pytestmark = needs("Process", "Pipe")

TINY_TIMEOUT = 1e-6
"""A timeout in seconds that is over before another process can do anything."""

DOCUMENTATION = "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.connection."


@source(DOCUMENTATION + "Connection.send_bytes")
def test_pipe_carries_a_part_of_some_bytes(mp: Any, worker: MakeWorker) -> None:
    """`send_bytes` sends the part that its offset and size select, even an empty one, and refuses impossible ones."""
    receiver, sender = mp.Pipe(False)
    drain = worker(receiver=receiver)
    text, large = b"abcdef", bytes(range(256)) * 2**13
    for given, expected in (
        ([text], text),
        ([text, 2], b"cdef"),
        ([text, 2, 3], b"cde"),
        ([text, 6], b""),
        ([text, 1, 0], b""),
        ([memoryview(text)], text),
        ([array("i", [1, 2]), 4], array("i", [2]).tobytes()),
        ([b""], b""),
    ):
        sender.send_bytes(*given)
        recorder.shows("the bytes that arrive", drain.call("receiver.recv_bytes"), expected=expected)
    drain.begin("receiver.recv_bytes", len(large))
    sender.send_bytes(large)
    recorder.shows("whether many bytes arrive unchanged", drain.result() == large, expected=True)
    for impossible in ([text, -1], [text, 7], [text, 0, -1], [text, 4, 3]):
        with refuses(ValueError):
            sender.send_bytes(*impossible)
    caller.shows("poll() after what was refused", receiver.poll(), expected=False)


@source(DOCUMENTATION + "Connection.recv_bytes")
def test_message_that_is_too_long_ends_the_pipe(mp: Any) -> None:
    """A message that is longer than `recv_bytes` allows raises OSError, and so does each later call."""
    receiver, sender = mp.Pipe(False)
    sender.send_bytes(b"abc")
    caller.shows("recv_bytes(3) of three bytes", receiver.recv_bytes(3), expected=b"abc")
    with refuses(ValueError):
        receiver.recv_bytes(-1)
    sender.send_bytes(b"abc")
    with refuses(OSError):
        receiver.recv_bytes(2)
    caller.shows("whether the end that only receives is closed", receiver.closed, expected=True)
    one, two = mp.Pipe()
    two.send_bytes(b"abc")
    with refuses(OSError):
        one.recv_bytes(0)
    with refuses(OSError):
        one.recv_bytes()
    one.send_bytes(b"def")
    caller.shows("what the other end receives after that", two.recv_bytes(), expected=b"def")


@needs("BufferTooShort")
@source(DOCUMENTATION + "Connection.recv_bytes_into")
def test_bytes_are_received_into_a_buffer(mp: Any) -> None:
    """`recv_bytes_into` writes a message into a buffer, at an offset, or raises an error that has the message."""
    receiver, sender = mp.Pipe(False)
    buffer = bytearray(6)
    for offset, text, expected in ((0, b"abc", b"abc\0\0\0"), (3, b"xyz", b"abcxyz"), (1, b"", b"abcxyz")):
        sender.send_bytes(text)
        caller.shows("the count of the bytes", receiver.recv_bytes_into(buffer, offset), expected=len(text))
        caller.shows("the buffer after that", bytes(buffer), expected=expected)
    sender.send_bytes(b"too long")
    with refuses(mp.BufferTooShort, "too long"):
        receiver.recv_bytes_into(buffer)
    sender.send_bytes(b"four")
    with refuses(mp.BufferTooShort, "four"):
        receiver.recv_bytes_into(buffer, 3)
    for offset in -1, 7:
        with refuses(ValueError):
            receiver.recv_bytes_into(buffer, offset)


@source(DOCUMENTATION + "Connection.close")
def test_closed_connection_refuses_everything(mp: Any) -> None:
    """`close`, or the end of a `with` block, closes a connection; after that, all but `close` raises OSError."""
    one, two = mp.Pipe()
    with one as entered:
        caller.shows("whether the with statement gives the connection", entered is one, expected=True)
        caller.shows("whether the connection is closed", one.closed, expected=False)
        file = one.fileno()
        kernel.shows("whether its file is a socket", stat.S_ISSOCK(os.fstat(file).st_mode), expected=True)
    caller.shows("whether the connection is closed after that", one.closed, expected=True)
    with refuses(OSError):
        os.fstat(file)
    one.close()
    for call in (one.recv, one.recv_bytes, one.poll, one.fileno, partial(one.send, 1), partial(one.send_bytes, b"1")):
        with refuses(OSError):
            call()
    with refuses(OSError):
        one.recv_bytes_into(bytearray(1))
    with refuses(EOFError):
        two.recv()


@source(DOCUMENTATION + "wait")
def test_wait_tells_which_can_be_received_from(mp: Any, connections: Any) -> None:
    """`wait` returns those of some connections from which something can be received, or none when its time is up."""
    pipes = [mp.Pipe(False) for _ in range(3)]
    receivers = [receiver for receiver, _ in pipes]
    begun = time.monotonic()
    caller.shows("wait(..., 0.05) if nothing can be received", connections.wait(receivers, 0.05), expected=[])
    kernel.shows("the seconds that it took", time.monotonic() - begun, expected=at_least(0.05))
    caller.shows("wait(..., 0) if nothing can be received", connections.wait(receivers, 0), expected=[])
    pipes[1][1].send("dumpling")
    pipes[2][1].close()
    seen = [receivers.index(ready) for ready in connections.wait(receivers)]
    caller.shows("which have a message, or an end", sorted(seen), expected=[1, 2])


@source(DOCUMENTATION + "wait")
def test_wait_for_nothing_lasts_until_its_time_is_up(connections: Any) -> None:
    """`wait` for an empty list returns an empty list when its time is up, and not before."""
    begun = time.monotonic()
    caller.shows("wait([], 0.05)", connections.wait([], 0.05), expected=[])
    kernel.shows("the seconds that it took", time.monotonic() - begun, expected=at_least(0.05))
    caller.shows("wait([], 0)", connections.wait([], 0), expected=[])


@needs("AuthenticationError")
@source(DOCUMENTATION + "Listener")
@source(DOCUMENTATION + "Client")
def test_client_that_knows_the_key_is_accepted(connections: Any, forked_call: MakeForkedCall) -> None:
    """A client reaches a listener by its address, a file or a port, if both have the same key, or neither has one."""
    for family in "AF_UNIX", "AF_INET":
        for key in None, b"the key":
            with connections.Listener(family=family, authkey=key) as listener:
                address = listener.address
                client = forked_call(payloads.answer_as_client, connections.Client, address, key)
                with listener.accept() as connection:
                    connection.send("dumpling")
                    recorder.shows("the client's answer", connection.recv(), expected=("dumpling", client.pid))
                client.result()
            with refuses(OSError):
                connections.Client(address, authkey=key)
            with refuses(OSError):
                listener.accept()


@needs("AuthenticationError")
@source("https://docs.python.org/3/library/multiprocessing.html#authentication-keys")
def test_client_with_another_key_is_refused(mp: Any, connections: Any, forked_call: MakeForkedCall) -> None:
    """A listener and a client whose keys differ both raise AuthenticationError; a key is bytes."""
    with connections.Listener(authkey=b"one key") as listener:
        client = forked_call(payloads.answer_as_client, connections.Client, listener.address, b"another key")
        with refuses(mp.AuthenticationError):
            listener.accept()
        caller.shows("how the client fails", client.failure(), expected=containing("AuthenticationError"))
        with refuses(TypeError):
            connections.Client(listener.address, authkey="text")
    with refuses(TypeError):
        connections.Listener(authkey="text")


@source(DOCUMENTATION + "Listener", observed=True)
def test_address_that_is_in_use_is_refused(connections: Any, forked_call: MakeForkedCall) -> None:
    """A listener at an address of another one raises OSError, and the other one goes on."""
    for family in "AF_UNIX", "AF_INET":
        with connections.Listener(family=family) as listener:
            with refuses(OSError):
                connections.Listener(listener.address, family)
            client = forked_call(payloads.answer_as_client, connections.Client, listener.address, None)
            with listener.accept() as connection:
                connection.send("dumpling")
                recorder.shows("the client's answer", connection.recv(), expected=("dumpling", client.pid))
            client.result()


@source(DOCUMENTATION + "Listener", observed=True)
def test_listener_leaves_no_file(connections: Any, folder: Path) -> None:
    """A listener makes the file that is its address, and removes it when it is closed, which may happen twice."""
    for address in str(folder / "given"), None:
        listener = connections.Listener(address)
        caller.shows("whether the address is as given", address in (None, listener.address), expected=True)
        file = Path(listener.address)
        kernel.shows("whether the file is a socket", file.is_socket(), expected=True)
        caller.shows("last_accepted of a listener that has accepted nobody", listener.last_accepted, expected=None)
        for _ in range(2):
            listener.close()
            kernel.shows("whether there is a file after close()", file.exists(), expected=False)
    for abstract in f"\0{folder}", f"\0{folder}".encode():  # abstract addresses are not files
        listener = connections.Listener(abstract)
        caller.shows("whether the address begins with a null", listener.address[:1] in ("\0", b"\0"), expected=True)
        listener.close()
    folders = {Path(connections.Listener().address).parent for _ in range(3)}
    kernel.shows("the number of folders that three listeners without an address use", len(folders), expected=1)
    for family, wrong in (("AF_NONE", None), (None, 42), ("AF_PIPE", None)):
        with refuses(Exception):
            connections.Listener(wrong, family)
    with refuses(OSError):
        connections.Listener(str(folder / "no folder" / "file"))


@needs("SimpleQueue")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.SimpleQueue")
def test_simple_queue_behaves_as_a_queue(mp: Any, worker: MakeWorker) -> None:
    """A simple queue returns items in order, blocks while it is empty, and refuses every call once it is closed."""
    queue = mp.SimpleQueue()
    one, another = worker(queue=queue), worker(queue=queue)
    caller.shows("empty() of a new queue", queue.empty(), expected=True)
    one.begin("queue.get")
    kernel.shows("whether get() is blocked", one.blocks(), expected=True)
    for item in "a", None, b"x" * 1000:
        another.call("queue.put", item)
    caller.shows("the item that get() returns", one.result(), expected="a")
    caller.shows("empty() of a queue with items", queue.empty(), expected=False)
    caller.shows("the next items", [queue.get(), another.call("queue.get")], expected=[None, b"x" * 1000])
    caller.shows("empty() after all were got", one.call("queue.empty"), expected=True)
    with refuses(Exception):
        queue.put(payloads.Unpicklable())
    with refuses(RuntimeError):
        pickle.dumps(queue)
    for _ in range(2):
        queue.close()
    for call in queue.get, queue.empty, partial(queue.put, "d"):
        with refuses(OSError):
            call()


@needs("SimpleQueue")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.SimpleQueue", observed=True)
def test_items_of_a_simple_queue_stay_whole(mp: Any, worker: MakeWorker) -> None:
    """Two processes may put large items into a simple queue at once, and two may get: each item arrives whole."""
    queue, size = mp.SimpleQueue(), payloads.BIG_ITEM_BYTES
    putting = [worker(queue=queue) for _ in range(2)]
    for letter, process in zip(b"ab", putting):
        process.begin("queue.put", bytes([letter]) * size)
    for process in putting:
        kernel.shows("whether put() of a large item is blocked", process.blocks(), expected=True)
    getting = [worker(get=partial(payloads.get_letters, queue)) for _ in range(2)]
    for process in getting:
        process.begin("get")
    seen = sorted(process.result() for process in getting)
    recorder.shows("the letters of each item, and how long it is", seen, expected=[("a", size), ("b", size)])
    for process in putting:
        process.result()


@source("https://man7.org/linux/man-pages/man7/pipe.7.html", observed=True)
def test_pipe_ends_amid_a_message(mp: Any, worker: MakeWorker) -> None:
    """If a process was killed while it sent a large message, the receiver gets an error instead of a part of it."""
    receiver, sender = mp.Pipe(False)
    source = worker(sender=sender)
    sender.close()
    source.begin("sender.send", b"x" * payloads.BIG_ITEM_BYTES)
    kernel.shows("whether send() of a large message is blocked", source.blocks(), expected=True)
    source.kill()
    with refuses(OSError):
        receiver.recv()


@source("https://docs.python.org/3/library/socket.html#socket.setdefaulttimeout", observed=True)
def test_pipe_minds_no_default_timeout(mp: Any, worker: MakeWorker) -> None:
    """A receiver waits without limit, even if the pipe was made after a call of `socket.setdefaulttimeout`."""
    socket.setdefaulttimeout(TINY_TIMEOUT)
    ends = mp.Pipe()
    socket.setdefaulttimeout(None)
    drain = worker(end=ends[0])
    drain.begin("end.recv")
    kernel.shows("whether recv() is blocked", drain.blocks(), expected=True)
    ends[1].send("dumpling")
    recorder.shows("the message that is received", drain.result(), expected="dumpling")


@source("https://docs.python.org/3/library/socket.html#socket.setdefaulttimeout", observed=True)
def test_listener_minds_no_default_timeout(connections: Any, forked_call: MakeForkedCall) -> None:
    """A listener and a client wait without limit, even after a call of `socket.setdefaulttimeout`."""
    socket.setdefaulttimeout(TINY_TIMEOUT)
    with connections.Listener(family="AF_INET") as listener:
        client = forked_call(payloads.answer_as_client, connections.Client, listener.address, None)
        with listener.accept() as connection:
            until_blocked([client.pid])
            connection.send("dumpling")
            recorder.shows("the client's answer", connection.recv(), expected=("dumpling", client.pid))
        client.result()
