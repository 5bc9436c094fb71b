"""How a script runs its claim: in a process of its own, which may crash, hang, or leave others behind."""

from __future__ import annotations

import faulthandler
import os
import pickle
import shutil
import signal
import tempfile
import time
import traceback
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Callable

from impl.contract import Multiprocessing
from spec.report.standins.processes import become_subreaper, descendants

Hold = Callable[[Path, ExitStack], object]


def supervise(hold: Hold, seconds: float) -> int:
    """Run the claim in a process of its own, end what is left of it, and return the exit status."""
    become_subreaper()
    folder = tempfile.mkdtemp(dir="/tmp")
    claim, end, status = os.fork(), time.monotonic() + seconds, None
    if claim == 0:
        run(hold, Path(folder))
    with suppress(ChildProcessError):  # once nobody is left
        while True:
            pid, how = os.waitpid(-1, os.WNOHANG)
            if pid == claim and status is None:
                status, end = os.waitstatus_to_exitcode(how), time.monotonic() + (0 if how else 2)
            elif not pid and time.monotonic() > end:
                for one in filter(command, descendants(os.getpid())):
                    if not status:
                        print(f"process {one}: expected to have ended, seen at work: {command(one)}", flush=True)
                    os.kill(one, signal.SIGABRT)  # a fork of this process prints where it waits
                status, end = status or 1, time.monotonic() + 1
            time.sleep(0.001)
    shutil.rmtree(folder, ignore_errors=True)
    print("the claim holds" if status == 0 else f"the claim does not hold: exit code {status}")
    return int(status != 0)


def command(pid: int) -> str:
    """Return the command line of *pid*; nothing if it has exited."""
    with suppress(OSError), open(f"/proc/{pid}/cmdline", "rb") as file:
        return file.read().replace(b"\0", b" ").decode(errors="replace").strip()
    return ""


def run(hold: Hold, place: Path) -> None:
    """Be the process that calls the library."""
    os.setsid()
    become_subreaper()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    faulthandler.enable()
    tempfile.tempdir = os.environ["TMPDIR"] = tempfile.mkdtemp(dir=place)
    try:
        with ExitStack() as stack:
            hold(place, stack)
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def call_as_told(mp: Multiprocessing, file: str) -> None:
    """Be a program of the claim."""
    function, args = pickle.loads(Path(file).read_bytes())
    function(mp, *args)
