"""Links that are slow, or lose packets."""

from __future__ import annotations

from typing import Any

from spec.claims.remote import payloads
from spec.claims.remote.scenes import KEY, serve_on
from spec.engine.fixtures import MakeCheckpoint, MakeHosts
from spec.engine.marks import hosts_are_apart, needs, source, where
from spec.harness.tcp_connections import until_exited_despite_losses
from spec.harness.witness import at_least, kernel, recorder

pytestmark = [needs("Process", "Pipe", "BaseManager", "AuthenticationError"), where(hosts_are_apart)]

REMOTE = "https://docs.python.org/3/library/multiprocessing.html#using-a-remote-manager"
TCP = "https://man7.org/linux/man-pages/man7/tcp.7.html"

LARGE = 2**22
"""The number of bytes of an answer that no kernel takes from the server before the client's kernel has some of it."""


@source(REMOTE, observed=True)
def test_slow_client_holds_nobody_up(base: Any, network: MakeHosts, checkpoint: MakeCheckpoint) -> None:
    """While an answer cannot be sent, because the link to its client is slow, the server answers other clients."""
    here, slow, other = network(3)
    _, address = serve_on(here, base, checkpoint("serving"))
    other.start(payloads.call, base, address, KEY, "notes.update", {"large": bytes(LARGE)}).result()
    asking = checkpoint("asking")
    client = slow.start(payloads.measure_after, base, address, KEY, "large", asking.pause)
    arrival = asking.next()
    slow.hold_back()
    arrival.let_go()
    answer = other.start(payloads.call, base, address, KEY, "till.add", 1).result()
    recorder.shows("the answer to another client", answer, expected=101)
    kernel.shows("whether the slow client has its answer", client.running, expected=True)
    slow.pass_on()
    recorder.shows("the length of the answer to the slow client", client.result(), expected=LARGE)


@source(TCP)
def test_lost_packets_lose_no_call(base: Any, network: MakeHosts, checkpoint: MakeCheckpoint) -> None:
    """On a link that loses every second packet, each call is carried out once, and its answer is the right one."""
    here, there = network(2)
    _, address = serve_on(here, base, checkpoint("serving"))
    adding = checkpoint("adding")
    client = there.start(payloads.add_often, base, address, KEY, 2, adding.pause)
    arrival = adding.next()
    there.lose_packets(2)
    arrival.let_go()
    until_exited_despite_losses(client.pid)
    recorder.shows("the answers", client.result(), expected=[101, 102])
    kernel.shows("the number of packets that were lost", there.lose_packets(0), expected=at_least(2))
    left = there.start(payloads.call, base, address, KEY, "till.add", 0).result()
    recorder.shows("what is in the till", left, expected=102)
