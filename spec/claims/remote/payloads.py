"""What servers and clients do on their hosts."""

from __future__ import annotations

import gc
import os
import queue
import signal
import socket
import struct
import threading
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from impl.contract import Connection, MakesProcesses, Pause

MESSAGE = "what the wire shows"


class TillIsShort(Exception):
    """More is to be taken from the till than is in it."""


class Till:
    """The money of an office."""

    def __init__(self) -> None:
        self._amount = 100

    def add(self, amount: int) -> int:
        """Add an *amount*, and return the amount in the till."""
        self._amount += amount
        return self._amount

    def take(self, amount: int) -> int:
        """Take an *amount*, and return the amount in the till.

        Raises:
            TillIsShort: there is not so much.
        """
        if amount > self._amount:
            raise TillIsShort(amount, self._amount)
        return self.add(-amount)

    def add_and_hang_up(self, amount: int, port: int) -> int:
        """Add an *amount*, and end all connections of this process at its *port*, so that nobody is told."""
        for name in os.listdir("/proc/self/fd"):
            with suppress(OSError), socket.socket(fileno=os.dup(int(name))) as end:
                if end.getpeername() and end.getsockname()[1] == port:
                    end.shutdown(socket.SHUT_RDWR)
        return self.add(amount)

    def empty(self) -> int:
        """Take all; no client may do that."""
        return self.take(self._amount)


def manager_of(base: Any, serving: bool = False) -> Any:
    """Return a class of managers of a till, a queue, a lock and a dict; those that serve have the objects."""
    made = {"till": Till(), "messages": queue.Queue(), "lock": threading.Lock(), "notes": {}} if serving else {}

    class _Branch(base):  # type: ignore[misc]
        pass

    for name in "till", "messages", "lock", "notes":
        exposed = ("add", "take", "add_and_hang_up") if name == "till" else None
        _Branch.register(name, callable=(lambda name=name: made[name]) if serving else None, exposed=exposed)
    return _Branch


def serve(base: Any, address: Any, key: bytes, serving: Pause, serializer: str = "pickle") -> None:
    """Serve one object of each kind in this process, and tell the address."""
    server = manager_of(base, serving=True)(address=address, authkey=key, serializer=serializer).get_server()
    serving(server.address)
    server.serve_forever()


def reach(base: Any, address: Any, key: bytes, name: str) -> Any:
    """Return a proxy for an object of the server."""
    manager = manager_of(base)(address=address, authkey=key)
    manager.connect()
    return getattr(manager, name)()


def call(base: Any, address: Any, key: bytes, request: str, *args: object) -> Any:
    """Call a method of an object of the server: a *request* is the name of the object, a dot, and its method."""
    name, _, method = request.partition(".")
    return getattr(reach(base, address, key, name), method)(*args)


def call_by_name(base: Any, address: Any, key: bytes, request: str, *args: object) -> Any:
    """Do the same, without a method of the proxy."""
    name, _, method = request.partition(".")
    return reach(base, address, key, name)._callmethod(method, args)


def put_and_get_as_xml(base: Any, address: Any, key: bytes, values: list[Any]) -> list[Any]:
    """Put each of the *values* into the queue, and return what comes out of it; all travel as XML."""
    manager = manager_of(base)(address=address, authkey=key, serializer="xmlrpclib")
    manager.connect()
    messages, seen = manager.messages(), []
    for value in values:
        messages.put(value)
        seen.append(messages.get())
    return seen


def acquire(base: Any, address: Any, key: bytes, connected: Pause) -> object:
    """Connect to the server, and acquire its lock."""
    lock = reach(base, address, key, "lock")
    connected()
    return lock.acquire()


_kept: list[Any] = []
"""The proxies of a process that may be cut off: to drop a proxy, it connects to the server, and waits for minutes."""


def call_after(base: Any, address: Any, key: bytes, pause: Pause, times: int = 1) -> list[Any]:
    """Use the till, pause, and use it again, so many times; return what each of these later calls led to."""
    till, seen = reach(base, address, key, "till"), []
    _kept.append(till)
    till.add(1)
    for _ in range(times):
        pause()
        try:
            seen.append(till.add(1))
        except (OSError, EOFError) as error:
            seen.append(type(error).__name__)
    return seen


def add_often(base: Any, address: Any, key: bytes, times: int, pause: Pause) -> list[Any]:
    """Use the till, pause, and add one to it so many times; return the answers."""
    till = reach(base, address, key, "till")
    _kept.append(till)
    till.add(0)
    pause()
    return [till.add(1) for _ in range(times)]


def read_twice(base: Any, address: Any, key: bytes, name: str, pause: Pause) -> tuple[Any, Any]:
    """Return what is in the dict under a *name*, before a pause and after it, by the same proxy."""
    notes = reach(base, address, key, "notes")
    before = notes.get(name)
    pause()
    return before, notes.get(name)


def drop_after(base: Any, address: Any, key: bytes, pause: Pause) -> str:
    """Use the till, pause, and drop the proxy, which is the only one."""
    till = reach(base, address, key, "till")
    till.add(0)
    pause()
    del till
    gc.collect()
    return "goes on"


def measure_after(base: Any, address: Any, key: bytes, name: str, pause: Pause) -> int:
    """Use the dict, pause, and return the length of what is in it under a *name*."""
    notes = reach(base, address, key, "notes")
    notes.get("nothing")
    pause()
    return len(notes.get(name))


def accept_one(listen: Any, address: Any, key: Any, told: Pause) -> Any:
    """Listen, tell the address, accept one client, and return its message."""
    with listen(address, authkey=key) as listener:
        told(listener.address)
        with listener.accept() as connection:
            return connection.recv()


def accept_all(listen: Any, address: Any, key: Any, told: Pause, clients: int) -> list[Any]:
    """Listen, tell the address, and return for each of the *clients* its message, or the kind of the exception."""
    seen: list[Any] = []
    with listen(address, authkey=key) as listener:
        told(listener.address)
        for _ in range(clients):
            try:
                with listener.accept() as connection:
                    seen.append(connection.recv())
            except Exception as error:
                seen.append(type(error))
    return [one if isinstance(one, str) else _kind(one) for one in seen]


def _kind(raised: type[BaseException]) -> str:
    return " ".join(kind.__name__ for kind in raised.__mro__)


def accept_until_one_answers(listen: Any, address: Any, key: bytes, told: Pause) -> Any:
    """Listen, tell the address, and return the first message of a client that knows the key."""
    with listen(address, authkey=key) as listener:
        told(listener.address)
        while True:
            try:
                with listener.accept() as connection:
                    return connection.recv()
            except (EOFError, OSError):
                continue


def accept_amid_signals(listen: Any, told: Pause, handling: Pause) -> Any:
    """Do the same as `accept_one`, while signals come whose handler pauses."""
    signal.signal(signal.SIGUSR1, lambda *_: handling())
    return accept_one(listen, None, None, told)


def send(connect: Any, address: Any, key: Any, message: object, **options: Any) -> tuple[Any, Any]:
    """Connect, send a *message*, and return this end's address, and the other's."""
    with connect(address, authkey=key, **options) as connection:
        connection.send(message)
        with socket.socket(fileno=os.dup(connection.fileno())) as end:
            return end.getsockname(), end.getpeername()


def receive(connect: Any, address: Any, key: Any) -> Any:
    """Connect, and return the first message."""
    with connect(address, authkey=key) as connection:
        return connection.recv()


HEADER = struct.Struct("!i")
"""What comes before the bytes of a message: their count."""

NONSENSE = {
    "noise": [b"GET / HTTP/1.1\r\n\r\n"],
    "a message that is no answer": [HEADER.pack(5) + b"hello"],
    "a negative count": [HEADER.pack(-2)],
    "a message of two gigabytes": [HEADER.pack(2**31 - 1), bytes(2**16)],
    "megabytes": [HEADER.pack(2**22), *[bytes(2**16)] * 2**6],
    "half a message": [HEADER.pack(100) + b"half"],
    "nothing": [],
}
"""What clients send that know nothing of the protocol, in parts, by a name."""


def send_nonsense(address: Any, what: str) -> None:
    """Connect, send *what* `NONSENSE` has, and hang up."""
    with socket.create_connection(address) as connection:
        try:
            for part in NONSENSE[what]:
                connection.sendall(part)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass
        except OSError:  # the server has hung up
            pass


def stay_silent(address: Any, connected: Pause, count: int = 1, what: bytes = b"") -> None:
    """Connect so many times, send *what* is too little, and stay connected at a pause."""
    connections = [socket.create_connection(address) for _ in range(count)]
    for connection in connections:
        connection.sendall(what)
    connected()


def flood(address: Any, clients: int, connected: Pause) -> None:
    """Connect as often as *clients* says, send `NONSENSE` of each kind in turn, and stay connected at a pause."""
    kinds = list(NONSENSE.values())
    connections = []
    for number in range(clients):
        connections.append(socket.create_connection(address))
        with suppress(OSError):  # the server has hung up
            for part in kinds[number % len(kinds)]:
                connections[-1].sendall(part)
    connected()


def answer_with(connection: Connection, pause: Pause) -> None:
    """Answer a message of the *connection* with it and this pid, and pause."""
    connection.send((connection.recv(), os.getpid()))
    pause()


def serve_in_a_child(
    make: MakesProcesses, listen: Any, address: Any, told: Pause, answering: Callable[..., object], pause: Pause
) -> Any:
    """Accept a client, and let a child answer it; return the pid of the child."""
    with listen(address) as listener:
        told(listener.address)
        with listener.accept() as connection:
            child = make(target=answering, args=(connection, pause))
            child.start()
    child.join()
    return child.pid


class Receiver:
    """Receives ends of pipes and sockets, and uses them.

    Args:
        end: what they come through.
    """

    def __init__(self, end: Connection) -> None:
        self._end = end
        self._received: Any = None

    def take(self) -> str:
        """Receive one, and return the name of its class."""
        self._received = self._end.recv()
        return type(self._received).__name__

    def accept(self) -> bytes:
        """Accept a client by the socket that was received, and return what the client sends."""
        with self._received, self._received.accept()[0] as connection:
            return bytes(connection.recv(100))

    def read(self) -> bytes:
        """Return what comes out of the socket that was received."""
        with self._received:
            return bytes(self._received.recv(100))

    def receive(self) -> Any:
        """Return the message that comes out of the end that was received."""
        with self._received:
            return self._received.recv()


def tell_who_comes(listen: Any, address: Any, clients: int, told: Pause, accepted: Pause) -> None:
    """Listen, tell the address, and tell of each of the *clients* where it comes from."""
    with listen(address) as listener:
        told(listener.address)
        for _ in range(clients):
            with listener.accept() as connection:
                connection.recv()
                accepted(listener.last_accepted)


def prove(connection: Connection, deliver: Any, answer: Any, key: bytes, other: bool) -> None:
    """Let both ends of a *connection* prove that they know the *key*; the one with *other* proves it first."""
    for step in (answer, deliver) if other else (deliver, answer):
        step(connection, key)


def ask(connect: Any, address: Any, message: object) -> Any:
    """Connect, send a *message*, and return the answer."""
    with connect(address) as connection:
        connection.send(message)
        return connection.recv()


def pretend(listen: Any, address: Any, told: Pause) -> None:
    """Accept a client, say that its answer is right, and answer its own challenge with nonsense."""
    with listen(address) as listener:
        told(listener.address)
        with listener.accept() as connection:
            connection.send_bytes(b"#CHALLENGE#{sha256}" + bytes(range(40)))
            connection.recv_bytes()
            connection.send_bytes(b"#WELCOME#")
            connection.recv_bytes()
            connection.send_bytes(b"{sha256}" + bytes(32))
            connection.recv_bytes()
