"""Tell what this machine provides, and whether its init reaps orphans.

No claim depends on the init: claims adopt their orphans themselves.  Other programs do depend on it.  In many
containers pid 1 never reaps, and there each orphan stays a zombie after its exit.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import signal
import sys
import time
from typing import Any, NamedTuple, Optional

import psutil

from spec.engine import xdist_workers
from spec.engine.targets import implementation
from spec.harness.cgroups import room_for_memory, usable_processors
from spec.harness.platforms import missing
from spec.harness.process_table import GONE, parent, state, until_exited
from spec.tools.lacks import Lack, lacks

REAPING_SECONDS = 2.0
"""Seconds after the exit of an orphan within which it is expected to be reaped."""

CHECKING_INTERVAL = 0.001
"""Seconds between two checks whether the orphan was reaped."""


class Adoption(NamedTuple):
    """What happened to an orphan.

    Attributes:
        adopter: the pid of the process that adopted it; 0 if that process is outside this pid namespace.
        seconds: the time from its exit until it was reaped; None if it was not reaped in time.
    """

    adopter: int
    seconds: Optional[float]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("--json", action="store_true", help="print the facts as JSON")


def run(asked: argparse.Namespace) -> int:
    """Print the facts, one a line, or as JSON."""
    found = facts()
    if asked.json:
        print(json.dumps(found, indent=2))
    else:
        for what, fact in sheet(found).items():
            print(f"{what + ':':<15}{fact}")
        for lack in found["lacks"]:
            print(f"{'lacks:':<15}{lack['what']}: {lack['costs']}")
    return 0


def facts(seconds: float = REAPING_SECONDS) -> dict[str, Any]:
    """Return the facts about this machine, as data that can be written as JSON.

    ``start_methods`` begins with the default.  ``missing`` is what the claims need and the platform lacks.
    ``memory_bytes`` is what the control groups leave to this process; None if they have no limit.  ``workers`` is how
    many xdist workers ``-n auto`` starts.  Where something is missing, ``init`` and ``orphan`` are None.  ``lacks``
    has everything that is lacking, each with what it costs.

    Args:
        seconds: the time after its exit within which an orphan is expected to be reaped.
    """
    adoption = None if missing() else orphan(seconds)
    return {
        "platform": platform.platform(),
        "implementation": implementation(),
        "python": platform.python_version(),
        "executable": sys.executable,
        "processors": os.cpu_count(),
        "usable_processors": usable_processors(),
        "memory_bytes": room_for_memory(),
        "workers": xdist_workers.automatic(os.cpu_count() or 1),
        "user": {"uid": os.getuid(), "is_root": os.geteuid() == 0} if hasattr(os, "getuid") else None,
        "start_methods": multiprocessing.get_all_start_methods(),
        "missing": list(missing()),
        "lacks": [lack._asdict() for lack in [*lacks(), *_lacks_of_init(adoption)]],
        "init": adoption and {"pid": 1, "name": name(1)},
        "orphan": adoption
        and {
            "adopter": {"pid": adoption.adopter, "name": name(adoption.adopter)},
            "watched_seconds": seconds,
            "reaped_after_seconds": adoption.seconds,
        },
    }


def _lacks_of_init(adoption: Optional[Adoption]) -> list[Lack]:
    if adoption is None or adoption.seconds is not None:
        return []
    return [Lack("an init that reaps orphans", "other programs leave zombies; no claim depends on it")]


def sheet(found: dict[str, Any]) -> dict[str, str]:
    """Return the facts that `facts` has *found* in words, by subject."""
    default, *others = found["start_methods"]
    lacking = "; ".join(found["missing"])
    told = {
        "platform": found["platform"],
        "Python": f"{found['implementation']} {found['python']}, {found['executable']}",
        "processors": f"{found['usable_processors']} of {found['processors']}",
        "start methods": ", ".join([f"{default} (default)", *others]),
        "claims": f"cannot be verified, as this platform lacks {lacking}" if lacking else "can be verified",
    }
    if found["orphan"]:
        told["init"] = _named(found["init"])
        told["an orphan"] = f"adopted by {_named(found['orphan']['adopter'])}; {_reaped(found['orphan'])}"
    return told


def _named(process: dict[str, Any]) -> str:
    return f"pid {process['pid']}, {process['name'] or 'not visible from here'}"


def _reaped(orphan: dict[str, Any]) -> str:
    if orphan["reaped_after_seconds"] is None:
        return f"still a zombie {orphan['watched_seconds']:g} s after its exit"
    return f"reaped {orphan['reaped_after_seconds'] * 1000:.0f} ms after its exit"


def name(pid: int) -> Optional[str]:
    """Return the name of the process *pid*, or None if it is not visible in this pid namespace."""
    try:
        return psutil.Process(pid).name()
    except psutil.NoSuchProcess:
        return None


def orphan(seconds: float = REAPING_SECONDS) -> Adoption:
    """Make an orphan and kill it; return which process has adopted it, and whether it was reaped.

    If it was not reaped, it stays a zombie.

    Args:
        seconds: the time after its exit within which it is expected to be reaped.
    """
    pid = _make_orphan()
    adopter = parent(pid) or 0
    os.kill(pid, signal.SIGKILL)
    until_exited(pid)
    begun = time.monotonic()
    while state(pid) != GONE:
        if time.monotonic() - begun > seconds:
            return Adoption(adopter, None)
        time.sleep(CHECKING_INTERVAL)
    return Adoption(adopter, time.monotonic() - begun)


def _make_orphan() -> int:
    """Return the pid of a process that waits for a signal, and whose parent has exited."""
    reader, writer = os.pipe()
    middle = os.fork()
    if middle == 0:
        pid = os.fork()
        if pid == 0:
            try:
                os.close(reader)
                os.close(writer)
                signal.alarm(60)  # ends the orphan if this process is killed before it can
                signal.pause()
            finally:
                os._exit(0)
        os.write(writer, str(pid).encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(middle, 0)
    try:
        return int(os.read(reader, 20))
    finally:
        os.close(reader)
