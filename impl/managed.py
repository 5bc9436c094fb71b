"""An API whose primitives are objects of a manager: ``MODULE:managed``, or ``MODULE:CONTEXT:managed``.

A manager's server process holds a lock, a queue or a value, and other processes have proxies for it.  A proxy has the
methods of the object, so programs that use the API's own objects can use a manager's objects instead.
"""

from __future__ import annotations

from typing import Any, Callable, Optional

MADE_BY_A_MANAGER = frozenset(
    {
        "Lock",
        "RLock",
        "Semaphore",
        "BoundedSemaphore",
        "Condition",
        "Event",
        "Barrier",
        "Queue",
        "JoinableQueue",
        "Value",
        "Array",
    }
)
"""The names of the API that a manager has too.

See https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.SyncManager.
"""

SUFFIX = ":managed"
"""How the name of such an API ends."""


def is_managed(name: str) -> bool:
    """Return whether *name* is that of an API in which a manager makes the objects."""
    return name.endswith(SUFFIX)


class Managed:
    """A multiprocessing API in which a manager makes all objects that it can make.  Its processes are the API's own.

    The manager is started when the first object is made.

    Args:
        api: the API.
        again: called without arguments, it returns an equal object.  It is picklable, so that a child can have one.
    """

    def __init__(self, api: Any, again: Callable[[], object]) -> None:
        self._api, self._again = api, again
        self._manager: Optional[Any] = None

    def __getattr__(self, name: str) -> Any:
        if name not in MADE_BY_A_MANAGER:
            return getattr(self._api, name)
        self.start()
        return getattr(self._manager, name)

    def __reduce__(self) -> tuple[Callable[[], object], tuple[()]]:
        return self._again, ()

    def start(self) -> None:
        """Start the manager, unless it was started.  The first object that is made starts it, too."""
        if self._manager is None:
            self._manager = self._api.Manager()

    def shut_down(self) -> None:
        """Shut the manager down, if it was started."""
        if self._manager is not None:
            self._manager.shutdown()
            self._manager = None
