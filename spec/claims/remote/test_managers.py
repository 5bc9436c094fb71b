"""Managers that serve clients on other hosts: what is shared, what can be called, and clients that send nonsense."""

from __future__ import annotations

import os
import signal
import socket
from contextlib import ExitStack
from typing import Any

from spec.claims.remote import payloads
from spec.claims.remote.scenes import KEY, serve_on
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall, MakeHosts
from spec.engine.marks import hosts_are_apart, needs, source, where
from spec.harness.held_waits import ends_by_itself
from spec.harness.process_table import blocks
from spec.harness.tcp_connections import tcp_connections, until_quiet
from spec.harness.witness import at_most, containing, kernel, recorder

pytestmark = needs("Process", "Pipe", "BaseManager", "AuthenticationError")

DOCUMENTATION = "https://docs.python.org/3/library/multiprocessing.html#"
REMOTE = DOCUMENTATION + "using-a-remote-manager"


@source(REMOTE)
def test_hosts_share_objects(base: Any, network: MakeHosts, checkpoint: MakeCheckpoint) -> None:
    """Clients on different hosts use the same queue, the same dict and the same lock of a server on a third host."""
    here, one, another = network(3)
    _, address = serve_on(here, base, checkpoint("serving"))
    getting = one.start(payloads.call, base, address, KEY, "messages.get")
    until_quiet()
    kernel.shows("whether get() of an empty queue is blocked", blocks(getting.pid), expected=True)
    another.start(payloads.call, base, address, KEY, "messages.put", "dumpling").result()
    recorder.shows("the item that get() returns", getting.result(), expected="dumpling")
    read = checkpoint("read")
    reading = one.start(payloads.read_twice, base, address, KEY, "price", read.pause)
    arrival = read.next()
    another.start(payloads.call, base, address, KEY, "notes.update", {"price": 7}).result()
    arrival.let_go()
    recorder.shows("what is in the dict before and after", reading.result(), expected=(None, 7))
    for host, free in ((one, True), (another, False)):
        got = host.start(payloads.call, base, address, KEY, "lock.acquire", False).result()
        recorder.shows("whether acquire(False) of a host gets the lock", got, expected=free)
    another.start(payloads.call, base, address, KEY, "lock.release").result()
    got = one.start(payloads.call, base, address, KEY, "lock.acquire", False).result()
    recorder.shows("whether acquire(False) gets the lock after a release by another host", got, expected=True)


@source(DOCUMENTATION + "multiprocessing.managers.BaseManager")
def test_values_can_travel_as_xml(base: Any, network: MakeHosts, checkpoint: MakeCheckpoint) -> None:
    """With the serializer "xmlrpclib", texts, numbers, truth values, None and lists travel; a set is refused."""
    here, there = network(2)
    serving = checkpoint("serving")
    here.start(payloads.serve, base, (here.address, 0), KEY, serving.pause, "xmlrpclib")
    address = serving.next().let_go().notes[0]
    values = ["dumpling <&>", "饺子", 7, -2.25, True, None, [1, ["rice", None]]]
    seen = there.start(payloads.put_and_get_as_xml, base, address, KEY, values).result()
    recorder.shows("what comes out of the queue", seen, expected=values)
    refused = there.start(payloads.put_and_get_as_xml, base, address, KEY, [{1}]).failure()
    recorder.shows("whether a set is refused", refused != "", expected=True)


@source(DOCUMENTATION + "multiprocessing.managers.BaseManager.register")
def test_only_exposed_methods_can_be_called(base: Any, network: MakeHosts, checkpoint: MakeCheckpoint) -> None:
    """A client cannot call a method that was not exposed, even if it asks the server for it by its name."""
    here, there = network(2)
    _, address = serve_on(here, base, checkpoint("serving"))
    for request in "till.empty", "till.__class__", "till._amount", "notes.__reduce__":
        client = there.start(payloads.call_by_name, base, address, KEY, request)
        recorder.shows(f"how the call of {request} ends", client.failure(), expected=containing("RemoteError"))
    left = there.start(payloads.call_by_name, base, address, KEY, "till.add", 0).result()
    recorder.shows("what is in the till", left, expected=100)


@source(DOCUMENTATION + "multiprocessing.managers.BaseProxy._callmethod")
def test_servers_exception_reaches_its_client(base: Any, network: MakeHosts, checkpoint: MakeCheckpoint) -> None:
    """The exception that a method raises in the server is raised in the client, and later calls are answered."""
    here, there = network(2)
    _, address = serve_on(here, base, checkpoint("serving"))
    client = there.start(payloads.call, base, address, KEY, "till.take", 101)
    recorder.shows("how the call ends", client.failure(), expected=containing("TillIsShort"))
    recorder.shows("its arguments", client.failure(), expected=containing("(101, 100)"))
    left = there.start(payloads.call, base, address, KEY, "till.take", 100).result()
    recorder.shows("what is left after a later call", left, expected=0)


@source(REMOTE, observed=True)
def test_server_serves_others_amid_bad_clients(base: Any, network: MakeHosts, checkpoint: MakeCheckpoint) -> None:
    """While clients are connected that say nothing, or too little, the server answers those that know the key."""
    here, bad, good = network(3)
    _, address = serve_on(here, base, checkpoint("serving"))
    silent = checkpoint("silent")
    for what in b"", b"\0", payloads.HEADER.pack(100), payloads.HEADER.pack(100) + b"half":
        bad.start(payloads.stay_silent, address, silent.pause, 8, what)
        silent.next()
    for amount in range(3):
        client = good.start(payloads.call, base, address, KEY, "till.add", 1)
        kernel.shows("whether the call of a client that knows the key ends", ends_by_itself(client), expected=True)
        recorder.shows("the answer", client.result(), expected=101 + amount)


@source(REMOTE, observed=True)
def test_server_survives_nonsense(base: Any, network: MakeHosts, checkpoint: MakeCheckpoint) -> None:
    """The server hangs up on clients that send nonsense, megabytes, nothing or a wrong proof, and serves others."""
    here, bad, good = network(3)
    server, address = serve_on(here, base, checkpoint("serving"))
    for _ in range(2):
        for what in payloads.NONSENSE:
            bad.start(payloads.send_nonsense, address, what).result()
        wrong = bad.start(payloads.call, base, address, b"not " + KEY, "till.add", 1)
        recorder.shows("how the call with a wrong key ends", wrong.failure(), expected=containing("Authentication"))
    left = good.start(payloads.call, base, address, KEY, "till.add", 1).result()
    recorder.shows("the answer to a client that knows the key", left, expected=101)
    until_quiet()
    kernel.shows("the sockets that the server has open", len(tcp_connections(server.pid)), expected=at_most(1))


@source(REMOTE, observed=True)
def test_server_serves_others_in_a_flood(base: Any, network: MakeHosts, checkpoint: MakeCheckpoint) -> None:
    """While 150 clients at once have sent nonsense, megabytes or nothing, the server answers those that know the key.

    When the others have hung up, the server has none of their connections.
    """
    here, bad, good = network(3)
    server, address = serve_on(here, base, checkpoint("serving"))
    connected = checkpoint("connected")
    flooding = bad.start(payloads.flood, address, 150, connected.pause)
    arrival = connected.next()
    client = good.start(payloads.call, base, address, KEY, "till.add", 1)
    kernel.shows("whether the call of a client that knows the key ends", ends_by_itself(client), expected=True)
    recorder.shows("the answer", client.result(), expected=101)
    arrival.let_go()
    flooding.result()
    until_quiet()
    kernel.shows("the sockets that the server has open", len(tcp_connections(server.pid)), expected=at_most(1))


@source("https://github.com/python/cpython/issues/101225", observed=True)
def test_server_holds_a_crowd_of_clients(base: Any, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint) -> None:
    """While the server of a manager is stopped, sixty clients can connect, and it turns to each of them later."""
    serving = checkpoint("serving")
    server = forked_call(payloads.serve, base, ("127.0.0.1", 0), KEY, serving.pause)
    address = serving.next().let_go().notes[0]
    os.kill(server.pid, signal.SIGSTOP)
    until_quiet()
    with ExitStack() as stack:
        clients = [stack.enter_context(socket.create_connection(address)) for _ in range(60)]
        os.kill(server.pid, signal.SIGCONT)
        answered = [client.recv(1) != b"" for client in clients]
        recorder.shows("whether the server begins to ask each of them for the key", answered, expected=[True] * 60)
    server.kill()


@where(hosts_are_apart)
@source(DOCUMENTATION + "authentication-keys")
def test_key_of_a_server_is_never_on_the_wire(base: Any, network: MakeHosts, checkpoint: MakeCheckpoint) -> None:
    """What a server and its clients send does not contain the key; arguments and answers are not encrypted."""
    here, there = network(2)
    _, address = serve_on(here, base, checkpoint("serving"))
    with there.listen_in() as wire:
        there.start(payloads.call, base, address, KEY, "messages.put", payloads.MESSAGE).result()
        there.start(payloads.call, base, address, b"not " + KEY, "messages.get").failure()
        seen = b"".join(wire.frames())
    kernel.shows("whether an argument is on the wire", payloads.MESSAGE.encode() in seen, expected=True)
    kernel.shows("whether the key is on the wire", KEY in seen, expected=False)
