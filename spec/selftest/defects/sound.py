"""APIs, processes, queues and locks without a fault, for subclasses with one."""

from __future__ import annotations

import multiprocessing
import multiprocessing.queues
import os
import queue as queue_errors
from typing import Any

from spec.selftest.defects.declaration import Broken

queues: Any = multiprocessing.queues  # faults are made in parts that have no annotations
FORK_CONTEXT = multiprocessing.get_context("fork")
ForkProcess: Any = FORK_CONTEXT.Process
SpawnProcess: Any = multiprocessing.get_context("spawn").Process
ForkServerProcess: Any = multiprocessing.get_context("forkserver").Process


class Queue(queues.Queue):
    """The queue of the standard library, with a default context."""

    def __init__(self, maxsize=0, *, ctx=FORK_CONTEXT):
        super().__init__(maxsize, ctx=ctx)

    def send(self, item):
        """Send the *item*, whether there is room for it or not."""
        with self._notempty:
            if self._thread is None:
                self._start_thread()
            self._buffer.append(item)
            self._notempty.notify()


class JoinableQueue(queues.JoinableQueue):
    """The joinable queue of the standard library, with a default context."""

    def __init__(self, maxsize=0, *, ctx=FORK_CONTEXT):
        super().__init__(maxsize, ctx=ctx)


class Entered:
    """An object that a ``with`` statement acquires, and releases at its end."""

    acquire: Any
    release: Any

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *exception):
        self.release()


class Wrapped(Entered):
    """A lock around the standard library's."""

    Inner: Any = staticmethod(FORK_CONTEXT.Lock)

    def __init__(self):
        self.inner = self.Inner()

    def acquire(self, block=True, timeout=None):
        if not block or timeout is not None:
            return self.inner.acquire(block, timeout)
        return self.wait()

    def wait(self):
        return self.inner.acquire()

    def release(self):
        self.inner.release()


class Lock(Entered):
    """A sound lock, made of a condition and the pid of its holder."""

    method = "fork"

    def __init__(self):
        context = multiprocessing.get_context(self.method)
        self.changed, self.holder = context.Condition(), context.RawValue("L", 0)

    @property
    def free(self):
        return not self.holder.value

    def acquire(self, block=True, timeout=None):
        with self.changed:
            if not self.changed.wait_for(lambda: self.free, timeout if block else 0):
                return False
            self.holder.value = os.getpid()
            return True

    def release(self):
        with self.changed:
            if self.free:
                raise ValueError("semaphore or lock released too many times")
            self.holder.value = 0
            self.wake()

    def wake(self):
        self.changed.notify()


class TimeIsUp(Exception):
    """What was waited for has not happened in the time that an attempt was given."""


class OwnProcess(ForkProcess):
    """A process of an API that waits in a way of its own.

    Attributes:
        api: the API.
    """

    api: Any

    def join(self, timeout=None):
        if timeout is None:
            self.api.wait("join", self.try_to_join)
        else:
            super().join(timeout)

    def try_to_join(self, seconds):
        super().join(seconds)
        if self.exitcode is None:
            raise TimeIsUp


class OwnWaits(Broken):
    """A multiprocessing API that waits by `wait` in all calls that have no limit; a subclass overrides it."""

    def __init__(self):
        super().__init__()
        self.Process = type("Process", (OwnProcess,), {"api": self})

    def wait(self, call, attempt):
        """Wait in *call*, such as "join", and return the result of *attempt*.

        An attempt takes the seconds that it may last, or None, and raises `TimeIsUp` if they did not suffice.
        """
        return attempt(None)

    def Lock(self):
        return self.with_own_acquire("acquire", self.context.Lock())

    def RLock(self):
        return self.with_own_acquire("rlock-acquire", self.context.RLock())

    def with_own_acquire(self, call, lock):
        original = lock.acquire

        def attempt(seconds):
            if not original(True, seconds):
                raise TimeIsUp
            return True

        def acquire(block=True, timeout=None):
            if block and timeout is None:
                return self.wait(call, attempt)
            return original(block, timeout)

        lock.acquire = acquire
        return lock

    def Queue(self, maxsize=0):
        return self.with_own_put_and_get(self.context.Queue(maxsize))

    def JoinableQueue(self, maxsize=0):
        queue = self.with_own_put_and_get(self.context.JoinableQueue(maxsize))

        def attempt(seconds):
            with queue._cond:
                if not queue._unfinished_tasks._semlock._is_zero() and not queue._cond.wait(seconds):
                    raise TimeIsUp

        queue.join = lambda: self.wait("queue-join", attempt)
        return queue

    def with_own_put_and_get(self, queue):
        original_put, original_get = queue.put, queue.get

        def put(item, block=True, timeout=None):
            def attempt(seconds):
                try:
                    original_put(item, True, seconds)
                except queue_errors.Full:
                    raise TimeIsUp from None

            if block and timeout is None:
                return self.wait("put", attempt)
            return original_put(item, block, timeout)

        def get(block=True, timeout=None):
            def attempt(seconds):
                try:
                    return original_get(True, seconds)
                except queue_errors.Empty:
                    raise TimeIsUp from None

            if block and timeout is None:
                return self.wait("get", attempt)
            return original_get(block, timeout)

        queue.put, queue.get = put, get
        return queue

    def Pipe(self, duplex=True):
        return tuple(self.with_own_poll(self.with_own_recv("recv", end)) for end in self.context.Pipe(duplex))

    def with_own_recv(self, call, end):
        kind = type(end)

        def attempt(seconds):
            if seconds is not None and not kind.poll(end, seconds):
                raise TimeIsUp
            return kind.recv(end)

        end.recv = lambda: self.wait(call, attempt)
        return end

    def with_own_poll(self, end):
        kind = type(end)

        def attempt(seconds):
            if not kind.poll(end, seconds):
                raise TimeIsUp
            return True

        end.poll = lambda timeout=0.0: self.wait("poll", attempt) if timeout is None else kind.poll(end, timeout)
        return end

    def Manager(self):
        manager: Any = self.context.Manager()
        make_dict = manager.dict
        manager.dict = lambda *args, **named: self.with_own_answers(make_dict(*args, **named))
        return manager

    def with_own_answers(self, proxy):
        original = proxy._callmethod

        def call(*args, **named):
            if not hasattr(proxy._tls, "connection"):
                proxy._connect()
            self.with_own_recv("call", proxy._tls.connection)
            return original(*args, **named)

        proxy._callmethod = call
        return proxy
