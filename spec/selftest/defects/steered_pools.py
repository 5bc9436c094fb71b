"""A pool with time limits, which can grow, shrink and restart, as billiard's can, for subclasses with a fault.

Each worker has a pipe of its own.  One thread gives the tasks to idle workers, receives the results, replaces
workers, and looks at the limits.  What it does is in small methods, each of which a fault can be made of.  See
`spec.selftest.defects.steered_tasks` for the workers and the results.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
from contextlib import suppress
from multiprocessing import connection
from typing import Any

from spec.selftest.defects.declaration import Broken
from spec.selftest.defects.own_processes import ForkProcess
from spec.selftest.defects.steered_tasks import (
    LimitedResult,
    Results,
    Terminated,
    TimeLimitExceeded,
    WorkerLostError,
    work,
)


class Station:
    """A worker of a pool, and what it does.

    Attributes:
        worker: its process.
        result: that of the task that it has; None if it is idle.
        leaves: whether it gets no more tasks.
    """

    def __init__(self, worker):
        self.worker, self.result, self.leaves = worker, None, False


class SteeredPool:
    """The pool."""

    def __init__(
        self,
        processes,
        maxtasksperchild=None,
        timeout=None,
        soft_timeout=None,
        lost_worker_timeout=0.0,
        on_process_up=None,
        on_process_down=None,
        on_timeout_set=None,
        on_timeout_cancel=None,
        putlocks=False,
        allow_restart=False,  # it always may
        context=None,
        max_memory_per_child=1 << 50,
    ):
        self.count, self.limits = processes, (soft_timeout, timeout)
        self.for_workers = maxtasksperchild, max_memory_per_child
        self.patience = lost_worker_timeout
        self.up, self.down = on_process_up, on_process_down
        self.limited, self.unlimited = on_timeout_set, on_timeout_cancel
        self.free = threading.Semaphore(processes) if putlocks else None
        self.row: list[Any] = []
        self.lost: list[Any] = []
        self.places: dict[Any, Station] = {}
        self.ended, self.lock = False, threading.RLock()
        self.bell, self.ringer = connection.Pipe(False)
        self.hire()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def hire(self):
        """Start as many workers as are missing."""
        while len(self.places) < self.count:
            here, there = connection.Pipe()
            worker = ForkProcess(
                target=work, args=(there, [here, self.ringer, *self.places], *self.for_workers), daemon=True
            )
            worker.start()
            there.close()
            self.places[here] = Station(worker)
            if self.up:
                self.up(worker)

    def serve(self):
        """Be the thread of the pool."""
        while not self.ended:
            with self.lock:
                self.hire()
                for tasks, place in self.places.items():
                    if self.row and self.is_idle(place):
                        self.give(tasks, place)
                self.look_at_limits()
                patience = self.until_next_limit()
            for ready in connection.wait([self.bell, *self.places], patience):
                with self.lock:
                    if ready is self.bell:
                        self.bell.recv_bytes()
                    else:
                        self.listen(ready)
        for place in self.places.values():
            place.worker.kill()
            place.worker.join()

    def is_idle(self, place):
        return place.result is None and not place.leaves

    def give(self, tasks, place):
        """Give the next task to the worker at *place*."""
        place.result = result = self.row.pop(0)
        if self.limited and (result.soft or result.hard):
            self.limited(result, result.soft, result.hard)
        result.call("accepted", place.worker.pid, time.monotonic())
        with suppress(OSError):  # the worker has died, which `listen` notices
            tasks.send_bytes(pickle.dumps(result.task))

    def listen(self, tasks):
        """Receive a result from a worker, or that its task begins, or notice that the worker has exited."""
        place = self.places[tasks]
        result = place.result
        try:
            message = tasks.recv_bytes()
        except (EOFError, OSError):
            self.remove(tasks, place)
            return
        if not message:
            if result:
                result.begun = time.monotonic()
            return
        place.result = None
        if place.leaves:
            place.worker.kill()
        place.leaves = place.leaves or bool(message[0])
        if result:
            self.receive(result, *pickle.loads(message[1:]))

    def remove(self, tasks, place):
        """Take a worker out that has exited."""
        del self.places[tasks]
        place.worker.join()
        if self.down:
            self.down(place.worker)
        if place.result:
            place.result.lost = time.monotonic()
            self.lost.append(place.result)

    def receive(self, result, succeeded, value):
        """Set a *result* to what has come from a worker."""
        result.settle(succeeded, value)

    def fail(self, result, error):
        """Set a *result* to an exception of the pool itself."""
        result.settle(False, error)

    def look_at_limits(self):
        """Do what is to be done of each task that has exceeded a limit."""
        now = time.monotonic()
        for place in self.begun():
            result = place.result
            if result.hard and now >= result.begun + result.hard:
                self.exceed_hard(place, result)
            elif result.soft and not result.soft_is_over and now >= result.begun + result.soft:
                self.exceed_soft(place, result)
        for result in [*self.lost]:
            if now >= result.lost + result.patience:
                self.lost.remove(result)
                self.lose(result)

    def begun(self):
        """Return the places of workers whose tasks have begun."""
        return [place for place in self.places.values() if place.result and place.result.begun]

    def exceed_soft(self, place, result):
        result.soft_is_over = True
        result.call("exceeded", soft=True, timeout=result.soft)
        os.kill(place.worker.pid, signal.SIGUSR1)

    def exceed_hard(self, place, result):
        place.result = None
        place.leaves = True
        result.call("exceeded", soft=False, timeout=result.hard)
        self.end(place.worker)
        self.fail(result, TimeLimitExceeded(result.hard))

    def end(self, worker):
        """End a *worker* whose task has exceeded its hard limit."""
        worker.kill()

    def lose(self, result):
        """Tell that the worker of *result* has died."""
        self.fail(result, WorkerLostError())

    def until_next_limit(self):
        """Return the seconds until a limit is exceeded; None if there is no limit."""
        running = [place.result for place in self.begun()]
        ends = [result.begun + result.hard for result in running if result.hard]
        ends += [result.begun + result.soft for result in running if result.soft and not result.soft_is_over]
        ends += [result.lost + result.patience for result in self.lost]
        return max(0, min(ends) - time.monotonic()) if ends else None

    def apply_async(
        self,
        func,
        args=(),
        kwds=None,
        accept_callback=None,
        timeout_callback=None,
        soft_timeout=None,
        timeout=None,
        lost_worker_timeout=None,
    ):
        soft, hard = soft_timeout or self.limits[0], timeout or self.limits[1]
        patience = self.patience if lost_worker_timeout is None else lost_worker_timeout
        if self.free:
            self.free.acquire()
        result = LimitedResult(
            (func, args, kwds or {}),
            soft,
            hard,
            patience,
            accepted=accept_callback,
            exceeded=timeout_callback,
            done=self.done,
        )
        self.row.append(result)
        self.ring()
        return result

    def done(self, result):
        """Do what is to be done when a task ends."""
        if self.unlimited and (result.soft or result.hard):
            self.unlimited(result)
        if self.free:
            self.free.release()

    def ring(self):
        """Wake the thread of the pool."""
        self.ringer.send_bytes(b"")

    def apply(self, func, args=(), kwds=None):
        return self.apply_async(func, args, kwds).get()

    def map_async(self, func, iterable):
        return Results([self.apply_async(func, (item,)) for item in iterable])

    imap = imap_unordered = map_async

    def starmap_async(self, func, iterable):
        return Results([self.apply_async(func, items) for items in iterable])

    def grow(self, n=1):
        with self.lock:
            self.count += n
        self.ring()

    def shrink(self, n=1):
        for _ in range(n):
            with self.lock:
                self.count -= 1
                self.dismiss(next(self.idle()))

    def idle(self):
        """Yield the places of idle workers.

        Raises:
            ValueError: there are no more.
        """
        yield from [place for place in self.places.values() if self.is_idle(place)]
        self.count += 1
        raise ValueError("all workers are busy")

    def dismiss(self, place):
        """End a worker when it is idle."""
        place.leaves = True
        if place.result is None:
            place.worker.kill()

    def restart(self):
        with self.lock:
            for place in self.places.values():
                self.dismiss(place)

    def terminate_job(self, pid):
        with self.lock:
            for place in self.places.values():
                if place.worker.pid == pid and place.result:
                    place.leaves = True
                    result, place.result = place.result, None
                    place.worker.kill()
                    self.fail(result, Terminated())

    def terminate(self):
        self.ended = True
        self.ring()
        self.thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.terminate()


class SteeredPools(Broken):
    """A multiprocessing API with such pools.

    Attributes:
        Pool: the class of pools.
    """

    Pool = SteeredPool
    Process = ForkProcess  # its class has no known deviations
