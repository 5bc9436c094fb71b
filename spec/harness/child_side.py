"""What payloads need of checkpoints, recorders and workers: the side of the harness that is imported in children.

It imports only what a child of multiprocessing has imported already, for under spawn and forkserver each child
imports it anew.
"""

from __future__ import annotations

import os
import pickle
import socket
import struct
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


def pause(path: str, *notes: object) -> Any:
    """Stop at the checkpoint at *path*, with *notes* for the claim, until let go; return the reply.

    Raises:
        SystemExit: the claim has ended, so that nobody will ever let go.
    """
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(path)
            send(connection, notes)
            return receive(connection)
    except (OSError, EOFError):
        if os.path.exists(opened(path)):
            return None
        raise SystemExit(1) from None


def opened(path: str) -> str:
    """Return the path of the mark of a checkpoint that lets everybody pass."""
    return path + ".open"


def send(connection: socket.socket, message: object) -> None:
    """Send a *message* that can be pickled."""
    data = pickle.dumps(message)
    connection.sendall(struct.pack("!Q", len(data)) + data)


def receive(connection: socket.socket) -> Any:
    """Receive one message.

    Raises:
        EOFError: the other side has hung up.
    """
    [size] = struct.unpack("!Q", _receive_bytes(connection, 8))
    return pickle.loads(_receive_bytes(connection, size))


def _receive_bytes(connection: socket.socket, size: int) -> bytearray:
    data = bytearray(size)
    missing = memoryview(data)
    while missing:
        count = connection.recv_into(missing)
        if not count:
            raise EOFError("the other side hung up")
        missing = missing[count:]
    return data


def record(path: str, name: str, value: object = None) -> None:
    """Append to the log at *path* that *name* happened, with a *value* that can be written as a literal.

    Raises:
        OSError: the event could not be written as a whole.
    """
    event = (name, value, os.getpid(), os.getppid(), time.monotonic_ns())
    line = repr(event).encode() + b"\n"
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        written = os.write(file, line)
        if written < len(line):
            raise OSError(f"{path}: of event {name!r} only {written} of {len(line)} bytes were written")
    finally:
        os.close(file)


def kind_of(error: BaseException) -> str:
    """Return the name of the exception's class, and of those that it stands for, up to one that Python knows."""
    names = []
    for kind in type(error).__mro__:
        names.append(kind.__name__)
        if kind.__module__ in ("builtins", "_queue", "queue"):
            break
    return ", ".join(names)


def serve(orders: Callable[..., Any], objects: dict[str, Any]) -> None:
    """Carry out the calls that *orders* returns, until it returns None: the payload of a worker."""
    order = orders()
    while order is not None:
        name, args, named = order
        owner, _, method = name.partition(".")
        try:
            function = getattr(objects[owner], method) if method else objects[owner]
            outcome: tuple[object, ...] = ("returned", function(*args, **named))
        except (Exception, KeyboardInterrupt) as error:
            outcome = ("raised", kind_of(error), str(error))
        order = orders(outcome)
