"""A folder for temporary files whose path leaves no room for the address of a socket."""

from __future__ import annotations

import os

LONGEST_ADDRESS = 107
"""The longest path of a Unix socket: see `unix(7) <https://man7.org/linux/man-pages/man7/unix.7.html>`_."""


def put_temporary_files_far_away(folder: str) -> None:
    """Let this process, and those that it starts, put temporary files into a folder inside *folder*."""
    import tempfile  # not in each child that imports this module

    far = os.path.join(folder, "x" * LONGEST_ADDRESS)
    os.mkdir(far)
    os.environ["TMPDIR"] = tempfile.tempdir = far
