"""Which Unix sockets are connected.

See `sock_diag(7) <https://man7.org/linux/man-pages/man7/sock_diag.7.html>`_.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Optional

_SOCK_DIAG = 4
"""The protocol of netlink sockets that answer questions about sockets."""

_BY_FAMILY = 20
"""A request for the sockets of one family: SOCK_DIAG_BY_FAMILY."""

_REQUEST = 1
"""NLM_F_REQUEST of `netlink(7) <https://man7.org/linux/man-pages/man7/netlink.7.html>`_."""

_SHOW_PEER, _PEER = 4, 2
"""UDIAG_SHOW_PEER, which asks for the inode of the peer, and UNIX_DIAG_PEER, the attribute that has it."""

_HEADER = struct.Struct("=IHHII")
_QUESTION = struct.Struct("=BBHIIIII")
_ANSWER = struct.Struct("=BBBBIII")
_ATTRIBUTE = struct.Struct("=HH")

_ANY = 0xFFFF_FFFF
"""Every state, and the cookie that fits every socket."""


def peer(inode: int) -> Optional[int]:
    """Return the inode of the socket to which the Unix socket *inode* is connected, or None if it is unknown."""
    question = _QUESTION.pack(socket.AF_UNIX, 0, 0, _ANY, inode, _SHOW_PEER, _ANY, _ANY)
    header = _HEADER.pack(_HEADER.size + len(question), _BY_FAMILY, _REQUEST, 0, os.getpid())
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _SOCK_DIAG) as asking:
            asking.settimeout(1.0)
            asking.send(header + question)
            answer = asking.recv(65536)
    except OSError:  # the kernel is built without it, or the process may not ask
        return None
    _, kind, *_ = _HEADER.unpack_from(answer)
    return dict(_attributes(answer[_HEADER.size + _ANSWER.size :])).get(_PEER) if kind == _BY_FAMILY else None


def _attributes(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the attributes whose values are numbers of four bytes."""
    while len(data) >= _ATTRIBUTE.size:
        length, kind = _ATTRIBUTE.unpack_from(data)
        if length == _ATTRIBUTE.size + 4:
            yield kind, int.from_bytes(data[_ATTRIBUTE.size : length], sys.byteorder)
        data = data[max(length + 3 & ~3, _ATTRIBUTE.size) :]


def tcp_peer(pid: int, inode: int) -> Optional[int]:
    """Return the inode of the socket of this machine to which the TCP socket *inode* is connected; None if unknown.

    See `proc_net_tcp <https://docs.kernel.org/networking/proc_net_tcp.html>`_.

    Args:
        pid: a process that sees the network of the socket.
        inode: the socket.
    """
    for family in ("tcp", "tcp6"):
        with suppress(OSError), open(f"/proc/{pid}/net/{family}", encoding="ascii") as file:
            sockets = [line.split() for line in file.readlines()[1:]]
            own = next((fields[1:3] for fields in sockets if int(fields[9]) == inode), None)
            if own is not None:
                return next((int(fields[9]) or None for fields in sockets if fields[1:3] == own[::-1]), None)
    return None
