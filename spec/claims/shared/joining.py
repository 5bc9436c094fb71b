"""Joining the children that a lesson has started."""

from __future__ import annotations

from collections.abc import Iterable

from impl.contract import Process


def join_all(processes: Iterable[Process]) -> None:
    """Wait until each of the processes has exited."""
    for process in processes:
        process.join()
