"""Hosts that go away: killed, cut off from the network, or opened again."""

from __future__ import annotations

from typing import Any

from spec.claims.remote import payloads
from spec.claims.remote.scenes import KEY, go_and_buy, look_at_stock, open_office, serve_on
from spec.engine.fixtures import MakeCheckpoint, MakeHosts
from spec.engine.lessons import Lesson
from spec.engine.marks import hosts_are_apart, needs, source, where
from spec.harness.deadline import Backoff
from spec.harness.held_waits import all_wait_without_limit, timed_waits
from spec.harness.hosts import Host
from spec.harness.process_table import until_blocked
from spec.harness.tcp_connections import (
    connections_here,
    established,
    tcp_connections,
    until_exited_despite_losses,
    until_quiet,
    until_unacknowledged,
)
from spec.harness.witness import containing, gatekeeper, kernel, one_of, recorder

pytestmark = needs("Process", "Pipe", "BaseManager", "AuthenticationError")

REMOTE = "https://docs.python.org/3/library/multiprocessing.html#using-a-remote-manager"
TCP = "https://man7.org/linux/man-pages/man7/tcp.7.html"

PROXIES = "https://docs.python.org/3/library/multiprocessing.html#proxy-objects"

LOST = one_of("EOFError", "ConnectionResetError", "BrokenPipeError")
"""What a client gets once the server's kernel has hung up."""


UNREACHABLE = one_of("TimeoutError", "OSError")
"""What a client gets once its own kernel has given up: no answer came, or no route to the host is left."""


class Sale:
    """An office with three tickets, and buyers on other hosts: the first has the lock, and the others wait for it.

    The office has the requests of all of them, and has told their kernels so.

    Args:
        lesson: the lesson.
        base: the class of the API's managers.
        network: makes the hosts.
        checkpoint: makes the checkpoints.
        buyers: the number of buyers, each on a host of its own.

    Attributes:
        here: the host of the office.
        hosts: the hosts of the buyers.
        office: the office.
        address: its address.
        buying: the checkpoint that a buyer reaches when it has the lock.
        holder: the arrival of the first buyer.
        buyers: all buyers.
    """

    def __init__(
        self, lesson: Lesson, base: Any, network: MakeHosts, checkpoint: MakeCheckpoint, buyers: int = 2
    ) -> None:
        self.here, *self.hosts = network(buyers + 1)
        self.office, self.address = open_office(self.here, lesson, base, 3, checkpoint("opened"))
        self.buying = checkpoint("buying")
        program = go_and_buy, lesson, base, self.address, self.buying.pause
        self.buyers = [self.hosts[0].start(*program)]
        self.holder = self.buying.next()
        self.buyers += [host.start(*program) for host in self.hosts[1:]]
        until_quiet()
        self._clocks = timed_waits()

    def nobody_goes_on(self) -> None:
        """The buyers without the lock wait without limit, and none of them gets it."""
        waiting = {f"buy() of buyer {number}": buyer for number, buyer in enumerate(self.buyers[1:], 2)}
        all_wait_without_limit(waiting, self._clocks)
        gatekeeper.shows("whether another buyer gets the lock", self.buying.reached, expected=False)


def until_forgotten(host: Host) -> None:
    """Wait until the kernel of the *host* has given up all connections of processes that have ended."""
    backoff = Backoff("the host to have no connections")
    while host.start(connections_here).result():
        backoff.wait()


def idle_connections(pid: int) -> set[str]:
    """Return the timers of the connections of *pid* that are established."""
    return {connection.timer for connection in established(pid)}


@source(REMOTE, observed=True)
@source(TCP)
def test_killed_office_hangs_up(base: Any, lesson: Lesson, network: MakeHosts, checkpoint: MakeCheckpoint) -> None:
    """If the office is killed, a buyer that waits for the lock gets an error, and so does the one that has it."""
    sale = Sale(lesson, base, network, checkpoint)
    sale.office.kill()
    recorder.shows("how the call of the buyer that waits ends", _kind(sale.buyers[1].failure()), expected=LOST)
    sale.holder.let_go()
    recorder.shows("how the call of the buyer with the lock ends", _kind(sale.buyers[0].failure()), expected=LOST)


@source("https://github.com/python/cpython/issues/87495", observed=True)
def test_office_opens_again_at_its_address(base: Any, network: MakeHosts, checkpoint: MakeCheckpoint) -> None:
    """A server that was killed can be started at its address at once, and serves clients that connect again."""
    here, one, another = network(3)
    serving, used = checkpoint("serving"), checkpoint("used")
    server, address = serve_on(here, base, serving)
    client = one.start(payloads.call_after, base, address, KEY, used.pause, 2)
    first = used.next()
    server.kill()
    here.start(payloads.serve, base, tuple(address), KEY, serving.pause)
    recorder.shows("the address of the next server", serving.next().let_go().notes[0], expected=tuple(address))
    left = another.start(payloads.call, base, address, KEY, "till.add", 1).result()
    recorder.shows("the answer to a client that connects again", left, expected=101)
    first.let_go()
    used.next().let_go()
    recorder.shows("how the calls by an old proxy end", client.result(), expected=[LOST, LOST])


@source(REMOTE, observed=True)
def test_killed_buyer_keeps_the_lock(
    base: Any, lesson: Lesson, network: MakeHosts, checkpoint: MakeCheckpoint
) -> None:
    """If a buyer is killed while it has the lock, the server frees nothing, and those that wait go on waiting."""
    sale = Sale(lesson, base, network, checkpoint, buyers=3)
    sale.buyers[0].kill()
    sale.nobody_goes_on()
    left = sale.hosts[0].start(look_at_stock, lesson, base, sale.address).result()
    recorder.shows("the tickets that are left", left, expected=3)


@where(hosts_are_apart)
@source(TCP)
def test_buyer_that_is_cut_off_keeps_the_lock(
    base: Any, lesson: Lesson, network: MakeHosts, checkpoint: MakeCheckpoint
) -> None:
    """If the host of the buyer with the lock is cut off, the others wait without limit, and nobody is told."""
    sale = Sale(lesson, base, network, checkpoint)
    sale.hosts[0].cut_off()
    kernel.shows("the timers of the office's connections", idle_connections(sale.office.pid), expected={"no timer"})
    sale.nobody_goes_on()
    left = sale.hosts[1].start(look_at_stock, lesson, base, sale.address).result()
    recorder.shows("the tickets that are left", left, expected=3)


@where(hosts_are_apart)
@source(TCP)
def test_office_that_is_cut_off_is_waited_for(
    base: Any, lesson: Lesson, network: MakeHosts, checkpoint: MakeCheckpoint
) -> None:
    """If the host of the office is cut off, a buyer whose request the office has waits without limit."""
    sale = Sale(lesson, base, network, checkpoint)
    sale.here.cut_off()
    kernel.shows("the timers of the buyer's connection", idle_connections(sale.buyers[1].pid), expected={"no timer"})
    sale.nobody_goes_on()


@where(hosts_are_apart)
@source(TCP)
def test_cut_that_is_mended_loses_nothing(
    base: Any, lesson: Lesson, network: MakeHosts, checkpoint: MakeCheckpoint
) -> None:
    """Sales that a cut has held up go on when the link is restored, and each ticket is sold once."""
    sale = Sale(lesson, base, network, checkpoint)
    first, second = sale.buyers
    sale.here.cut_off()
    sale.holder.let_go()
    until_unacknowledged(first.pid)
    sale.here.restore()
    recorder.shows("whether the first buyer has bought", first.result(), expected=True)
    sale.buying.next().let_go()
    recorder.shows("whether the second buyer has bought", second.result(), expected=True)
    left = sale.hosts[0].start(look_at_stock, lesson, base, sale.address).result()
    recorder.shows("the tickets that are left", left, expected=1)


@where(hosts_are_apart)
@source(TCP)
def test_office_that_ended_unseen_is_waited_for(
    base: Any, lesson: Lesson, network: MakeHosts, checkpoint: MakeCheckpoint
) -> None:
    """A buyer waits without limit for an office that ended while it was cut off, even after the link is restored."""
    sale = Sale(lesson, base, network, checkpoint)
    sale.here.set("net.ipv4.tcp_retries2", 0)
    sale.here.set("net.ipv4.tcp_orphan_retries", 1)
    sale.here.cut_off()
    sale.office.kill()
    until_forgotten(sale.here)
    sale.here.restore()
    kernel.shows("the timers of the buyer's connection", idle_connections(sale.buyers[1].pid), expected={"no timer"})
    sale.nobody_goes_on()


@where(hosts_are_apart)
@source(TCP)
def test_undeliverable_request_fails(base: Any, network: MakeHosts, checkpoint: MakeCheckpoint) -> None:
    """A call to a server that is cut off raises OSError when the client's kernel gives up sending the request."""
    here, there = network(2)
    _, address = serve_on(here, base, checkpoint("serving"))
    there.set("net.ipv4.tcp_retries2", 1)
    used = checkpoint("used")
    client = there.start(payloads.call_after, base, address, KEY, used.pause)
    first = used.next()
    here.cut_off()
    first.let_go()
    until_unacknowledged(client.pid)
    until_exited_despite_losses(client.pid)
    recorder.shows("how the call ends", client.result(), expected=[UNREACHABLE])


@source(REMOTE, observed=True)
def test_lost_call_is_not_repeated(base: Any, network: MakeHosts, checkpoint: MakeCheckpoint) -> None:
    """A call whose connection ends before its answer comes raises an error, and was carried out once."""
    here, there = network(2)
    _, address = serve_on(here, base, checkpoint("serving"))
    lost = there.start(payloads.call, base, address, KEY, "till.add_and_hang_up", 1, address[1])
    recorder.shows("how the call ends", _kind(lost.failure()), expected=LOST)
    left = there.start(payloads.call, base, address, KEY, "till.add", 0).result()
    recorder.shows("what is in the till", left, expected=101)


@where(hosts_are_apart)
@source(PROXIES, observed=True)
def test_dropped_proxy_waits_for_its_server(base: Any, network: MakeHosts, checkpoint: MakeCheckpoint) -> None:
    """A client that drops a proxy whose server is cut off connects to the server, and waits until it is back."""
    here, there = network(2)
    _, address = serve_on(here, base, checkpoint("serving"))
    dropping = checkpoint("dropping")
    client = there.start(payloads.drop_after, base, address, KEY, dropping.pause)
    arrival = dropping.next()
    here.cut_off()
    arrival.let_go()
    until_blocked([client.pid])
    states = [connection.state for connection in tcp_connections(client.pid)]
    kernel.shows("the states of the client's connections", states, expected=containing("connecting"))
    here.restore()
    recorder.shows("what the client does then", client.result(), expected="goes on")


@where(hosts_are_apart)
@source(TCP)
def test_unreachable_office_is_an_error(
    base: Any, lesson: Lesson, network: MakeHosts, checkpoint: MakeCheckpoint
) -> None:
    """Connecting to an office raises OSError if nobody serves at its port, or if its host is cut off."""
    here, there = network(2)
    office, address = open_office(here, lesson, base, 3, checkpoint("opened"))
    office.kill()
    refused = there.start(look_at_stock, lesson, base, address).failure()
    recorder.shows("how the call ends if nobody serves", refused, expected=containing("ConnectionRefusedError"))
    there.set("net.ipv4.tcp_syn_retries", 1)
    here.cut_off()
    client = there.start(look_at_stock, lesson, base, address)
    until_unacknowledged(client.pid)
    until_exited_despite_losses(client.pid)
    lost = client.failure()
    recorder.shows("how the call ends if the host is cut off", _kind(lost), expected=UNREACHABLE)


def _kind(failure: str) -> str:
    """Return the name of the class of an exception."""
    return failure.partition(":")[0].partition(" ")[0]
