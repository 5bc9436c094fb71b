"""An executor without a fault, made from scratch, for subclasses with one.

Each worker has a connection of its own, and a thread in the caller's process that attends to it: the thread takes the
next task, sends it, and waits for the outcome.  So a task runs as soon as a thread has taken it, whatever cannot be
sent or received concerns one task only, and a worker ends when its connection does.
"""

from __future__ import annotations

import os
import pickle
import threading
import traceback
import weakref
from collections import deque
from concurrent import futures
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import islice
from multiprocessing.reduction import ForkingPickler
from typing import Any

from spec.selftest.defects.declaration import Broken
from spec.selftest.defects.own_processes import ForkProcess, SpawnProcess


class FromTheWorker(Exception):
    """The cause of an exception that a task has raised; its text is the traceback."""


class CannotBeReceived(Exception):
    """Stands for an exception of a task that cannot be unpickled, or that cannot be pickled."""


class OwnFuture(futures.Future):
    """A future that raises also an exception that is false, as that of the standard library does since 3.13.4.

    A callback that calls `sys.exit` does not end the thread that calls it.
    """

    _done_callbacks: list[Any]

    def _invoke_callbacks(self):
        for callback in self._done_callbacks:
            try:
                callback(self)
            except BaseException:
                traceback.print_exc()

    def result(self, timeout=None):
        error = self.exception(timeout)
        if error is None:
            return super().result(timeout)
        try:
            raise error
        finally:
            del self, error  # or the traceback would refer to this frame, and the frame to the exception


def serve(connection, inherited, initializer, initargs, limit):
    """Be a worker: carry out the tasks that come over *connection*, at most *limit* of them.

    Args:
        connection: this end of the connection.
        inherited: the other ends of connections, of which a forked worker has copies.
        initializer: called first, with *initargs*, unless it is None.
        initargs: see above.
        limit: None for no limit.
    """
    for end in inherited:
        end.close()
    if initializer is not None:
        initializer(*initargs)
    while limit is None or limit > 0:
        try:
            task = connection.recv_bytes()
        except EOFError:
            return
        kept: list[object] = []
        connection.send_bytes(outcome_of(task, kept))
        kept.clear()  # now, as the worker may die when it drops an argument
        limit = limit and limit - 1


def outcome_of(task, kept):
    """Carry out a pickled *task*, and return its pickled outcome: whether it returned, a pickle, and a traceback.

    Args:
        task: the function and the arguments.
        kept: a list to which they are appended.
    """
    try:
        kept.append(pickle.loads(task))
        [(function, args, named)] = kept
        return pickle.dumps((True, dumps(function(*args, **named)), ""))
    except BaseException as error:
        told = traceback.format_exc()
        try:
            return pickle.dumps((False, dumps(error), told))
        except Exception:
            return pickle.dumps((False, dumps(CannotBeReceived(repr(type(error)))), told))


def dumps(thing):
    """Return a pickle of *thing*, as a child of multiprocessing can load it."""
    return bytes(ForkingPickler.dumps(thing))


runners: Any = weakref.WeakSet()
"""All that may have tasks when the program ends."""


def close_all():
    """Let no runner take more tasks, at the end of the program; what was submitted is done before the end."""
    for runner in [*runners]:
        if runner.maker == os.getpid():  # the lock of a copy in a fork may be held for ever
            runner.close()


threading._register_atexit(close_all)  # type: ignore[attr-defined]  # before the threads are joined


class OwnTaskRunner:
    """The tasks of an executor, its workers, and the threads that attend to them.

    It does not refer to the executor, so that an executor can be dropped while there are tasks.

    Attributes:
        Future: the class of futures.
        exit_code: that of the worker that has died last.
        forks: whether the workers are forked.
        at_once: whether all are started at the first task.  Forked ones are, because threads run later.
    """

    Future: Any = OwnFuture

    def __init__(self, count, context, initializer, initargs, limit):
        self.count, self.context, self.maker = count, context, os.getpid()
        self.worker_args = (initializer, initargs, limit)
        self.limit = limit
        self.row: Any = deque()
        self.changed = threading.Condition(threading.Lock())
        self.closed = self.broken = False
        self.idle, self.exit_code = 0, None
        self.behind: dict[Any, Any] = {}
        self.ends: list[Any] = []
        self.processes: list[Any] = []
        self.threads: list[threading.Thread] = []
        self.forks = self.at_once = context.get_start_method() == "fork"
        runners.add(self)

    def submit(self, function, args, named):
        """Put a task at the end of the row, start a worker if it needs one, and return the future."""
        with self.changed:
            if self.broken:
                raise BrokenProcessPool("a worker has died")
            if self.closed:
                raise RuntimeError("the executor was shut down")
            future = self.Future()
            self.row.append((future, (function, args, named)))
            missing = self.count - len(self.threads)
            if self.at_once:
                started = [self.start() for _ in range(missing)]
            else:
                started = [self.start()] if missing and self.idle < len(self.row) else []
            for process, connection in started:
                self.threads.append(threading.Thread(target=self.attend, args=(process, connection)))
                self.threads[-1].start()
            self.idle += len(started)
            self.changed.notify_all()
        return future

    def start(self):
        """Start a worker, and return the process and this end of its connection."""
        here, there = self.context.Pipe()
        process = self.process(here, there)
        process.start()
        there.close()
        self.ends.append(here)
        self.behind[here] = process
        self.processes.append(process)
        return process, here

    def process(self, here, there):
        """Return the process of a worker, whose end of the connection is *there*; this end is *here*."""
        inherited = [*self.ends, here] if self.forks else []
        return self.context.Process(target=serve, args=(there, inherited, *self.worker_args))

    def attend(self, process, connection):
        """Be a thread that gives tasks to a worker until there are none and none will come."""
        left = self.limit
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.row or self.closed or self.broken)
                if not self.row:
                    break
                future, task = self.next()
                self.idle -= 1
            if future.set_running_or_notify_cancel():
                if left == 0:
                    self.end(process, connection)
                    process, connection = self.start()
                    left = self.limit
                if self.carry_out(future, task, connection):
                    left = left and left - 1
            del future, task
            with self.changed:
                self.idle += 1
        self.end(process, connection)

    def next(self):
        """Take a task from the row."""
        return self.row.popleft()

    def carry_out(self, future, task, connection):
        """Send a *task* to the worker, pass the outcome on, and return whether it was sent."""
        try:
            data = dumps(task)
        except BaseException as error:
            self.refused(future, error)
            return False
        try:
            connection.send_bytes(data)
            outcome = connection.recv_bytes()
        except (OSError, EOFError):
            self.behind[connection].join()
            self.exit_code = self.behind[connection].exitcode
            self.lost(future)
        else:
            self.deliver(future, outcome)
        return True

    def refused(self, future, error):
        """Pass on that a task cannot be sent."""
        future.set_exception(error)

    def deliver(self, future, outcome):
        """Pass an *outcome* on."""
        returned, data, told = pickle.loads(outcome)
        try:
            value = pickle.loads(data)
        except BaseException as error:
            value, returned = CannotBeReceived(repr(error)), False
        if returned:
            future.set_result(value)
        else:
            value.__cause__ = FromTheWorker(told)
            future.set_exception(value)

    def lost(self, future):
        """Break down: a worker has died in the task of *future*."""
        with self.changed:
            self.broken = True
            row, self.row = [*self.row], deque()
            self.changed.notify_all()
        self.kill()
        for one in [future, *(one for one, _ in row if not one.cancelled())]:
            one.set_exception(BrokenProcessPool(f"a worker has died, with exit code {self.exit_code}"))

    def kill(self):
        """Kill all workers."""
        with self.changed:  # threads whose workers have ended take these out meanwhile
            processes = [*self.processes]
        for process in processes:
            process.kill()

    def end(self, process, connection):
        """Wait until a worker has ended that gets no more tasks."""
        connection.close()
        with self.changed:
            self.ends.remove(connection)
            del self.behind[connection]
            self.processes.remove(process)
        process.join()

    def close(self, cancel=False):
        """Take no more tasks, and if *cancel* is true, cancel those in the row."""
        with self.changed:
            self.closed = True
            row = [*self.row] if cancel else []
            if cancel:
                self.row.clear()
            self.changed.notify_all()
        for future, _ in row:
            if future.cancel():
                future.set_running_or_notify_cancel()

    def join(self):
        """Wait until all threads have ended."""
        for thread in self.threads:
            thread.join()


class OwnExecutor(futures.Executor):
    """An executor without a fault.

    Attributes:
        TaskRunner: the class that does the work.
    """

    TaskRunner = OwnTaskRunner

    def __init__(self, max_workers=None, mp_context=None, initializer=None, initargs=(), *, max_tasks_per_child=None):
        count = (os.cpu_count() or 1) if max_workers is None else max_workers
        if count < 1:
            raise ValueError("there must be a worker")
        if initializer is not None and not callable(initializer):
            raise TypeError("an initializer must be callable")
        if max_tasks_per_child is not None and mp_context.get_start_method() == "fork":
            raise ValueError("forked workers cannot be replaced")
        self.runner = self.TaskRunner(count, mp_context, initializer, initargs, max_tasks_per_child)
        weakref.finalize(self, self.runner.close).atexit = False

    def submit(self, fn, /, *args, **kwargs):
        return self.runner.submit(fn, args, kwargs)

    def map(self, fn, *iterables, timeout=None, chunksize=1, buffersize=None):
        if chunksize < 1:
            raise ValueError("a chunk cannot be empty")
        if buffersize is not None and not isinstance(buffersize, int):
            raise TypeError("the size of a buffer must be an integer")
        if buffersize is not None and buffersize < 1:
            raise ValueError("a buffer must have room for one")
        arguments = zip(*iterables)
        chunks = iter(lambda: [*islice(arguments, chunksize)], [])
        if buffersize is not None:
            return self.map_lazily(
                fn, chunks, deque(self.submit(call_all, fn, one) for one in islice(chunks, buffersize))
            )
        return one_by_one(super().map(partial(call_all, fn), chunks, timeout=timeout))

    def map_lazily(self, fn, chunks, buffer):
        """Yield the results, and submit a chunk when the results of one are taken out of the *buffer*."""
        while buffer:
            taken = buffer.popleft().result()
            buffer.extend(self.submit(call_all, fn, one) for one in islice(chunks, 1))
            yield from one_by_one([taken])

    def kill_workers(self):
        self.runner.close(cancel=True)
        self.runner.kill()

    terminate_workers = kill_workers

    def shutdown(self, wait=True, *, cancel_futures=False):
        self.runner.close(cancel_futures)
        if wait:
            self.runner.join()

    def __reduce__(self):
        raise TypeError("an executor cannot be sent")


def one_by_one(chunks):
    """Yield what is in the *chunks*, which are lists, and keep nothing of it."""
    for chunk in chunks:
        chunk.reverse()
        while chunk:
            yield chunk.pop()


def call_all(function, chunk):
    """Return the results for a chunk of arguments."""
    return [function(*arguments) for arguments in chunk]


class OwnExecutors(Broken):
    """A multiprocessing API with executors of another class than the standard library's.

    Attributes:
        Faulty: the class.
    """

    Faulty: Any = OwnExecutor
    Process: Any = ForkProcess  # its class has no known deviations

    @property
    def ProcessPoolExecutor(self):
        return partial(self.Faulty, mp_context=self.context)


class Executors(OwnExecutors):
    """Executors without a fault that those of the standard library have."""

    method = "spawn"
    Process = SpawnProcess


class ForkedExecutors(OwnExecutors):
    """The same, whose workers are forked."""
