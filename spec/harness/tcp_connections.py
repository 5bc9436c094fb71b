"""The TCP connections of a process, as its kernel sees them.

A process that waits for a message of another host is blocked, whether or not the other host is still there.  What can
end the wait, apart from a packet, is a timer of the connection.  ``/proc/PID/net/tcp`` shows it: see `proc_pid_net(5)
<https://man7.org/linux/man-pages/man5/proc_pid_net.5.html>`_.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from spec.harness.deadline import Backoff
from spec.harness.heartbeat import beat
from spec.harness.process_table import ALIVE, descendants, observe_threads, state
from spec.harness.stillness import until_still

__tracebackhide__ = True  # a traceback ends at the line of the claim that waits

_STATES = {1: "established", 2: "connecting", 8: "closed by the peer", 10: "listening"}

_TIME_WAIT = 6
"""The state of a connection that only waits for late packets."""

NO_TIMER, KEEPALIVE = "no timer", "keepalive"

_TIMERS = {0: NO_TIMER, 1: "retransmission", 2: KEEPALIVE, 3: "TIME-WAIT", 4: "zero window probe"}
"""What the kernel waits for.  Keepalive is also the timer of other things that the kernel does later."""


class TcpConnection(NamedTuple):
    """A connection, or a socket that listens.

    Attributes:
        state: the state of the connection, as in `tcp(7) <https://man7.org/linux/man-pages/man7/tcp.7.html>`_.
        timer: which timer runs, in words.
        unacknowledged: how many bytes were sent, and are not acknowledged by the other host.
    """

    state: str
    timer: str
    unacknowledged: int


def tcp_connections(pid: int) -> list[TcpConnection]:
    """Return the TCP sockets over IPv4 that process *pid* has open; none if it is gone."""
    with suppress(OSError):
        inodes = open_sockets(pid)
        return [_connection(row) for row in _rows(pid) if int(row[9]) in inodes]
    return []


def connections_here() -> int:
    """Return how many TCP sockets over IPv4, in use or not, this process's host has that may still send packets."""
    return sum(int(row[3], 16) != _TIME_WAIT for row in _rows(os.getpid()))


def have_timers(pids: Iterable[int]) -> bool:
    """Return whether a timer runs for a connection of *pids*, so that the kernel may wake one of them later.

    All processes may be asleep meanwhile.  A kernel may wait 40 ms before it acknowledges what has come, and the
    other kernel may send nothing more for as long: see TCP_NODELAY and TCP_QUICKACK in `tcp(7)
    <https://man7.org/linux/man-pages/man7/tcp.7.html>`_.
    """
    return any(one.unacknowledged or one.timer != NO_TIMER for pid in pids for one in tcp_connections(pid))


def _have_packets_on_their_way(pids: Iterable[int]) -> bool:
    connections = (one for pid in pids for one in tcp_connections(pid))
    return any(one.unacknowledged or one.timer not in (NO_TIMER, KEEPALIVE) for one in connections)


def until_quiet() -> None:
    """Wait until all processes that this process has started are still, and no packet of theirs is on its way.

    Raises:
        Hung: that was not so until the deadline.
    """
    backoff = Backoff("all processes that were started to be still, and the network to be quiet")
    while True:
        until_still()
        started = descendants(os.getpid())
        before = [observe_threads(pid) for pid in started]
        if not _have_packets_on_their_way(started) and [observe_threads(pid) for pid in started] == before:
            return
        backoff.wait()


def until_unacknowledged(pid: int) -> None:
    """Wait until *pid* has sent something that is not acknowledged.

    Raises:
        Hung: everything was acknowledged until the deadline.
    """
    backoff = Backoff(f"process {pid} to send something that is not acknowledged")
    while not any(one.unacknowledged or one.state == _STATES[2] for one in tcp_connections(pid)):
        backoff.wait()


def until_exited_despite_losses(pid: int) -> None:
    """Wait until *pid* has exited, while kernels send again what is not acknowledged, or give up.

    Meanwhile all processes may be blocked for seconds, and are not hung.

    Raises:
        Hung: it did not exit before the deadline.
    """
    backoff = Backoff(f"process {pid} to exit, while kernels send again what is not acknowledged")
    while state(pid) == ALIVE:
        if _have_packets_on_their_way(descendants(os.getpid())):
            beat()
        backoff.wait()


def _rows(pid: int) -> list[list[str]]:
    with open(f"/proc/{pid}/net/tcp", encoding="ascii") as table:
        return [line.split() for line in table.readlines()[1:]]


def established(pid: int) -> list[TcpConnection]:
    """Return those that are connected, as far as the kernel knows."""
    return [one for one in tcp_connections(pid) if one.state == _STATES[1]]


def _connection(row: list[str]) -> TcpConnection:
    state, timer = int(row[3], 16), int(row[5].partition(":")[0], 16)
    sent = int(row[4].partition(":")[0], 16)
    return TcpConnection(_STATES.get(state, f"state {state}"), _TIMERS.get(timer, f"timer {timer}"), sent)


def open_sockets(pid: int) -> set[int]:
    """Return the inodes of the sockets that *pid* has open."""
    found = set()
    for name in os.listdir(f"/proc/{pid}/fd"):
        with suppress(OSError):  # it is closed meanwhile
            target = os.readlink(f"/proc/{pid}/fd/{name}")
            if target.startswith("socket:["):
                found.add(int(target[len("socket:[") : -1]))
    return found
