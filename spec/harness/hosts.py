"""Hosts that are joined by a network, on one machine.

Each host is a network namespace, and a further namespace has the bridge that joins them: see `network_namespaces(7)
<https://man7.org/linux/man-pages/man7/network_namespaces.7.html>`_.  None of them has a name.  They exist only while
a process has them open or runs in them, so the kernel removes them, with their interfaces, when the last such process
ends, however it ends.  The machine's own namespace gets no interface.

A user who is not root makes them in a new user namespace.  Where that is not allowed either, all hosts are this
machine, and each has an address of its own of the loopback interface.  Then no link can be cut, and nothing is seen
on the wire.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from functools import cache, partial
from pathlib import Path
from typing import Any, Callable, NoReturn, Optional

from spec.harness.forked_call import ForkedCall
from spec.harness.relays import LARGEST, Relay, packet_socket, relaying_socket
from spec.harness.system_calls import call_libc, fork

__tracebackhide__ = True  # a traceback ends at the line of the claim that waits

MOST_HOSTS = 32
"""Hosts that a network may have."""

CLONE_NEWUSER, CLONE_NEWNET = 0x1000_0000, 0x4000_0000
"""The flags of `unshare(2) <https://man7.org/linux/man-pages/man2/unshare.2.html>`_."""

COMMAND_SECONDS = 30.0
"""A command of iproute2 that takes longer is killed; it takes milliseconds."""


class CannotMakeHosts(Exception):
    """The kernel refuses namespaces, or what joins them; the message says what."""


class Namespace:
    """A network namespace, which exists as long as this object is open or a process runs in it.

    Args:
        user: the file of the user namespace that it belongs to, or None if that is the caller's own.
        network: the file of the network namespace.

    Attributes:
        file: the file of the network namespace.
    """

    def __init__(self, user: Optional[int], network: int) -> None:
        self._user, self.file = user, network

    def enter(self) -> None:
        """Move this process, which must have one thread only, into the namespace.

        See `setns(2) <https://man7.org/linux/man-pages/man2/setns.2.html>`_.  Its children begin there, too.
        """
        if self._user is not None:
            call_libc("setns", self._user, CLONE_NEWUSER)
        call_libc("setns", self.file, CLONE_NEWNET)

    def run(self, *command: str, text: str = "", files: Sequence[int] = ()) -> None:
        """Run a *command* in the namespace, and wait until it has ended.

        Args:
            command: its name and its arguments.
            text: its input.
            files: the file descriptors that it inherits.

        Raises:
            CannotMakeHosts: there is no such command, or it fails.
        """
        try:
            done = subprocess.run(
                command,
                input=text,
                capture_output=True,
                check=False,
                encoding="utf-8",
                errors="replace",
                timeout=COMMAND_SECONDS,
                pass_fds=files,
                preexec_fn=self.enter,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise CannotMakeHosts(f"{command[0]}: {error}") from None
        if done.returncode:
            raise CannotMakeHosts(f"{' '.join(command)}: {' '.join(done.stderr.split())}")

    def configure(self, *changes: str, files: Sequence[int] = ()) -> None:
        """Make *changes*, each of them the arguments of a command ``ip``, which inherits *files*, in order."""
        self.run("ip", "-batch", "-", text="".join(f"{change}\n" for change in changes), files=files)

    def socket_of(self, make: Callable[[], socket.socket]) -> socket.socket:
        """Return a socket that *make* has made in the namespace; it stays there.

        Raises:
            CannotMakeHosts: the kernel refuses it.
        """

        def inside() -> list[int]:
            self.enter()
            return [make().detach()]

        [descriptor] = _made_elsewhere(inside)
        return socket.socket(fileno=descriptor)

    def close(self) -> None:
        """Let it go."""
        os.close(self.file)


def _made_elsewhere(make: Callable[[], Sequence[Any]]) -> list[int]:
    """Return the files that *make* has opened in a process of its own, whose namespaces this process does not enter.

    Raises:
        CannotMakeHosts: it raised an error.
    """
    here, there = socket.socketpair()
    with here, there:
        pid = fork()
        if pid == 0:
            _send_files(there, make)
        there.close()
        try:
            message, files, _, _ = socket.recv_fds(here, 1024, 2 * MOST_HOSTS)
        finally:
            os.waitpid(pid, 0)
    if message != b"made":
        raise CannotMakeHosts(message.decode(errors="replace") or "the process that makes namespaces has crashed")
    return files


def _send_files(there: socket.socket, make: Callable[[], Sequence[int]]) -> NoReturn:
    try:
        socket.send_fds(there, [b"made"], list(make()))
    except BaseException as error:
        with suppress(OSError):
            there.send(f"{type(error).__name__}: {error}"[:1000].encode())
    finally:
        os._exit(0)


def _open_namespaces(number: int, as_user: bool) -> list[int]:
    """Make that many network namespaces, and return their files; that of a new user namespace comes first."""
    files = []
    if as_user:
        user, group = os.geteuid(), os.getegid()
        call_libc("unshare", CLONE_NEWUSER)
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
            Path("/proc/self", name).write_text(text, encoding="ascii")
        files.append(os.open("/proc/self/ns/user", os.O_RDONLY))
    for _ in range(number):
        call_libc("unshare", CLONE_NEWNET)
        files.append(os.open("/proc/self/ns/net", os.O_RDONLY))
    return files


def make_namespaces(number: int) -> list[Namespace]:
    """Return new network namespaces, which have nothing but a loopback interface that is down.

    Raises:
        CannotMakeHosts: the kernel refuses them.
    """
    try:
        files: list[Any] = [None, *_made_elsewhere(lambda: _open_namespaces(number, as_user=False))]
    except CannotMakeHosts:
        files = list(_made_elsewhere(lambda: _open_namespaces(number, as_user=True)))
    user, *networks = files
    return [Namespace(user, network) for network in networks]


class Host:
    """A host of a network: processes on it reach the others by their addresses.

    Args:
        number: its number in the network, from 1.
        address: its IP address.
        folder: where the outcomes of what runs on it are kept.
        namespace: its own, or None if the host is this machine.
        switch: the namespace that has the bridge, likewise.

    Attributes:
        address: the same as the argument.
    """

    def __init__(
        self, number: int, address: str, folder: Path, namespace: Optional[Namespace], switch: Optional[Namespace]
    ) -> None:
        self.address = address
        self._number, self._folder = number, folder
        self._namespace, self._switch = namespace, switch
        self._started: list[ForkedCall] = []
        self._plug = f"port{number}"
        self._relay: Optional[Relay] = None

    def start(self, function: Callable[..., object], *args: object) -> ForkedCall:
        """Call ``function(*args)`` on the host, in a process of its own, whose children are on the host, too."""
        outcome = self._folder / f"outcome-{self._number}-{len(self._started)}"
        self._started.append(ForkedCall(outcome, self._moved(function), *args))
        return self._started[-1]

    def _moved(self, function: Callable[..., object]) -> Callable[..., object]:
        """Return the *function*, but it enters the host first."""
        namespace = self._namespace
        if namespace is None:
            return function

        def on_the_host(*args: object) -> object:
            assert namespace is not None
            namespace.enter()
            return function(*args)

        on_the_host.__qualname__ = getattr(function, "__qualname__", repr(function))
        return on_the_host

    def cut_off(self) -> None:
        """Take the host from the bridge: no packet comes to it or from it, and no process is told."""
        self._change_link("nomaster")

    def restore(self) -> None:
        """Undo `cut_off`."""
        self._change_link("master bridge")

    def _change_link(self, change: str) -> None:
        if self._switch is None:
            raise CannotMakeHosts("a host that is this machine has no link")
        self._switch.configure(f"link set {self._plug} {change}")

    def hold_back(self) -> None:
        """Let all packets for the host wait until `pass_on`, as on a slow link; what the host sends is not held."""
        self._relayed().order("hold")

    def pass_on(self) -> None:
        """Undo `hold_back`: the packets that have waited come to the host, in order."""
        self._relayed().order("pass")

    def lose_packets(self, every: int) -> int:
        """Lose each packet to the host, or from it, whose number from now on is a multiple of *every*.

        Returns:
            How many packets were lost before.
        """
        return self._relayed().order(f"lose {every}")

    def _relayed(self) -> Relay:
        """Return the relay of the host's link; the link gets one when it is asked for first."""
        if self._switch is None:
            raise CannotMakeHosts("a host that is this machine has no link")
        if self._relay is None:
            port, near, far = self._plug, f"near{self._number}", f"far{self._number}"
            self._switch.configure(
                f"link add {near} up type veth peer name {far}", f"link set {port} nomaster", f"link set {far} up"
            )
            self._plug = far
            ends = [self._switch.socket_of(partial(relaying_socket, name)) for name in (port, near)]
            self._relay = Relay(self._folder / f"relay-{self._number}", *ends)
            self.restore()
        return self._relay

    def set(self, name: str, value: object) -> None:
        """Set a parameter of the kernel for the host alone.

        Args:
            name: its name, such as ``net.ipv4.tcp_retries2``: see `tcp(7)
                <https://man7.org/linux/man-pages/man7/tcp.7.html>`_.
            value: its value.

        Raises:
            CannotMakeHosts: the kernel has no such parameter for each host.
        """
        if self._namespace is None:
            raise CannotMakeHosts("a host that is this machine has no parameters of its own")
        self._namespace.run("sh", "-c", f"echo {value} > /proc/sys/{name.replace('.', '/')}")

    def listen_in(self) -> Wire:
        """Return what comes to the host and leaves it from now on."""
        if self._switch is None:
            raise CannotMakeHosts("a host that is this machine has no link")
        return Wire(self._switch, f"port{self._number}")

    def kill_all(self) -> None:
        """Kill what was started on the host, as a power failure does, except for its children."""
        for forked_call in self._started:
            with suppress(ProcessLookupError):
                forked_call.kill()

    def close(self) -> None:
        """Kill what was started on the host, and let the host go."""
        self.kill_all()
        if self._relay is not None:
            self._relay.close()
        if self._namespace is not None:
            self._namespace.close()


class Wire:
    """The frames that pass through a port of the bridge.

    Args:
        switch: the namespace with the bridge.
        port: the name of the interface.
    """

    def __init__(self, switch: Namespace, port: str) -> None:
        self._socket = switch.socket_of(partial(packet_socket, port))

    def frames(self) -> list[bytes]:
        """Return the frames that have passed since the last call, or since the beginning."""
        return list(self._frames())

    def _frames(self) -> Iterator[bytes]:
        with suppress(BlockingIOError):
            while True:
                yield self._socket.recv(LARGEST, socket.MSG_DONTWAIT)

    def close(self) -> None:
        """Listen no more."""
        self._socket.close()

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class Network:
    """A context manager that makes hosts, and ends them.

    Args:
        folder: a folder for the outcomes of what runs on them.
        namespaces: whether the hosts are namespaces; if left out, they are where that is possible.
    """

    def __init__(self, folder: Path, namespaces: Optional[bool] = None) -> None:
        self._folder = folder
        self._namespaces = not why_no_hosts() if namespaces is None else namespaces
        self._open = ExitStack()

    def __call__(self, number: int) -> list[Host]:
        """Return that many new hosts, which reach each other; call it once.

        Raises:
            CannotMakeHosts: the kernel refuses them.
            ValueError: that are too many.
        """
        if not 0 < number <= MOST_HOSTS:
            raise ValueError(f"{number} hosts: it must be from 1 to {MOST_HOSTS}")
        if not self._namespaces:
            hosts = [Host(n, f"127.0.0.{n}", self._folder, None, None) for n in range(1, number + 1)]
        else:
            switch, *places = make_namespaces(1 + number)
            self._open.callback(switch.close)
            hosts = [Host(n, f"10.0.0.{n}", self._folder, place, switch) for n, place in enumerate(places, 1)]
        for host in hosts:
            self._open.callback(host.close)
        if self._namespaces:
            _join(switch, places, [host.address for host in hosts])
        return hosts

    def __enter__(self) -> Network:
        return self

    def __exit__(self, *exception: object) -> None:
        self._open.close()


def _join(switch: Namespace, places: Sequence[Namespace], addresses: Sequence[str]) -> None:
    """Join the namespaces *places* by a bridge in the *switch*, and give each its address."""
    cables = [
        f"link add port{number} master bridge up type veth peer name eth0 netns /proc/self/fd/{place.file}"
        for number, place in enumerate(places, 1)
    ]
    switch.configure("link add bridge up type bridge", *cables, files=[place.file for place in places])
    for place, address in zip(places, addresses):
        place.configure("link set lo up", f"address add {address}/24 dev eth0", "link set eth0 up")


@cache
def why_no_hosts() -> str:
    """Return why hosts cannot be namespaces here; empty if they can."""
    try:
        switch, place = make_namespaces(2)
    except CannotMakeHosts as error:
        return str(error)
    try:
        _join(switch, [place], ["10.0.0.1"])
    except CannotMakeHosts as error:
        return str(error)
    finally:
        switch.close()
        place.close()
    return ""
