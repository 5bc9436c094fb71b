"""Who is who among the processes of a claim, for whoever reads that they wait."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Optional

import psutil

from spec.harness.process_table import descendants

_roles: dict[int, str] = {}


def note(pid: int, role: str) -> None:
    """Note what process *pid* is there for, or where it has come to; the latest note counts."""
    _roles[pid] = role


def role(pid: int) -> str:
    """Return what was noted last of process *pid*; empty if nothing."""
    return _roles.get(pid, "")


def describe_all(caller: int, pids: Optional[Iterable[int]] = None) -> str:
    """Return a line for each process: whose child it is, whether it sleeps and where in the kernel, and its role.

    Args:
        caller: the process that runs the claim.
        pids: the processes; if left out, that one and all that come from it.
    """
    return "\n".join(_describe(pid, caller) for pid in ([caller, *descendants(caller)] if pids is None else pids))


def _describe(pid: int, caller: int) -> str:
    try:
        process = psutil.Process(pid)
        if pid == os.getpid():
            return f"  process {pid}: {_role(process, caller)}"
        parent = "" if pid == caller else f", child of {process.ppid()}"
        where = Path(f"/proc/{pid}/wchan").read_text(encoding="ascii") or "0"
        waits = f" in {where}" if where != "0" else ""
        return f"  process {pid}{parent}, {process.status()}{waits}: {_role(process, caller)}"
    except (psutil.Error, OSError):
        return f"  process {pid}, gone meanwhile"


def _role(process: psutil.Process, caller: int) -> str:
    if process.pid == caller:
        return "runs the claim"
    return _roles.get(process.pid) or what_runs(process, caller)


def what_runs(process: psutil.Process, caller: int) -> str:
    """Return what *process* runs: its command line, unless it is a fork of *caller*, the process that runs the claim.

    Raises:
        psutil.NoSuchProcess: it is gone.
    """
    command = process.cmdline()
    if command == psutil.Process(caller).cmdline():
        return "a fork of the process that runs the claim"
    return " ".join(command)[:80] or process.name()
