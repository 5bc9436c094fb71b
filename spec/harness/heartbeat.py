"""A counter of the progress that a claim makes.  The process that watches the claim reads it.

A claim that gets slow answers looks much like one that polls without result.  But it makes progress.
"""

from __future__ import annotations

import mmap

_beats = mmap.mmap(-1, 1)  # anonymous memory, shared with all forks of this process


def beat() -> None:
    """Note that the claim has made progress."""
    _beats[0] = (_beats[0] + 1) % 256


def beats() -> int:
    """Return the counter: each `beat` changes it, and 256 of them bring it back to the same value."""
    return _beats[0]
