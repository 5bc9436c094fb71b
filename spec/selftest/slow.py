"""A sound multiprocessing API whose starts and joins take longer than many children live.

It imports very little, so that its children, which import it, live for a short time only.

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
        """Start the process, and take some time."""
        super().start()
        time.sleep(0.2)

    def join(self, timeout: Optional[float] = None) -> None:
        """Take some time, unless there is a timeout, and join the process."""
        if timeout is None:
            time.sleep(0.1)
        super().join(timeout)


def get_context(_method: object = None) -> ModuleType:
    """Return the API."""
    return sys.modules[__name__]


def get_all_start_methods() -> list[str]:
    """Return the only start method."""
    return ["forkserver"]


def __getattr__(name: str) -> Any:
    return getattr(_context, name)
