"""Modules that a broken fork server imports when it starts; each makes its fault."""

from __future__ import annotations

import sys


def in_a_server() -> bool:
    """Return whether this process is a fork server, and not a tool that imports every module."""
    return sys.argv[0] == "-c"
