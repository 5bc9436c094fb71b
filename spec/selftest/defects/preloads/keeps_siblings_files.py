"""The fork server leaves open, in each child, the files that it has for the children that run already."""

from __future__ import annotations

from multiprocessing import forkserver
from typing import Any

from spec.selftest.defects.preloads import in_a_server

OWN_FILES = 4
"""The number of files of the server's own, which are the first of those that a child closes."""

serve_one: Any = vars(forkserver)["_serve_one"]


def _serve_one(child_end: int, files: Any, unused: list[int], handlers: Any) -> Any:
    return serve_one(child_end, files, unused[:OWN_FILES], handlers)


if in_a_server():
    vars(forkserver)["_serve_one"] = _serve_one
