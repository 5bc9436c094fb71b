"""Ends of connections that follow the protocol of older and newer versions of Python, without the API under test."""

from __future__ import annotations

import hmac
import os
import pickle
import socket

from spec.claims.remote.payloads import HEADER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from impl.contract import Pause


CHALLENGE, WELCOME, FAILURE = b"#CHALLENGE#", b"#WELCOME#", b"#FAILURE#"
"""How the messages begin by which two ends prove to each other that they know the key."""

SHA256 = b"{sha256}"
"""How a challenge begins that asks for a digest by SHA-256, and an answer that is one."""


class Peer:
    """One end of a connection that follows the protocol of a version of Python, by means of its own.

    Args:
        end: a connected socket.
        key: the key.
        newer: whether it knows SHA-256, as from Python 3.12 on, or only MD5.
    """

    def __init__(self, end: socket.socket, key: bytes, newer: bool) -> None:
        self._end, self._file = end, end.makefile("rb")
        self._key, self._newer = key, newer

    def send(self, message: bytes) -> None:
        """Send a message."""
        self._end.sendall(HEADER.pack(len(message)) + message)

    def receive(self) -> bytes:
        """Return the next message; nothing if the other end has hung up."""
        header = self._file.read(HEADER.size)
        return self._file.read(HEADER.unpack(header)[0]) if header else b""

    def answer(self) -> bool:
        """Prove that this end knows the key, and return whether the other one accepts that."""
        challenge = self.receive()[len(CHALLENGE) :]
        by_sha256 = self._newer and challenge.startswith(SHA256)
        self.send(self._by_sha256(challenge) if by_sha256 else self._by_md5(challenge))
        return self.receive() == WELCOME

    def challenge(self) -> bool:
        """Let the other end prove that it knows the key, and return whether it does."""
        challenge = SHA256 + os.urandom(40) if self._newer else os.urandom(20)
        self.send(CHALLENGE + challenge)
        answer, right = self.receive(), [self._by_md5(challenge)]
        if self._newer:
            right.append(self._by_sha256(challenge))
        self.send(WELCOME if answer in right else FAILURE)
        return answer in right

    def _by_md5(self, challenge: bytes) -> bytes:
        return hmac.digest(self._key, challenge, "md5")

    def _by_sha256(self, challenge: bytes) -> bytes:
        return SHA256 + hmac.digest(self._key, challenge, "sha256")


def connect_as(address: Any, key: bytes, newer: bool, message: object) -> tuple[bool, bool]:
    """Be a client, send a *message* if each end believes the other, and return whether each does."""
    with socket.create_connection(address) as end:
        peer = Peer(end, key, newer)
        accepted = peer.answer()
        right = accepted and peer.challenge()
        if right:
            peer.send(pickle.dumps(message))
    return accepted, right


def listen_as(key: bytes, newer: bool, told: Pause) -> tuple[bool, bool, object]:
    """Be a listener, tell the address, and return whether each end believes the other, and the client's message."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        told(listening.getsockname())
        end, _ = listening.accept()
    with end:
        peer = Peer(end, key, newer)
        right = peer.challenge()
        accepted = right and peer.answer()
        return right, accepted, pickle.loads(peer.receive()) if accepted else None
