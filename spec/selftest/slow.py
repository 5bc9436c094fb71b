"""A sound multiprocessing API whose starts and joins take longer than many a child lives.

It imports next to nothing, so that its children, which import it, are short-lived indeed.
"""

from __future__ import annotations

import multiprocessing
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Optional

_context: Any = multiprocessing.get_context("forkserver")


class Process(_context.Process):  # type: ignore[misc]
    """A process that is slow to start and to join."""

    def start(self) -> None:
        """Start it, and take some time."""
        super().start()
        time.sleep(0.2)

    def join(self, timeout: Optional[float] = None) -> None:
        """Take some time, unless time is short, and join it."""
        if timeout is None:
            time.sleep(0.1)
        super().join(timeout)


def get_context(_method: object = None) -> ModuleType:
    """Return the API."""
    return sys.modules[__name__]


def get_all_start_methods() -> list[str]:
    """Return the start method that there is."""
    return ["forkserver"]


def __getattr__(name: str) -> Any:
    return getattr(_context, name)
