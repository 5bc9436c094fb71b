"""How a worker, and the test itself, ask a container: both must answer alike."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def ask(container: Any, method: str, *args: object, **named: object) -> object:
    """Call a *method* of a dict or a list, and return its result, or the repr of the exception that it raises."""
    try:
        return getattr(container, method)(*args, **named)
    except (LookupError, ValueError) as error:
        return repr(error)
