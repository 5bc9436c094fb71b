"""Sockets, and ends of pipes, that are sent to other processes."""

from __future__ import annotations

import socket
from typing import Any

from spec.claims.remote import payloads
from spec.engine.fixtures import MakeWorker
from spec.engine.marks import needs, source
from spec.harness.witness import recorder

pytestmark = needs("Process", "Pipe")

SUBJECT = "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Pipe"


def taker(mp: Any, worker: MakeWorker) -> tuple[Any, Any]:
    """Return an end of a pipe, and a worker that receives what is sent into it."""
    here, there = mp.Pipe()
    receiver = payloads.Receiver(there)
    return here, worker(take=receiver.take, accept=receiver.accept, read=receiver.read, receive=receiver.receive)


@source(SUBJECT, observed=True)
def test_listening_socket_can_be_sent(mp: Any, worker: MakeWorker) -> None:
    """A socket that listens, and was sent through a pipe and closed here, accepts clients where it has arrived."""
    here, other = taker(mp, worker)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = listening.getsockname()
        here.send(listening)
        recorder.shows("the class of what arrives", other.call("take"), expected="socket")
    with socket.create_connection(address) as client:
        client.sendall(b"dumpling")
        recorder.shows("what the client has sent", other.call("accept"), expected=b"dumpling")


@source(SUBJECT, observed=True)
def test_connected_socket_can_be_sent(mp: Any, worker: MakeWorker) -> None:
    """A socket of a client, which was sent through a pipe and closed here, receives where it has arrived."""
    here, other = taker(mp, worker)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = socket.create_connection(listening.getsockname())
        connection, _ = listening.accept()
    with client, connection:
        here.send(client)
        recorder.shows("the class of what arrives", other.call("take"), expected="socket")
        client.close()
        connection.sendall(b"dumpling")
        recorder.shows("what comes out of the socket", other.call("read"), expected=b"dumpling")


@source(SUBJECT)
def test_receiving_end_can_be_sent(mp: Any, worker: MakeWorker) -> None:
    """The end of a pipe that only receives, or both receives and sends, receives where it has arrived."""
    for duplex in False, True:
        here, other = taker(mp, worker)
        receiver, sender = mp.Pipe(duplex)
        here.send(receiver)
        recorder.shows("the class of what arrives", other.call("take"), expected=type(receiver).__name__)
        receiver.close()
        sender.send("dumpling")
        recorder.shows("what comes out of the end", other.call("receive"), expected="dumpling")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.connection.Client", observed=True)
def test_accepted_connection_can_be_sent(mp: Any, connections: Any, worker: MakeWorker) -> None:
    """A client's connection to a port, which was sent through a pipe and closed here, works where it has arrived."""
    here, other = taker(mp, worker)
    with connections.Listener(("127.0.0.1", 0)) as listener:
        client = connections.Client(listener.address)
        with listener.accept() as accepted:
            here.send(accepted)
            recorder.shows("the class of what arrives", other.call("take"), expected=type(accepted).__name__)
        with client:
            client.send("dumpling")
            recorder.shows("what the client has sent", other.call("receive"), expected="dumpling")
