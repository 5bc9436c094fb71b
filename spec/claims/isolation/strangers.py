"""A process that finds the socket of a fork server and connects to it, without knowing its key."""

from __future__ import annotations

import os
import socket
from array import array

from spec.harness.stillness import until_still


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
