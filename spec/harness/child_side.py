"""The side of checkpoints, recorders and workers that runs in children.

Under spawn and forkserver each child imports this module again.  So it imports only modules that a child of
multiprocessing has imported already.
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
    """Stop at a checkpoint until the claim lets this process continue, and return the claim's reply.

    Args:
        path: the path of the checkpoint's socket.
        notes: picklable objects for the claim.

    Raises:
        SystemExit: the checkpoint was closed, because the claim has ended.
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
    """Return the path of the file that exists if the checkpoint at *path* was opened for all."""
    return path + ".open"


def send(connection: socket.socket, message: object) -> None:
    """Send a picklable *message*."""
    data = pickle.dumps(message)
    connection.sendall(struct.pack("!Q", len(data)) + data)


def receive(connection: socket.socket) -> Any:
    """Receive one message.

    Raises:
        EOFError: the other side has closed the connection.
    """
    [size] = struct.unpack("!Q", _receive_bytes(connection, 8))
    return pickle.loads(_receive_bytes(connection, size))


def _receive_bytes(connection: socket.socket, size: int) -> bytearray:
    data = bytearray(size)
    missing = memoryview(data)
    while missing:
        count = connection.recv_into(missing)
        if not count:
            raise EOFError("the other side closed the connection")
        missing = missing[count:]
    return data


def record(path: str, name: str, value: object = None) -> None:
    """Append an event to a log.

    Args:
        path: the file; it is created if it does not exist.
        name: what happened.
        value: more about it; an object that `ast.literal_eval` can read back from its ``repr``.

    Raises:
        OSError: the event could not be written completely.
    """
    event = (name, value, os.getpid(), os.getppid(), time.monotonic_ns())
    line = repr(event).encode() + b"\n"
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        written = os.write(file, line)
        if written < len(line):
            raise OSError(f"{path}: only {written} of the {len(line)} bytes of event {name!r} were written")
    finally:
        os.close(file)


def kind_of(error: BaseException) -> str:
    """Return the names of the exception's class and of its bases, up to the first one that is part of Python.

    They are separated by commas, the class itself first.
    """
    kinds = type(error).__mro__
    python = next(kind for kind in kinds if kind.__module__ in ("builtins", "_queue", "queue"))
    return ", ".join(kind.__name__ for kind in kinds[: kinds.index(python) + 1])


def serve(orders: Callable[..., Any], objects: dict[str, Any]) -> None:
    """Carry out the calls that *orders* returns, until it returns None.  This is the payload of a worker.

    Args:
        orders: sends the outcome of the last call, if there was one, and returns the next call.
        objects: the objects and functions that can be called, by name.
    """
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
