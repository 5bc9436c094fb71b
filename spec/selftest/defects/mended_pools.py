"""A pool whose getters are told of each task that is lost, whatever becomes of workers, results and callbacks.

Each worker has a pipe of its own, so a worker that dies holds no lock that others need, and the pool knows which task
is lost with it.  Only so much is here as the claims need that the standard library does not meet.
"""

from __future__ import annotations

import os
import pickle
import threading
from collections import deque
from contextlib import suppress
from multiprocessing import connection

from spec.selftest.defects.declaration import Broken
from spec.selftest.defects.own_processes import ForkProcess


class Lost(Exception):
    """Raised for a task that never ends."""


class Result:
    """The result of a task.

    Args:
        task: the function and its arguments.
        callback: called with the result.
    """

    def __init__(self, task, callback=None):
        self.task = task
        self._callback = callback
        self._event = threading.Event()

    def settle(self, succeeded, value):
        """Set the result, or the exception if it has not *succeeded*, unless one is set."""
        if not self._event.is_set():
            self._succeeded, self._value = succeeded, value
            self.call_back()
            self._event.set()

    def call_back(self):
        """Call the callback, before a call that waits for the result returns."""
        if self._succeeded and self._callback:
            try:
                self._callback(self._value)
            except Exception as error:
                self._succeeded, self._value = False, error

    def wait(self, timeout=None):
        self._event.wait(timeout)

    def get(self, timeout=None):
        self.wait(timeout)
        if not self._succeeded:
            raise self._value
        return self._value


def pickled(succeeded, value):
    """Return the pickle of an outcome, or that of the exception which pickling it raises."""
    try:
        return pickle.dumps((succeeded, value))
    except Exception as error:
        return pickle.dumps((False, Lost(repr(error))))


def work(tasks, others, initializer, initargs):
    """Carry out what comes through *tasks*, until the other end is closed; this runs in a worker."""
    for other in others:
        other.close()  # or the other workers would not notice that the pool's process has ended
    try:
        if initializer is not None:
            initializer(*initargs)
    except BaseException as error:
        tasks.send_bytes(pickle.dumps((None, Lost(f"the initializer failed: {error!r}"))))
        return
    with suppress(EOFError, OSError):
        while True:
            data = tasks.recv_bytes()
            outcome: tuple[bool, object]
            try:
                function, args, kwds = pickle.loads(data)
                outcome = True, function(*args, **kwds)
            except Exception as error:
                outcome = False, error
            except BaseException as error:
                outcome = False, Lost(repr(error))
            tasks.send_bytes(pickled(*outcome))


class ToldPool:
    """A pool of *processes* workers."""

    def __init__(self, processes, initializer=None, initargs=()):
        self._maker, self._begin = os.getpid(), (initializer, initargs)
        self._queue: deque[Result] = deque()
        self._broken, self._ended = None, False
        self._workers = {}
        self._bell, self._ringer = connection.Pipe(False)
        for _ in range(processes):
            self._hire()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _hire(self):
        here, there = connection.Pipe()
        worker = ForkProcess(
            target=work, args=(there, [here, self._ringer, *self._workers], *self._begin), daemon=True
        )
        worker.start()
        there.close()
        self._workers[here] = [worker, None]

    def _serve(self):
        while not self._ended:
            if self._broken:  # a task may have been given while the pool was about to break
                self._lose_all(self._broken)
            for tasks, place in list(self._workers.items()):
                if self._queue and place[1] is None:
                    self._give(tasks, place)
            for ready in connection.wait([self._bell, *self._workers]):
                if ready is self._bell:
                    self._bell.recv_bytes()
                else:
                    self._listen(ready)
        for worker, result in self._workers.values():
            worker.kill()
            worker.join()
            self._queue.extend([result] if result else [])
        self._lose_all(Lost("the pool was terminated"))

    def _give(self, tasks, place):
        result = self._queue.popleft()
        try:
            data = pickle.dumps(result.task)
        except Exception as error:
            result.settle(False, error)
            return
        place[1] = result
        with suppress(OSError):  # the worker has died, which `_listen` notices
            tasks.send_bytes(data)

    def _listen(self, tasks):
        worker, result = self._workers[tasks]
        try:
            data = tasks.recv_bytes()
        except (EOFError, OSError):
            del self._workers[tasks]
            worker.join()
            if result:
                result.settle(False, Lost("its worker died"))
            if not self._broken:
                self._hire()
            return
        try:
            succeeded, value = pickle.loads(data)
        except Exception as error:
            succeeded, value = False, error
        if succeeded is None:
            self._broken = value
            self._lose_all(value)
            succeeded = False
        self._workers[tasks][1] = None
        if result:
            result.settle(succeeded, value)

    def _lose_all(self, error):
        while self._queue:
            self._queue.popleft().settle(False, error)

    def apply_async(self, function, args=(), kwds=None, callback=None):
        if os.getpid() != self._maker:
            raise RuntimeError("a pool is for the process that has made it")
        if self._broken or self._ended:
            raise self._broken or ValueError("the pool has ended")
        result = Result((function, args, kwds or {}), callback)
        self._queue.append(result)
        self._ringer.send_bytes(b"")
        return result

    def apply(self, function, args=(), kwds=None):
        return self.apply_async(function, args, kwds).get()

    def map(self, function, items, _chunksize=None):
        return [result.get() for result in [self.apply_async(function, (item,)) for item in items]]

    def map_async(self, function, items):
        return self.apply_async(list, (map(function, items),))

    def terminate(self):
        self._ended = True
        self._ringer.send_bytes(b"")
        self._thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.terminate()


class Pools(Broken):
    """A multiprocessing API with such pools."""

    Process = ForkProcess

    def Pool(self, processes, initializer=None, initargs=()):
        return ToldPool(processes, initializer, initargs)
