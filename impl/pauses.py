"""Real pauses, for a person who watches a lesson."""

from __future__ import annotations

import time
from functools import partial

from impl.contract import Pause


def pause_for(seconds: float) -> Pause:
    """Return a pause of that many *seconds*.  It ignores its arguments and is picklable."""
    return partial(_sleep, seconds)


def _sleep(seconds: float, *_told: object) -> None:
    time.sleep(seconds)
