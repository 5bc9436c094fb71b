"""A relay between a host and the bridge holds packets back, or loses some."""

from __future__ import annotations

import socket
import time

from spec.harness.tcp_connections import until_unacknowledged
from spec.selftest.isolated_hosts import PORT, MakeHosts, apart, ask, echo


@apart
def test_packets_for_a_host_can_be_held_back(network: MakeHosts) -> None:
    """What the host sends is not held; a cut and its end are those of the whole link."""
    here, there = network(2)
    server = here.start(echo, here.address)
    there.hold_back()
    client = there.start(ask, here.address, b"dumpling")
    until_unacknowledged(client.pid)
    assert client.running
    there.pass_on()
    assert client.result() == b"DUMPLING"
    server.result()
    there.cut_off()
    server = here.start(echo, here.address)
    client = there.start(ask, here.address, b"dumpling")
    until_unacknowledged(client.pid)
    there.restore()
    assert client.result() == b"DUMPLING"
    server.result()


@apart
def test_packets_of_a_host_can_be_lost(network: MakeHosts) -> None:
    """The kernel sends them again, so that large messages, which it has not cut to packets, arrive too."""
    here, there = network(2)
    assert there.lose_packets(7) == 0
    server = here.start(send_much, here.address, 10**6)
    assert there.start(receive_all, here.address).result() == 10**6
    server.result()
    assert there.lose_packets(0) > 0


def send_much(address: str, size: int) -> None:
    with socket.create_server((address, PORT)) as server:
        connection, _ = server.accept()
        with connection:
            connection.sendall(bytes(size))


def receive_all(address: str) -> int:
    while True:
        try:
            with socket.create_connection((address, PORT)) as connection:
                return sum(map(len, iter(lambda: connection.recv(1 << 16), b"")))
        except ConnectionRefusedError:
            time.sleep(0.01)
