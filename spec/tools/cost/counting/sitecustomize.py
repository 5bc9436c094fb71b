"""Count the processes of a run, and the time that they take to import.

Python imports this module at its start if the folder is in PYTHONPATH; see
https://docs.python.org/3/library/site.html#module-sitecustomize.

Each process appends a letter to the file that COUNT_PROCESSES names, as soon as it begins: ``i`` for a new
interpreter, ``f`` for a fork, ``s`` for a fork of a fork server.  So a process that is killed at once counts too.

Each import that finds no module in `sys.modules` appends its CPU time to the file that TIME_IMPORTS names, as a line
with the number of nanoseconds.  The imports that it leads to are part of it.
"""

import builtins
import os
import sys
import time
from functools import partial


def _count() -> None:
    with open("/proc/self/cmdline", "rb") as file:
        is_server = b"forkserver import main" in file.read()
    _note("COUNT_PROCESSES", b"i")
    os.register_at_fork(after_in_child=partial(_note, "COUNT_PROCESSES", b"s" if is_server else b"f"))


def _time_imports() -> None:
    plain, outermost = builtins.__import__, True

    def timed(name: str, *args: object, **kwargs: object) -> object:
        nonlocal outermost
        if not outermost or name in sys.modules:
            return plain(name, *args, **kwargs)  # type: ignore[arg-type]
        outermost, begun = False, time.thread_time_ns()
        try:
            return plain(name, *args, **kwargs)  # type: ignore[arg-type]
        finally:
            outermost = True
            _note("TIME_IMPORTS", b"%d\n" % (time.thread_time_ns() - begun))

    builtins.__import__ = timed  # type: ignore[assignment]


def _note(variable: str, text: bytes) -> None:
    """Append *text* to the file that the environment *variable* names now, which does not stay open.

    Claims count open files, and the xdist workers of a run have files of their own.
    """
    try:
        file = os.open(os.environ[variable], os.O_WRONLY | os.O_APPEND)
    except (KeyError, OSError):
        return  # this process has another environment, or the run has ended, and the file is gone
    os.write(file, text)
    os.close(file)


if "COUNT_PROCESSES" in os.environ:
    _count()
if "TIME_IMPORTS" in os.environ:
    _time_imports()
