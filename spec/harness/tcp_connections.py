"""The TCP connections of a process, as its kernel sees them.

A process that waits for a message of another host is blocked, whether or not the other host is still there.  What can
end the wait, apart from a packet, is a timer of the connection.  ``/proc/PID/net/tcp`` shows it: see `proc_pid_net(5)
<https://man7.org/linux/man-pages/man5/proc_pid_net.5.html>`_.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import NamedTuple

_STATES = {1: "established", 4: "in FIN-WAIT-1", 5: "in FIN-WAIT-2", 8: "closed by the peer", 10: "listening"}

_TIMERS = {0: "no timer", 1: "retransmission", 2: "keepalive", 3: "TIME-WAIT", 4: "zero window probe"}
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
    with suppress(OSError), open(f"/proc/{pid}/net/tcp", encoding="ascii") as table:
        inodes = _sockets(pid)
        rows = [line.split() for line in table.readlines()[1:]]
        return [_connection(row) for row in rows if int(row[9]) in inodes]
    return []


def established(pid: int) -> list[TcpConnection]:
    """Return those that are connected, as far as the kernel knows."""
    return [one for one in tcp_connections(pid) if one.state == _STATES[1]]


def _connection(row: list[str]) -> TcpConnection:
    state, timer = int(row[3], 16), int(row[5].partition(":")[0], 16)
    sent = int(row[4].partition(":")[0], 16)
    return TcpConnection(_STATES.get(state, f"state {state}"), _TIMERS.get(timer, f"timer {timer}"), sent)


def _sockets(pid: int) -> set[int]:
    """Return the inodes of the sockets that *pid* has open."""
    found = set()
    for name in os.listdir(f"/proc/{pid}/fd"):
        with suppress(OSError):  # it is closed meanwhile
            target = os.readlink(f"/proc/{pid}/fd/{name}")
            if target.startswith("socket:["):
                found.add(int(target[len("socket:[") : -1]))
    return found
