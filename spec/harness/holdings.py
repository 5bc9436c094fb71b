"""How many file descriptors and threads this process has."""

from __future__ import annotations

import gc
import os
import threading
from typing import NamedTuple

from spec.harness.process_table import open_files


class Holdings(NamedTuple):
    """What this process has.

    Attributes:
        files: the number of its open file descriptors.
        threads: the number of its threads that `threading` knows.
    """

    files: int
    threads: int


def holdings() -> Holdings:
    """Collect the objects that are no longer referred to, and return what this process still has."""
    gc.collect()
    return Holdings(open_files(os.getpid()), threading.active_count())
