"""A process that finds the socket of a fork server and connects to it, without knowing its key."""

from __future__ import annotations

import os
import socket
from array import array
from contextlib import suppress

from spec.harness.stillness import until_still


def listening_sockets(pid: int) -> list[str]:
    """Return the addresses of the Unix sockets on which *pid* listens.

    See /proc/net/unix in `proc(5) <https://man7.org/linux/man-pages/man5/proc_net.5.html>`_.  An abstract address
    begins with a null character.
    """
    inodes = set()
    for name in os.listdir(f"/proc/{pid}/fd"):
        with suppress(OSError):
            inodes.add(os.readlink(f"/proc/{pid}/fd/{name}").strip("socket:[]"))
    addresses = []
    with open("/proc/net/unix", encoding="utf-8", errors="surrogateescape") as table:
        for line in table:
            _number, _references, _protocol, flags, _type, _state, inode, *address = line.split()
            if inode in inodes and flags == "00010000" and address:  # it accepts connections
                addresses.append(address[0].replace("@", "\0", 1) if address[0].startswith("@") else address[0])
    return addresses


def ask_for_a_child(address: str) -> bytes:
    """Ask the fork server at *address* for a child, and return its answer: a pid, or nothing if it hangs up.

    A request is two ends of pipes: the child reads from the first what it is to do, and the server writes the pid to
    the second.  Two more are for what the child shares with the fork server and the resource tracker.
    """
    task, status, other = os.pipe(), os.pipe(), os.pipe()
    given = array("i", [task[0], status[1], *other])
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.connect(address)
        stranger.sendmsg([bytes([len(given)])], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, given)])
        stranger.shutdown(socket.SHUT_WR)
        for end in (*task, status[1], *other):
            os.close(end)
        answer = os.read(status[0], 100)
    os.close(status[0])
    return answer


def hang_up(address: str) -> None:
    """Connect to the fork server at *address*, and hang up while it waits for what the client has to say.

    Whatever the server has said by then is not read.
    """
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.connect(address)
        until_still()
