"""Count the processes of a run: Python imports this module when it starts, if the folder is on PYTHONPATH.

For each process a letter is appended to the file that COUNT_PROCESSES names: ``i`` for an interpreter that starts,
``f`` for a fork of one, ``s`` for a fork of a fork server.  So those that end at once, or are killed, count too.
"""

import os
from functools import partial


def _count(path: str) -> None:
    with open("/proc/self/cmdline", "rb") as file:
        is_server = b"forkserver import main" in file.read()
    _note(path, b"i")
    os.register_at_fork(after_in_child=partial(_note, path, b"s" if is_server else b"f"))


def _note(path: str, letter: bytes) -> None:
    try:
        file = os.open(path, os.O_WRONLY | os.O_APPEND)  # no file stays open: claims look at how many are
    except OSError:
        return  # the run is over
    os.write(file, letter)
    os.close(file)


if "COUNT_PROCESSES" in os.environ:
    _count(os.environ["COUNT_PROCESSES"])
