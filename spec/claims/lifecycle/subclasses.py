"""Subclasses of `Process` that override `run()`: one for each API under test."""

from __future__ import annotations

import sys
from functools import cache

from impl.api import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def of(api: str) -> Any:
    """Return the subclass for the *api* of this name, such as ``multiprocessing:spawn``.

    The name of the class says which API it belongs to.  A child that unpickles an object of it looks the class up by
    its name in this module, and `__getattr__` makes it there.
    """
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
