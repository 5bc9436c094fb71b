"""Some of the lessons on a cluster: tasks for workers of `dask.distributed`, in place of child processes.

``pytest spec/ --impl dask_lessons --mp dask_lessons.objects`` verifies them.  `dask_lessons.crew` starts the workers,
and `dask_lessons.objects` is the API that has the locks, semaphores, events and queues of a Dask scheduler.
"""

from __future__ import annotations

import dask
import distributed  # noqa: F401  here, so that the processes that are forked later need not import it

dask.config.set(
    {
        # A task is run once, like the target of a child.  By default, if its worker ends, Dask runs it again on
        # another worker, up to three times.
        "distributed.scheduler.allowed-failures": 0,
        # Workers are forks of a server that has imported Dask.  By default each of them imports it again.
        "distributed.worker.multiprocessing-method": "forkserver",
        # What each process does many times a second, also while it waits.
        "distributed.admin.system-monitor.interval": "1h",
        "distributed.admin.tick.interval": "1h",
        "distributed.admin.tick.limit": "2h",
        "distributed.client.scheduler-info-interval": "1h",
        "distributed.scheduler.active-memory-manager.start": False,
        "distributed.scheduler.work-stealing": False,
        "distributed.worker.profile.enabled": False,
    }
)
