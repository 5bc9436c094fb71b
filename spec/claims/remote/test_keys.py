"""Keys: who is accepted with which key, what is on the wire, and clients that send nonsense."""

from __future__ import annotations

from typing import Any

from spec.claims.remote import payloads, peers
from spec.claims.remote.scenes import KEY
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall, MakeHosts
from spec.engine.marks import hosts_are_apart, needs, source, where
from spec.harness.held_waits import ends_by_itself
from spec.harness.witness import caller, containing, kernel, recorder, refuses

pytestmark = needs("Process", "Pipe", "AuthenticationError")

AUTHENTICATION_KEYS = "https://docs.python.org/3/library/multiprocessing.html#authentication-keys"
DIGESTS = "https://github.com/python/cpython/issues/61460"
LISTENER = "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.connection.Listener"


@where(hosts_are_apart)
@source(AUTHENTICATION_KEYS)
def test_key_is_never_on_the_wire(connections: Any, network: MakeHosts, checkpoint: MakeCheckpoint) -> None:
    """What a client and a listener send each other does not contain the key; the messages are not encrypted."""
    here, there = network(2)
    listening = checkpoint("listening")
    with there.listen_in() as wire:
        listener = here.start(payloads.accept_one, connections.Listener, (here.address, 0), KEY, listening.pause)
        address = listening.next().let_go().notes[0]
        there.start(payloads.send, connections.Client, address, KEY, payloads.MESSAGE).result()
        recorder.shows("what the listener receives", listener.result(), expected=payloads.MESSAGE)
        seen = b"".join(wire.frames())
    kernel.shows("whether the message is on the wire", payloads.MESSAGE.encode() in seen, expected=True)
    kernel.shows("whether the key is on the wire", KEY in seen, expected=False)


@source("https://github.com/python/cpython/issues/123736")
@source(AUTHENTICATION_KEYS)
def test_client_with_a_key_is_told_that_there_is_none(
    connections: Any, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """If a listener has no key, a client with a key does not wait without limit for the listener's proof."""
    listening = checkpoint("listening")
    listener = forked_call(payloads.accept_one, connections.Listener, ("127.0.0.1", 0), None, listening.pause)
    address = listening.next().let_go().notes[0]
    client = forked_call(payloads.send, connections.Client, address, KEY, "dumpling")
    kernel.shows("whether the client's call ends", ends_by_itself(client), expected=True)
    recorder.shows("whether it fails", client.failure() != "", expected=True)
    listener.kill()


@source(AUTHENTICATION_KEYS)
def test_client_without_a_key_is_refused(
    connections: Any, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """A listener with a key raises AuthenticationError for a client that sends a message and proves nothing."""
    listening = checkpoint("listening")
    listener = forked_call(payloads.accept_all, connections.Listener, ("127.0.0.1", 0), KEY, listening.pause, 2)
    address = listening.next().let_go().notes[0]
    forked_call(payloads.ask, connections.Client, address, "dumpling").failure()
    forked_call(payloads.send, connections.Client, address, KEY, "dumpling").result()
    refused, accepted = listener.result()
    recorder.shows("how accept() ends", refused, expected=containing("AuthenticationError"))
    recorder.shows("what the next client sends", accepted, expected="dumpling")


@source("https://github.com/python/cpython/issues/88118")
@source(LISTENER)
def test_empty_key_is_a_key(connections: Any, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint) -> None:
    """A listener with an empty key accepts a client with an empty key, and refuses one with another key."""
    listening = checkpoint("listening")
    listener = forked_call(payloads.accept_all, connections.Listener, ("127.0.0.1", 0), b"", listening.pause, 2)
    address = listening.next().let_go().notes[0]
    for key in KEY, b"":
        client = forked_call(payloads.send, connections.Client, address, key, "dumpling")
        kernel.shows(f"whether the call of a client with the key {key!r} ends", ends_by_itself(client), expected=True)
    refused, accepted = listener.result()
    recorder.shows("how accept() of another key ends", refused, expected=containing("AuthenticationError"))
    recorder.shows("what the client with the empty key sends", accepted, expected="dumpling")


@source(AUTHENTICATION_KEYS, observed=True)
def test_listener_survives_nonsense(connections: Any, network: MakeHosts, checkpoint: MakeCheckpoint) -> None:
    """A listener with a key refuses a client that sends nonsense, megabytes or nothing, and accepts others."""
    here, there = network(2)
    listening, clients = checkpoint("listening"), len(payloads.NONSENSE)
    listener = here.start(
        payloads.accept_all, connections.Listener, (here.address, 0), KEY, listening.pause, clients + 1
    )
    address = listening.next().let_go().notes[0]
    for what in payloads.NONSENSE:
        there.start(payloads.send_nonsense, address, what).result()
    there.start(payloads.send, connections.Client, address, KEY, "dumpling").result()
    *failures, message = listener.result()
    for what, failure in zip(payloads.NONSENSE, failures):
        recorder.shows(f"how accept() of {what} ends", failure, expected=containing("Exception"))
    recorder.shows("what the next client sends", message, expected="dumpling")


@source("https://github.com/python/cpython/issues/76425", observed=True)
def test_silent_client_holds_nobody_up(connections: Any, network: MakeHosts, checkpoint: MakeCheckpoint) -> None:
    """A client that connects to a listener with a key, and says nothing, does not keep it from accepting others."""
    here, bad, good = network(3)
    listening, silent = checkpoint("listening"), checkpoint("silent")
    listener = here.start(
        payloads.accept_until_one_answers, connections.Listener, (here.address, 0), KEY, listening.pause
    )
    address = listening.next().let_go().notes[0]
    bad.start(payloads.stay_silent, address, silent.pause)
    silent.next()
    client = good.start(payloads.send, connections.Client, address, KEY, "dumpling")
    kernel.shows("whether the call of the client that knows the key ends", ends_by_itself(client), expected=True)
    recorder.shows("what the listener receives", listener.result(), expected="dumpling")


@source(LISTENER)
def test_impostor_is_refused(
    mp: Any, connections: Any, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """A client with a key raises AuthenticationError if the listener accepts every proof and cannot give its own."""
    listening = checkpoint("listening")
    impostor = forked_call(payloads.pretend, connections.Listener, ("127.0.0.1", 0), listening.pause)
    address = listening.next().let_go().notes[0]
    with refuses(mp.AuthenticationError):
        connections.Client(address, authkey=KEY)
    caller.shows("how the listener fails", impostor.failure(), expected="")


@source(DIGESTS, observed=True)
def test_clients_of_older_and_newer_versions_are_accepted(
    connections: Any, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """A listener accepts clients that prove the key by MD5, as before Python 3.12, or by what the listener asks for.

    One that proves another key, in either way, is refused.
    """
    listening = checkpoint("listening")
    listener = forked_call(payloads.accept_all, connections.Listener, ("127.0.0.1", 0), KEY, listening.pause, 4)
    address = listening.next().let_go().notes[0]
    for newer in False, True:
        for key in KEY, KEY + b"!":
            believed = forked_call(peers.connect_as, address, key, newer, "dumpling").result()
            recorder.shows("whether each believes the other", believed, expected=(key == KEY,) * 2)
    older, refused_older, newer_one, refused_newer = listener.result()
    recorder.shows("what the two clients that know the key send", (older, newer_one), expected=("dumpling",) * 2)
    for refused in refused_older, refused_newer:
        recorder.shows("how accept() of another key ends", refused, expected=containing("AuthenticationError"))


@source(DIGESTS, observed=True)
def test_listeners_of_older_and_newer_versions_are_answered(
    mp: Any, connections: Any, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """A client proves the key to a listener that knows MD5 only, as before Python 3.12, and to a newer one.

    It sends neither of them the key, and refuses both if their key is another one.
    """
    listening = checkpoint("listening")
    for newer in False, True:
        for key in KEY, KEY + b"!":
            listener = forked_call(peers.listen_as, key, newer, listening.pause)
            address = listening.next().let_go().notes[0]
            if key == KEY:
                with connections.Client(address, authkey=KEY) as client:
                    client.send("dumpling")
            else:
                with refuses(mp.AuthenticationError):
                    connections.Client(address, authkey=KEY)
            expected = (True, True, "dumpling") if key == KEY else (False, False, None)
            recorder.shows("whether each believes the other, and the message", listener.result(), expected=expected)
