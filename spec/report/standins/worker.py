"""In place of `spec.harness.worker`: a child that makes calls, one at a time."""

from __future__ import annotations

import os
import pickle
import select
import signal
import socket
import struct
import time
from contextlib import suppress
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

from impl.contract import Multiprocessing
from spec.harness.child_side import kind_of
from spec.harness.process_table import ALIVE
from spec.report.standins.checkpoint import Checkpoint
from spec.report.standins.process_table import is_blocked, state, until_exited, until_still
from spec.report.standins.running import closing


class CallFailed(Exception):
    """The call of a worker raised an exception.  The message is the kind and the message of that."""

    @property
    def kind(self) -> str:
        """The names of the exception's class and its bases."""
        return str(self).partition(":")[0]


def serve(path: str, objects: SimpleNamespace) -> None:
    """Be a worker: make the calls that the claim orders through the socket at *path*, one after the other."""
    with suppress(EOFError), socket.socket(socket.AF_UNIX) as connection:  # until the claim has ended
        connection.connect(path)
        orders = connection.makefile("rb")
        while True:
            name, args, named = pickle.load(orders)
            try:
                outcome = "returned", attrgetter(name)(objects)(*args, **named)
            except (Exception, KeyboardInterrupt) as error:
                outcome = "raised", f"{kind_of(error)}: {error}"
            connection.sendall(pickle.dumps(outcome))


class Worker:
    """A child process that calls the functions, and methods of the objects, that it was given."""

    def __init__(self, mp: Multiprocessing, /, **objects: object) -> None:
        path = os.path.abspath(f"worker-{time.monotonic_ns()}")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen()
            self._process = mp.Process(target=serve, args=(path, SimpleNamespace(**objects)))
            self._process.start()
            self._connection = listener.accept()[0]
        self._answers = self._connection.makefile("rb")
        self.pid: int = struct.unpack("3i", self._connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
        if self.pid == os.getpid():
            raise AssertionError(f"the process that a child runs in: expected another, seen {self.pid}")
        closing.callback(self.kill)

    def begin(self, name: str, /, *args: object, **named: object) -> None:
        """Order a call, and do not wait until it has ended."""
        self._connection.sendall(pickle.dumps((name, args, named)))

    def result(self) -> Any:
        """Wait until the call in progress has ended, and return its value."""
        how, what = pickle.load(self._answers)
        if how == "raised":
            raise CallFailed(what)
        return what

    def call(self, name: str, /, *args: object, **named: object) -> Any:
        """Order a call, wait until it has ended, and return its value."""
        self.begin(name, *args, **named)
        return self.result()

    @property
    def done(self) -> bool:
        """Whether the call in progress has ended."""
        return bool(select.select([self._connection], [], [], 0)[0])

    def wait(self, seconds: float, checkpoint: Checkpoint) -> None:
        """Wait at most *seconds* until the call in progress has ended, or a payload arrives at the *checkpoint*."""
        select.select([self._connection.fileno(), checkpoint.fileno()], [], [], seconds)

    def blocks(self) -> bool:
        """Wait until the call in progress is blocked in the kernel or has ended; return whether it is blocked."""
        while not is_blocked(self.pid) and not self.done:
            if state(self.pid) != ALIVE:
                raise AssertionError(f"a worker with a call in progress: expected alive, seen {state(self.pid)}")
        return not self.done

    def is_stuck(self) -> bool:
        """Wait until no process goes on, and return whether the call in progress is blocked then."""
        until_still()
        return self.blocks()

    def kill(self) -> None:
        """Kill the worker, and wait until it has exited.  It is not joined."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        until_exited(self.pid)
