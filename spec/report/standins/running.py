"""How a script runs its claim: in a process of its own, which may crash, hang, or leave others behind."""

from __future__ import annotations

import faulthandler
import os
import pickle
import signal
import tempfile
import time
import traceback
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Callable, NoReturn

from impl.contract import Multiprocessing
from spec.report.standins.process_table import become_subreaper, children

Hold = Callable[[], object]

closing = ExitStack()
"""Ends what the claim has made, when the claim has ended."""


def supervise(hold: Hold, seconds: float) -> int:
    """Hold the claim in a process of its own, kill what is left after it, and return the exit status."""
    become_subreaper()
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, suppress(ChildProcessError):  # until no process is left
        claim, end, status = os.fork() or run(hold, folder), time.monotonic() + seconds, None
        while True:
            pid, how = os.waitpid(-1, os.WNOHANG)
            if pid == claim and status is None:
                status, end = os.waitstatus_to_exitcode(how), time.monotonic() + (0 if how else 10)
            elif not pid and time.monotonic() > end:
                for left in children(os.getpid()):  # whose children come here when it has ended
                    if not status:
                        with open(f"/proc/{left}/cmdline", errors="replace") as file:
                            command = file.read().split("\0")
                        print(f"process {left}: expected to have ended, seen to run:", *command, flush=True)
                    os.kill(left, signal.SIGABRT)  # a fork of this process prints where it waits
                    os.kill(left, signal.SIGCONT)  # in case it is stopped
                status, end = status or 1, time.monotonic() + 1
            time.sleep(0.001)
    print("the claim holds" if status == 0 else f"the claim does not hold: exit code {status}")
    return int(status != 0)


def run(hold: Hold, folder: str) -> NoReturn:
    """Be the process that calls the library."""
    os.setsid()
    become_subreaper()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    faulthandler.enable()
    os.chdir(folder)
    tempfile.tempdir = os.environ["TMPDIR"] = tempfile.mkdtemp(dir=folder)
    try:
        with closing:
            hold()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def call_as_told(mp: Multiprocessing, file: str) -> None:
    """Be a program of the claim."""
    function, args = pickle.loads(Path(file).read_bytes())
    function(mp, *args)
