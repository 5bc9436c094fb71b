"""Count the processes of a run.  Python imports this module at its start if the folder is in PYTHONPATH.

Each process appends a letter to the file that COUNT_PROCESSES names, as soon as it begins: ``i`` for a new
interpreter, ``f`` for a fork, ``s`` for a fork of a fork server.  So a process that is killed at once counts too.
See https://docs.python.org/3/library/site.html#module-sitecustomize.
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
        file = os.open(path, os.O_WRONLY | os.O_APPEND)  # it does not stay open, as claims count open files
    except OSError:
        return  # the run has ended, and the file is gone
    os.write(file, letter)
    os.close(file)


if "COUNT_PROCESSES" in os.environ:
    _count(os.environ["COUNT_PROCESSES"])
