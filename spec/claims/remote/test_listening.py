"""Listeners and their clients: families of addresses, whose messages arrive, and what interrupts a wait."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from spec.claims.remote import payloads
from spec.claims.remote.scenes import KEY
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall, MakeHosts
from spec.engine.marks import needs, source
from spec.harness.process_table import until_blocked
from spec.harness.witness import caller, containing, kernel, recorder, refuses

pytestmark = needs("Process", "Pipe")

DOCUMENTATION = "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.connection."


@source(DOCUMENTATION + "Listener")
@source("https://docs.python.org/3/library/multiprocessing.html#address-formats")
def test_every_family_carries_messages(
    connections: Any, network: MakeHosts, folder: Path, checkpoint: MakeCheckpoint
) -> None:
    """A listener at a port, a file, or an abstract address receives what a client sends there."""
    here, there = network(2)
    listening = checkpoint("listening")
    for address, other in (((here.address, 0), there), (str(folder / "file"), there), (f"\0{folder}", here)):
        listener = here.start(payloads.accept_one, connections.Listener, address, KEY, listening.pause)
        told = listening.next().let_go().notes[0]
        other.start(payloads.send, connections.Client, told, KEY, "dumpling").result()
        recorder.shows(f"what arrives at {address!r}", listener.result(), expected="dumpling")


@source(DOCUMENTATION + "Listener.last_accepted")
def test_last_client_is_told(connections: Any, network: MakeHosts, checkpoint: MakeCheckpoint) -> None:
    """`last_accepted` is the address of the client that was accepted last, as the client's own kernel knows it."""
    here, *others = network(3)
    listening, accepted = checkpoint("listening"), checkpoint("accepted")
    listener = here.start(
        payloads.tell_who_comes, connections.Listener, (here.address, 0), 2, listening.pause, accepted.pause
    )
    address = listening.next().let_go().notes[0]
    for other in others:
        client = other.start(payloads.send, connections.Client, address, None, "dumpling")
        [told] = accepted.next().let_go().notes
        here_is, there_is = client.result()
        recorder.shows("last_accepted", told, expected=here_is)
        kernel.shows("the address that the client is connected to", there_is, expected=tuple(address))
    listener.result()


@source(DOCUMENTATION + "Listener.accept", observed=True)
def test_message_of_an_ended_client_arrives(connections: Any, folder: Path, forked_call: MakeForkedCall) -> None:
    """What a client has sent is received, even if the client has ended before it was accepted."""
    for address in str(folder / "file"), ("127.0.0.1", 0):
        with connections.Listener(address) as listener:
            forked_call(payloads.send, connections.Client, listener.address, None, "dumpling").result()
            with listener.accept() as connection:
                caller.shows("what is received", connection.recv(), expected="dumpling")
                with refuses(EOFError):
                    connection.recv()


@source(DOCUMENTATION + "Connection.poll")
def test_poll_tells_what_a_client_has_sent(connections: Any, folder: Path) -> None:
    """`poll` tells at either end of a client's connection whether the other end has sent something."""
    for address in str(folder / "file"), ("127.0.0.1", 0):
        with connections.Listener(address) as listener:
            client = connections.Client(listener.address)
            with client, listener.accept() as accepted:
                for sender, receiver in ((client, accepted), (accepted, client)):
                    caller.shows("poll() of an end", receiver.poll(), expected=False)
                    sender.send_bytes(b"dumpling")
                    caller.shows("poll(None) after something was sent", receiver.poll(None), expected=True)
                    caller.shows("what was sent", receiver.recv_bytes(), expected=b"dumpling")


@source(DOCUMENTATION + "Listener")
def test_backlog_holds_clients(connections: Any, folder: Path, forked_call: MakeForkedCall) -> None:
    """As many clients as the backlog says connect while the listener accepts none, and are then accepted in order."""
    with connections.Listener(str(folder / "file"), backlog=8) as listener:
        for number in range(8):
            forked_call(payloads.send, connections.Client, listener.address, None, number).result()
        received = []
        for _ in range(8):
            with listener.accept() as connection:
                received.append(connection.recv())
        caller.shows("the messages of the clients", received, expected=list(range(8)))


@source("https://peps.python.org/pep-0475/")
def test_accept_goes_on_after_a_signal(
    connections: Any, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """`accept` goes on waiting after a signal handler has run, and returns the client that comes then."""
    listening, handling = checkpoint("listening"), checkpoint("handling")
    listener = forked_call(payloads.accept_amid_signals, connections.Listener, listening.pause, handling.pause)
    address = listening.next().let_go().notes[0]
    for _ in range(2):
        until_blocked([listener.pid])
        os.kill(listener.pid, signal.SIGUSR1)
        handling.next().let_go()
    until_blocked([listener.pid])
    forked_call(payloads.send, connections.Client, address, None, "dumpling").result()
    recorder.shows("what the listener receives", listener.result(), expected="dumpling")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.connection.deliver_challenge")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.connection.answer_challenge")
@needs("AuthenticationError")
def test_any_connection_can_be_proved(mp: Any, connections: Any, forked_call: MakeForkedCall) -> None:
    """Both ends of any connection can prove that they know the key; otherwise, both get AuthenticationError."""
    deliver, answer = connections.deliver_challenge, connections.answer_challenge
    for key in KEY, b"not " + KEY:
        here, there = mp.Pipe()
        other = forked_call(payloads.prove, there, deliver, answer, key, True)
        there.close()
        if key == KEY:
            payloads.prove(here, deliver, answer, KEY, False)
            recorder.shows("how the other end fails", other.failure(), expected="")
        else:
            with refuses(mp.AuthenticationError):
                payloads.prove(here, deliver, answer, KEY, False)
            recorder.shows("how the other end fails", other.failure(), expected=containing("AuthenticationError"))
        here.close()


@source(
    "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.connection.Listener.accept", observed=True
)
def test_accepted_connection_can_be_handed_on(
    mp: Any, connections: Any, network: MakeHosts, checkpoint: MakeCheckpoint
) -> None:
    """A child that gets an accepted connection as an argument answers the client on the other host."""
    here, there = network(2)
    listening, answered = checkpoint("listening"), checkpoint("answered")
    server = here.start(
        *(payloads.serve_in_a_child, mp.Process, connections.Listener, (here.address, 0), listening.pause),
        *(payloads.answer_with, answered.pause),
    )
    address = listening.next().let_go().notes[0]
    client = there.start(payloads.ask, connections.Client, address, "dumpling")
    child = answered.next()
    recorder.shows("the answer, and who gave it", client.result(), expected=("dumpling", child.pid))
    child.let_go()
    recorder.shows("the child of the server", server.result(), expected=child.pid)
