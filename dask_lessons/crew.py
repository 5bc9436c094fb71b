"""Workers of a Dask cluster on this machine, with a task for each of them.

A cluster is a scheduler and its workers.  `distributed.LocalCluster` has the scheduler in a thread of the process
that makes it, and starts each worker as a process.  A worker outlives its tasks, and Dask tells of a task only its
result, or the exception that it raised.  So a `Child` here is a worker with one task, and its exit code is made up
from how the task ended.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from typing import Any, Callable, NamedTuple, Optional

from distributed import Client, Future, KilledWorker, LocalCluster

Task = Callable[[], object]
"""A function that a worker runs.  It is picklable."""


class Ending(NamedTuple):
    """How a task ended that did not end its worker.

    Attributes:
        exitcode: the exit code that a child with this target would have.
    """

    exitcode: int


def run(task: Task) -> Ending:
    """Run *task* in a worker, and return how it ended.

    An exception is raised again by the scheduler where the result is asked for.  `SystemExit` is not left to Dask: it
    would end the worker.
    """
    try:
        task()
    except SystemExit as request:
        code = request.code
        return Ending(code if isinstance(code, int) else int(code is not None))
    return Ending(0)


def cluster(workers: int) -> LocalCluster:
    """Start a cluster with that many *workers*, each a process with one thread for tasks.  It is a context manager.

    The memory of the workers has no limit, because Dask would check it ten times a second.  Nothing is
    reached from other machines.
    """
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        memory_limit=0,
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    )


def spread(client: Client, tasks: Sequence[Task]) -> list[tuple[int, Future]]:
    """Run each of the *tasks* on a worker of its own, and return the pid of that worker and the future of the task.

    Args:
        client: that of a cluster with as many workers as there are tasks.
        tasks: the tasks.
    """
    client.wait_for_workers(len(tasks))
    pids = client.run(os.getpid)
    return [
        (pid, client.submit(run, task, workers=[address], pure=False))
        for task, (address, pid) in zip(tasks, pids.items())
    ]


class Crew:
    """A cluster with a worker for each task.  It is closed when each of the children has been joined.

    Args:
        tasks: the tasks, each of which is run at once on a worker of its own.

    Attributes:
        children: the children, in the order of the tasks.
    """

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._cluster = cluster(len(tasks))
        self._client = Client(self._cluster, set_as_default=False)
        self.children = [Child(self, pid, future) for pid, future in spread(self._client, tasks)]
        self._running = set(self.children)

    def leave(self, child: Child) -> None:
        """Note that *child* has been joined, and close the cluster if it was the last."""
        self._running.discard(child)
        if not self._running:
            self._client.close()
            self._cluster.close()


class Child:
    """A worker with one task.  It has those attributes of `multiprocessing.Process` that claims about lessons use.

    Args:
        crew: the crew that it belongs to.
        pid: the pid of the worker.
        future: the future of the task.

    Attributes:
        pid: the pid of the worker.
        exitcode: None before the child was joined.  After that 0 if the task returned, 1 if it raised an exception,
            the code of a `SystemExit`, and None if the worker ended, because Dask does not tell how it ended.
    """

    def __init__(self, crew: Crew, pid: int, future: Future) -> None:
        self._crew, self.pid, self._future = crew, pid, future
        self.exitcode: Optional[int] = None

    def join(self) -> None:
        """Wait until the task has ended.  The workers of the crew end when all of its children have been joined."""
        self.exitcode = self._outcome()
        self._crew.leave(self)

    def _outcome(self) -> Optional[int]:
        error: Any = self._future.exception()  # waits for the end of the task
        if error is None:
            ending: Ending = self._future.result()
            return ending.exitcode
        return None if isinstance(error, KilledWorker) else 1
