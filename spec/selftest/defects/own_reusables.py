"""A reusable executor without a fault, made from scratch, for subclasses with one.

It is the executor of `own_executors`, whose number of workers can change, and whose workers exit when they are idle
for long.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from functools import partial
from typing import Any

from spec.harness.process_table import descendants
from spec.selftest.defects.declaration import Broken
from spec.selftest.defects.own_executors import OwnExecutor, OwnTaskRunner
from spec.selftest.defects.own_processes import SpawnProcess


class ReusableTaskRunner(OwnTaskRunner):
    """The tasks of such an executor, its workers, and their threads.

    Attributes:
        timeout: the seconds after which an idle worker exits; None if it stays.
        env: what the environment of a worker has beside that of this process.
        leaving: threads whose workers get no more tasks.
    """

    timeout: Any = None
    env: Any = None

    def __init__(self, *args):
        super().__init__(*args)
        self.leaving: list[threading.Thread] = []

    def start(self):
        before = {name: os.environ.get(name) for name in self.env or {}}
        os.environ.update(self.env or {})
        try:
            return super().start()
        finally:
            for name, value in before.items():
                os.environ.pop(name)
                if value is not None:
                    os.environ[name] = value

    def attend(self, process, connection):
        while True:
            with self.changed:
                self.changed.wait_for(self.is_due, self.timeout)
                if not self.row or self.is_too_many():
                    self.threads.remove(threading.current_thread())
                    self.leaving.append(threading.current_thread())
                    self.idle -= 1
                    break
                future, task = self.next()
                self.idle -= 1
            if future.set_running_or_notify_cancel():
                self.carry_out(future, task, connection)
            del future, task
            with self.changed:
                self.idle += 1
                self.changed.notify_all()
        self.end(process, connection)

    def kill(self):
        for process in self.processes:
            for pid in reversed(descendants(process.pid)):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        super().kill()

    def is_due(self):
        """Return whether a thread that waits has something to do."""
        return self.row or self.closed or self.broken or self.is_too_many()

    def is_too_many(self):
        """Return whether there are more workers than there are to be."""
        return len(self.threads) > self.count

    def resize(self, count):
        """Change the number of workers once no task is under way."""
        with self.changed:
            if count == self.count:
                return
            self.changed.wait_for(lambda: not self.row and self.idle == len(self.threads))
            self.count = count
            self.changed.notify_all()

    def join(self):
        for thread in [*self.threads, *self.leaving]:
            thread.join()


class ReusableExecutor(OwnExecutor):
    """The executor.

    Args:
        max_workers: how many workers.
        context: their context.
        timeout: see `ReusableTaskRunner`.
        env: see `ReusableTaskRunner`.
        initializer: called in each worker, with *initargs*.
        initargs: see above.
    """

    TaskRunner = ReusableTaskRunner

    def __init__(self, max_workers, context=None, timeout=None, env=None, initializer=None, initargs=()):
        super().__init__(max_workers, context, initializer, initargs)
        self.runner: Any
        self.runner.timeout, self.runner.env = timeout, env

    @property
    def is_usable(self):
        return not self.runner.closed and not self.runner.broken

    def shutdown(self, wait=True, *, cancel_futures=False, kill_workers=False):
        self.runner.close(cancel_futures or kill_workers)
        if kill_workers:
            self.runner.kill()
        super().shutdown(wait)


class OwnKeeper:
    """Keeps the reusable executor of a process, and makes it.

    Args:
        made_by: the class of executors.
    """

    def __init__(self, made_by):
        self.made_by = made_by
        self.executor: Any = None
        self.how: Any = None
        self.lock = threading.RLock()

    def get(self, max_workers=None, kill_workers=False, reuse="auto", timeout=10, **how):
        """Return the executor, with that number of workers."""
        with self.lock:
            how["timeout"] = timeout
            if max_workers is None:
                max_workers = self.executor.runner.count if self.executor and reuse is True else os.cpu_count()
            if max_workers < 1:
                raise ValueError("there must be a worker")
            if self.executor is not None:
                if self.executor.is_usable and self.is_the_same(how, reuse):
                    self.resize(max_workers)
                    return self.executor
                self.retire(kill_workers)
            self.executor, self.how = self.made_by(max_workers, **how), how
            return self.executor

    def is_the_same(self, how, reuse):
        """Return whether the executor that there is will do."""
        return how == self.how if reuse == "auto" else reuse

    def resize(self, max_workers):
        self.executor.runner.resize(max_workers)

    def retire(self, kill_workers):
        """End the existing executor."""
        self.executor.shutdown(kill_workers=kill_workers)


class ReusableExecutors(Broken):
    """A multiprocessing API with a reusable executor.

    Attributes:
        Executor: the class of executors.
        Keeper: the class of what keeps one.
    """

    method = "spawn"
    Process = SpawnProcess  # its class has no known deviations
    Executor: Any = ReusableExecutor
    Keeper: Any = OwnKeeper

    def __init__(self):
        super().__init__()
        self.keeper = self.Keeper(self.ProcessPoolExecutor)

    @property
    def ProcessPoolExecutor(self):
        return partial(self.Executor, context=self.context)

    def get_reusable_executor(self, *args, **named):
        return self.keeper.get(*args, **named)
