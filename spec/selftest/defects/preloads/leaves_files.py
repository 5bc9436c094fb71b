"""The fork server keeps a file open for each of its children."""

from __future__ import annotations

import os
from multiprocessing import forkserver
from typing import Any

from spec.selftest.defects.preloads import in_a_server

_write_signed: Any = vars(forkserver)["write_signed"]


def _write_and_keep(descriptor: int, number: int) -> None:
    os.dup(descriptor)
    _write_signed(descriptor, number)


if in_a_server():
    vars(forkserver)["write_signed"] = _write_and_keep
