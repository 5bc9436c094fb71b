"""The tasks of a pool with time limits: their results, and the workers that carry them out.

See `spec.selftest.defects.steered_pools` for the pool itself.
"""

from __future__ import annotations

import pickle
import resource
import signal
from contextlib import suppress

from spec.selftest.defects.mended_pools import Result, pickled


class SoftTimeLimitExceeded(Exception):
    """Raised in a task that takes too long."""


class TimeLimitExceeded(Exception):
    """Raised for a task whose worker was killed, as the task took too long."""


class WorkerLostError(Exception):
    """Raised for a task whose worker has died."""


class Terminated(Exception):
    """Raised for a task that the program has ended."""


class LimitedResult(Result):
    """The result of a task that may have limits.

    Args:
        task: the function and its arguments.
        soft: seconds after which `SoftTimeLimitExceeded` is raised in the task; None for no limit.
        hard: seconds after which its worker is killed; None for no limit.
        patience: seconds for which a result may come after the worker has died.
        callbacks: what is called when the task is accepted, or exceeds a limit, or is done.
    """

    def __init__(self, task, soft, hard, patience, **callbacks):
        super().__init__(task)
        self.soft, self.hard, self.patience = soft, hard, patience
        self._callbacks = callbacks
        self.begun = self.lost = None
        self.soft_is_over = False

    def call(self, name, *args, **named):
        """Call the callback *name*, if there is one, and ignore its exception."""
        if self._callbacks.get(name):
            with suppress(Exception):
                self._callbacks[name](*args, **named)

    def call_back(self):
        self.call("done", self)

    def ready(self):
        return self._event.is_set()


class Results:
    """The results of many tasks, in order."""

    def __init__(self, results):
        self._results = results

    def get(self):
        return [result.get() for result in self._results]

    def __iter__(self):
        return (result.get() for result in self._results)


_at_work = False
"""Whether this process, a worker, carries out a task."""


def exceed(_number, _frame):
    """Handle the signal of the soft limit."""
    if _at_work:
        raise SoftTimeLimitExceeded


def work(tasks, others, most, kilobytes):
    """Be a worker until the other end of *tasks* is closed, or *most* tasks are done, or so many *kilobytes* used."""
    global _at_work
    for other in others:
        other.close()
    signal.signal(signal.SIGUSR1, exceed)
    done = 0
    with suppress(EOFError, OSError):
        while True:
            data = tasks.recv_bytes()
            outcome: tuple[bool, object]
            try:
                _at_work = True
                tasks.send_bytes(b"")  # the task begins now
                function, args, named = pickle.loads(data)
                outcome = True, function(*args, **named)
            except Exception as error:
                outcome = False, error
            finally:
                _at_work = False
            done += 1
            leaves = done == most or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > kilobytes
            tasks.send_bytes(bytes([leaves]) + pickled(*outcome))
            if leaves:
                return
