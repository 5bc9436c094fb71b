"""Payloads that are made of other payloads."""

from __future__ import annotations

import sys
from functools import partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable


def steps(*parts: Callable[[], object]) -> Callable[[], None]:
    """Return a payload that calls the *parts* one after the other.

    ::

        steps(partial(log, "begun"), working.pause, partial(log, "done"))
    """
    return partial(_run, parts)


def _run(parts: tuple[Callable[[], object], ...]) -> None:
    for part in parts:
        part()


def leave(status: int) -> Callable[[], None]:
    """Return a payload that ends its process with the exit status *status*."""
    return partial(sys.exit, status)
