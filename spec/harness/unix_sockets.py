"""The Unix sockets on which a process listens, as its kernel sees them."""

from __future__ import annotations

from spec.harness.tcp_connections import open_sockets

_ACCEPTS = "00010000"
"""The flags of a socket that accepts connections."""


def listening_sockets(pid: int) -> list[str]:
    """Return the addresses of the Unix sockets on which *pid* listens.

    See /proc/net/unix in `proc(5) <https://man7.org/linux/man-pages/man5/proc_net.5.html>`_.  An abstract address
    begins with a null character.
    """
    inodes = open_sockets(pid)
    addresses = []
    with open("/proc/net/unix", encoding="utf-8", errors="surrogateescape") as table:
        next(table)  # the headings
        for line in table:
            _number, _references, _protocol, flags, _type, _state, inode, *address = line.split()
            if int(inode) in inodes and flags == _ACCEPTS and address:
                addresses.append(address[0].replace("@", "\0", 1) if address[0].startswith("@") else address[0])
    return addresses


def abstract_addresses(pid: int) -> list[str]:
    """Return those of the addresses on which *pid* listens that are abstract: processes of all users can connect."""
    return [address for address in listening_sockets(pid) if address.startswith("\0")]
