"""A count of what has come about on a stage, which whoever watches it can read.

Slow answers look much like polling in vain.  What tells them apart is that something comes of them.
"""

from __future__ import annotations

import mmap

_beats = mmap.mmap(-1, 1)  # anonymous, and shared with all that is forked from here


def beat() -> None:
    """Note that something has come about."""
    _beats[0] = (_beats[0] + 1) % 256


def beats() -> int:
    """Return a number that is another one after each `beat`, though not after many."""
    return _beats[0]
