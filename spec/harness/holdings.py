"""What this process holds of the kernel."""

from __future__ import annotations

import gc
import os
import threading
from typing import NamedTuple

from spec.harness.process_table import open_files


class Holdings(NamedTuple):
    """How much this process holds."""

    files: int
    threads: int


def holdings() -> Holdings:
    """Let go of all that nobody refers to, and return what is held still."""
    gc.collect()
    return Holdings(open_files(os.getpid()), threading.active_count())
