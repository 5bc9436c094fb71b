"""A multiprocessing API with the locks, semaphores, events and queues of a Dask scheduler.

``--mp dask_lessons.objects`` verifies it.

Its processes are those of `multiprocessing` under the start method forkserver, and each is a client of one scheduler.
An object has a name, by which the scheduler knows it, so a copy of it in another process is the same lock.  The
scheduler is started in the process that makes the first object, and ends with it.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pickle
import threading
import uuid
from functools import cache
from queue import Empty, Full
from typing import Any, Optional

import distributed

from dask_lessons.crew import cluster

_forkserver = multiprocessing.get_context("forkserver")
_forkserver.set_forkserver_preload(["distributed"])
Process = _forkserver.Process
get_start_method = _forkserver.get_start_method

__version__ = distributed.__version__

_MOMENT = 0.05
"""The seconds that a queue waits when it is asked not to wait: within no time at all Dask does not look into it."""

_MAKING = threading.RLock()
"""Held by the thread that makes the client of this process, or an object with it; its signal handlers may, too."""


def _seconds(timeout: Optional[float]) -> Optional[float]:
    """Return a *timeout* that Dask accepts: it takes no negative number."""
    return None if timeout is None else max(timeout, 0)


@cache
def _scheduler(_pid: int) -> distributed.LocalCluster:
    """Return the cluster, without workers, whose scheduler has the objects that the process with this pid makes."""
    return cluster(0)


@cache
def _client(address: str, _pid: int) -> distributed.Client:
    """Return the client with which the process with this pid calls the scheduler at this address.

    A fork has to have its own: the thread that serves a client is not in the fork.
    """
    return distributed.Client(address, set_as_default=False)


def _arrive(kind: type[_Named], *arguments: Any) -> _Named:
    """Return the object that was sent to this process, which is a client of its scheduler from now on.

    A worker of Dask receives tasks in its event loop, where it cannot wait.  It connects at the first use.
    """
    arrived = kind(*arguments)
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        arrived.connect()
    return arrived


class _Named:
    """An object of a scheduler.

    Args:
        address: that of the scheduler.
        name: the name by which the scheduler knows the object.
    """

    def __init__(self, address: Optional[str] = None, name: Optional[str] = None) -> None:
        self._address: str = address or _scheduler(os.getpid()).scheduler_address
        self._name = name or uuid.uuid4().hex
        self._made: dict[int, Any] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return _arrive, (type(self), self._address, self._name)

    def connect(self) -> Any:
        """Return the object of `distributed`, of which each process makes one with this name, for all its threads."""
        pid = os.getpid()
        with _MAKING:
            if pid not in self._made:
                self._made[pid] = self._make(_client(self._address, pid))
            return self._made[pid]

    def _make(self, client: distributed.Client) -> Any:
        raise NotImplementedError


class Semaphore(_Named):
    """A `distributed.Semaphore`.  Its number of leases is fixed: to release it more often is an error.

    Args:
        value: how many it admits.
    """

    def __init__(self, value: int = 1, address: Optional[str] = None, name: Optional[str] = None) -> None:
        super().__init__(address, name)
        self._value = value

    def __reduce__(self) -> tuple[Any, ...]:
        return _arrive, (type(self), self._value, self._address, self._name)

    def _make(self, client: distributed.Client) -> Any:
        return distributed.Semaphore(self._value, self._name, scheduler_rpc=client.scheduler, loop=client.loop)

    def acquire(self, block: bool = True, timeout: Optional[float] = None) -> bool:
        """Acquire it, and return whether that succeeded; a *timeout* of zero or less does not wait."""
        return bool(self.connect().acquire(timeout=_seconds(timeout) if block else 0))

    def release(self) -> None:
        """Release it.

        Raises:
            RuntimeError: this process has not acquired it.
        """
        self.connect().release()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *exception: object) -> None:
        self.release()


class Lock(Semaphore):
    """A `distributed.Lock`, which is a semaphore that admits one."""

    def _make(self, client: distributed.Client) -> Any:
        return distributed.Lock(self._name, scheduler_rpc=client.scheduler, loop=client.loop)


class Event(_Named):
    """A `distributed.Event`."""

    def _make(self, client: distributed.Client) -> Any:
        return distributed.Event(self._name, client)

    def is_set(self) -> bool:
        """Return whether the flag is set."""
        return bool(self.connect().is_set())

    def set(self) -> None:
        """Set the flag."""
        self.connect().set()

    def clear(self) -> None:
        """Clear the flag."""
        self.connect().clear()

    def wait(self, timeout: Optional[float] = None) -> bool:
        """Wait until the flag is set, for at most *timeout* seconds, and return whether it is."""
        return bool(self.connect().wait(_seconds(timeout)))


class Queue(_Named):
    """A `distributed.Queue`.  Its items are pickled, because the scheduler passes on plain data only.

    Args:
        maxsize: how many items it holds; zero or less for no bound.
    """

    def __init__(self, maxsize: int = 0, address: Optional[str] = None, name: Optional[str] = None) -> None:
        super().__init__(address, name)
        self._maxsize = max(maxsize, 0)

    def __reduce__(self) -> tuple[Any, ...]:
        return _arrive, (type(self), self._maxsize, self._address, self._name)

    def _make(self, client: distributed.Client) -> Any:
        return distributed.Queue(self._name, client, self._maxsize)

    def put(self, item: object, block: bool = True, timeout: Optional[float] = None) -> None:
        """Put an *item*; wait for room, for at most *timeout* seconds, unless *block* is false.

        Raises:
            Full: there was no room.
        """
        try:
            self.connect().put(pickle.dumps(item), timeout=_patience(block, timeout))
        except asyncio.TimeoutError:
            raise Full from None

    def get(self, block: bool = True, timeout: Optional[float] = None) -> Any:
        """Return an item; wait for it, for at most *timeout* seconds, unless *block* is false.

        Raises:
            Empty: there was no item.
        """
        try:
            return pickle.loads(self.connect().get(timeout=_patience(block, timeout)))
        except asyncio.TimeoutError:
            raise Empty from None

    def put_nowait(self, item: object) -> None:
        """Put an *item* if there is room; see `put`."""
        self.put(item, block=False)

    def get_nowait(self) -> Any:
        """Return an item if there is one; see `get`."""
        return self.get(block=False)

    def qsize(self) -> int:
        """Return how many items there are."""
        return int(self.connect().qsize())

    def empty(self) -> bool:
        """Return whether there is no item."""
        return self.qsize() == 0

    def full(self) -> bool:
        """Return whether there is no room."""
        return 0 < self._maxsize <= self.qsize()


def _patience(block: bool, timeout: Optional[float]) -> Optional[float]:
    """Return the seconds that a queue waits; None for no limit."""
    if block and timeout is None:
        return None
    return max(_MOMENT, timeout or 0) if block else _MOMENT
