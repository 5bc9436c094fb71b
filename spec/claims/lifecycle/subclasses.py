"""Processes whose code is that of their class, as of threads: derived from the class of the API under test."""

from __future__ import annotations

import sys
from functools import cache

from impl.api import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def of(api: str) -> Any:
    """Return the class for the *api* of this name; a child, which finds it by its own name, makes it anew."""
    return _of("Of_" + api.encode().hex())


def __getattr__(name: str) -> Any:
    if name.startswith("Of_"):
        return _of(name)
    raise AttributeError(name)


@cache
def _of(name: str) -> Any:
    process: Any = load(bytes.fromhex(name[len("Of_") :]).decode()).Process
    return type(name, (process,), {"run": _run, "__module__": __name__})


def _run(self: Any) -> None:
    self.log("ran", self.number)
    sys.exit(self.number)
