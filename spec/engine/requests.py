"""Say in words what was asked of the API when it raised an exception that no claim expects."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Optional

import pytest

import impl
from spec.harness import witness
from spec.paths import SPEC_FOLDER

OWN_FOLDERS = (SPEC_FOLDER, *map(Path, impl.__path__))
"""Where the code is that asks: the suite and the lessons."""

WITNESSES = {name for name, value in vars(witness).items() if isinstance(value, witness.Witness)}

UNKNOWN_REQUEST = "an operation of the API"


def request_of(error: BaseException) -> str:
    """Return what was called when *error* was raised, such as ``ForkProcess.start() of multiprocessing.process``.

    It is the first call that leaves the code of the suite and of the lessons.  A call of a function written in C has
    no frame, and is named as the suite calls it.
    """
    told = getattr(error, "request", None)
    if told is not None:  # by the harness: it was called in another process
        return str(told)
    entries = list(pytest.ExceptionInfo.from_exception(error).traceback)
    own = [number for number, entry in enumerate(entries) if _is_own(Path(entry.path))]
    if not own:
        return UNKNOWN_REQUEST
    last = own[-1]
    if entries[last + 1 :]:
        return _called(entries[last + 1].frame.raw)
    calls = list(_innermost_calls(str(entries[last].statement)))
    return calls[-1] if calls else UNKNOWN_REQUEST


def _is_own(path: Path) -> bool:
    return any(folder in path.parents for folder in OWN_FOLDERS)


def _called(frame: FrameType) -> str:
    """Return the name of the function that runs in *frame*, with its class and its module."""
    name, owner = frame.f_code.co_name, frame.f_locals.get("self")
    if owner is not None:
        name = type(owner).__name__ if name == "__init__" else f"{type(owner).__name__}.{name}"
    module: Optional[str] = frame.f_globals.get("__name__")
    return f"{name}() of {module}" if module else f"{name}()"


def _innermost_calls(statement: str) -> Iterator[str]:
    """Yield the calls in *statement* that have no other call among their arguments, but for those of witnesses."""
    try:
        tree = ast.parse(statement.strip().rstrip(":"))
    except SyntaxError:  # the head of a block, such as ``with lock``
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        inner = [other for other in ast.walk(node) if isinstance(other, ast.Call) and other is not node]
        receiver = getattr(getattr(node.func, "value", None), "id", "")
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if not inner and name and receiver not in WITNESSES:
            yield f"{name}()"
