"""What several claims about executors end with."""

from __future__ import annotations

import os
from typing import Any

from spec.harness.witness import caller


def still_works(kitchen: Any, pid: int) -> None:
    """State that the worker *pid* of a kitchen with one worker runs the next task."""
    caller.shows("the worker of the next task", kitchen.submit(os.getpid).result(), expected=pid)
