"""Modules that a broken fork server imports as it starts, each of which makes it do what it should not."""

from __future__ import annotations

import sys


def in_a_server() -> bool:
    """Return whether this is a fork server, and not some tool that imports every module."""
    return sys.argv[0] == "-c"
