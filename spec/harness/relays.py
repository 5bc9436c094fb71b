"""A relay between a host and the bridge, which holds packets back, or loses some.

The kernel's netem does that too, see `tc-netem(8) <https://man7.org/linux/man-pages/man8/tc-netem.8.html>`_, but many
kernels lack it, and clocks and chance decide what it does.  Here a process forwards the frames, so a claim decides
which packets are late, and for how long.

The process has two packet sockets, see `packet(7) <https://man7.org/linux/man-pages/man7/packet.7.html>`_.  With each
frame the kernel tells what is not done yet, such as its checksum (PACKET_VNET_HDR), and gets that back.
"""

from __future__ import annotations

import os
import selectors
import socket
from contextlib import suppress
from pathlib import Path

from spec.harness.forked_call import ForkedCall

__tracebackhide__ = True  # a traceback ends at the line of the claim that waits

EVERY_PROTOCOL = 0x0003
"""ETH_P_ALL of `packet(7) <https://man7.org/linux/man-pages/man7/packet.7.html>`_."""

SOL_PACKET, PACKET_VNET_HDR, PACKET_IGNORE_OUTGOING = 263, 15, 23
"""Options of packet sockets: see <linux/if_packet.h>."""

LARGEST = 1 << 17
"""The number of bytes of a buffer that holds any frame, also one that the kernel has not cut to packets yet."""

_VNET_HEADER = 10
"""The number of bytes that the kernel puts before a frame: see struct virtio_net_hdr in <linux/virtio_net.h>."""

_TYPE, _IPV4 = slice(_VNET_HEADER + 12, _VNET_HEADER + 14), b"\x08\x00"
"""Where a frame has its type, and the type of those that are packets of IPv4: see <linux/if_ether.h>."""


def packet_socket(interface: str) -> socket.socket:
    """Return a socket for the frames of an *interface*: all that pass, in both directions.

    Raises:
        OSError: the kernel refuses it.
    """
    made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(EVERY_PROTOCOL))
    made.bind((interface, EVERY_PROTOCOL))
    return made


def relaying_socket(interface: str) -> socket.socket:
    """Return a socket for the frames that come in by an *interface*, with what the kernel tells of each.

    Raises:
        OSError: the kernel refuses it.
    """
    made = packet_socket(interface)
    for option in PACKET_VNET_HDR, PACKET_IGNORE_OUTGOING:
        made.setsockopt(SOL_PACKET, option, 1)
    return made


class Relay:
    """A process that forwards frames between two sockets, and closes them here.

    Args:
        outcome: an unused path for the outcome of the process.
        host: the `relaying_socket` at the side of the host.
        bridge: that at the side of the bridge.
    """

    def __init__(self, outcome: Path, host: socket.socket, bridge: socket.socket) -> None:
        self._control, control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with host, bridge, control:
            self._process = ForkedCall(outcome, self._relay, control, host, bridge)

    def _relay(self, control: socket.socket, host: socket.socket, bridge: socket.socket) -> None:
        self._control.close()
        _Forwarder(control, host, bridge).run()

    def order(self, command: str) -> int:
        """Let the process act by a *command* from now on, and return how many packets it has lost so far.

        Args:
            command: ``hold`` keeps what comes for the host, ``pass`` sends the host what was kept, and ``lose N``
                loses each packet of IPv4 whose number in its direction, from now on, is a multiple of N.
        """
        self._control.sendall(command.encode())
        return int(self._control.recv(100))

    def close(self) -> None:
        """End the process."""
        self._control.close()
        with suppress(ProcessLookupError):
            self._process.kill()


class _Direction:
    """Forwards the frames that come by a *source* to a *sink*."""

    def __init__(self, source: socket.socket, sink: socket.socket) -> None:
        self.source, self._sink = source, sink
        self._held: list[bytes] = []
        self._packets = 0
        self.holding, self.every, self.lost = False, 0, 0

    def forward(self) -> None:
        frame = self.source.recv(LARGEST)
        if self.every and frame[_TYPE] == _IPV4:
            self._packets += 1
            if self._packets % self.every == 0:
                self.lost += 1
                return
        if self.holding:
            self._held.append(frame)
        else:
            self._send(frame)

    def lose(self, every: int) -> None:
        self.every, self._packets = every, 0

    def let_go(self) -> None:
        self.holding = False
        for frame in self._held:
            self._send(frame)
        self._held.clear()

    def _send(self, frame: bytes) -> None:
        with suppress(OSError):  # the interface is gone or down: as on a cable that is pulled out, the frame is lost
            self._sink.send(frame)


class _Forwarder:
    """Forwards frames in both directions until *control* is closed."""

    def __init__(self, control: socket.socket, host: socket.socket, bridge: socket.socket) -> None:
        self._control = control
        self._to_host, self._from_host = _Direction(bridge, host), _Direction(host, bridge)

    def run(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._control, selectors.EVENT_READ, self._obey)
            for direction in self._to_host, self._from_host:
                selector.register(direction.source, selectors.EVENT_READ, direction.forward)
            while True:
                for key, _ in selector.select():
                    key.data()

    def _obey(self) -> None:
        name, _, number = self._control.recv(100).decode().partition(" ")
        if name == "hold":
            self._to_host.holding = True
        elif name == "pass":
            self._to_host.let_go()
        elif name == "lose":
            self._to_host.lose(int(number))
            self._from_host.lose(int(number))
        else:  # the other end is closed
            os._exit(0)
        self._control.sendall(str(self._to_host.lost + self._from_host.lost).encode())
