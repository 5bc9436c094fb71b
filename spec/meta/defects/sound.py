"""Queues without a fault, for one to be put into."""

from __future__ import annotations

import multiprocessing
import multiprocessing.queues
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
