"""Sound processes, to which defects add a fault; their classes have no known deviations."""

from __future__ import annotations

from multiprocessing import popen_fork, popen_forkserver, popen_spawn_posix, process


class ForkProcess(process.BaseProcess):
    """A process that forks."""

    _start_method = "fork"

    @staticmethod
    def _Popen(child):
        return popen_fork.Popen(child)


class SpawnProcess(process.BaseProcess):
    """A process that spawns."""

    _start_method = "spawn"

    @staticmethod
    def _Popen(child):
        return popen_spawn_posix.Popen(child)


class ForkServerProcess(process.BaseProcess):
    """A process that asks a fork server."""

    _start_method = "forkserver"

    @staticmethod
    def _Popen(child):
        return popen_forkserver.Popen(child)
