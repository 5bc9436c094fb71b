"""Executors of the API under test, which are shut down when the claim has ended."""

from __future__ import annotations

from typing import Any, Optional

from impl.contract import Executor, MakesExecutors


class Executors:
    """Makes executors, and shuts them down at the end of the block.

    Args:
        made_by: what makes an executor of the API.
    """

    def __init__(self, made_by: MakesExecutors) -> None:
        self._made_by = made_by
        self._made: list[Executor] = []

    def __call__(self, max_workers: Optional[int], **how: Any) -> Executor:
        """Return a new executor; the arguments are those of `concurrent.futures.ProcessPoolExecutor`."""
        self._made.append(self._made_by(max_workers, **how))
        return self._made[-1]

    def __enter__(self) -> Executors:
        return self

    def __exit__(self, *exception: object) -> None:
        for executor in self._made:
            executor.shutdown()
