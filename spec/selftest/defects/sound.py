"""Queues and a lock without a fault, for one to be put into."""

from __future__ import annotations

import multiprocessing
import multiprocessing.queues
import os
from typing import Any

queues: Any = multiprocessing.queues  # a fault may lie where its annotations do not reach
FORK = multiprocessing.get_context("fork")


class Queue(queues.Queue):
    """The standard library's queue, made without naming a context."""

    def __init__(self, maxsize=0, *, ctx=FORK):
        super().__init__(maxsize, ctx=ctx)

    def send(self, item):
        """Have the *item* sent, whether there is room for it or not."""
        with self._notempty:
            if self._thread is None:
                self._start_thread()
            self._buffer.append(item)
            self._notempty.notify()


class JoinableQueue(queues.JoinableQueue):
    """The standard library's joinable queue, made without naming a context."""

    def __init__(self, maxsize=0, *, ctx=FORK):
        super().__init__(maxsize, ctx=ctx)


class Lock:
    """A sound lock that is made of a condition and of the pid of its holder."""

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

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *exception):
        self.release()
