"""Modules that a broken fork server imports when it starts; each makes or mends a fault."""

from __future__ import annotations

import sys


def in_a_server() -> bool:
    """Return whether this process is a fork server, and not a tool that imports every module."""
    command_line = getattr(sys, "orig_argv", ())  # since Python 3.10; since 3.14.1, sys.argv is the starter's
    return sys.argv[0] == "-c" or any("multiprocessing.forkserver" in argument for argument in command_line)
