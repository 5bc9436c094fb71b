"""The roles of the processes of a claim, for the report of a claim that hangs."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Optional

from spec.harness.blockers import describe_wait
from spec.harness.event_log import log_note
from spec.harness.process_table import descendants, parent

_roles: dict[int, str] = {}


def note(pid: int, role: str) -> None:
    """Note what process *pid* is there for, or where it has come to; the latest note counts."""
    _roles[pid] = role
    log_note(pid, role)


def role(pid: int) -> str:
    """Return what was noted last of process *pid*; empty if nothing."""
    return _roles.get(pid, "")


def describe_all(caller: int, pids: Optional[Iterable[int]] = None) -> str:
    """Return a line for each process: whose child it is, its state, its role, and what it waits for.

    Args:
        caller: the process that runs the claim.
        pids: the processes; if left out, that one and all that come from it.
    """
    processes = [caller, *descendants(caller)] if pids is None else [*pids]
    return "\n".join(_describe(pid, caller, processes) for pid in processes)


def _describe(pid: int, caller: int, pids: Collection[int]) -> str:
    try:
        if pid == os.getpid():
            return f"  process {pid}: {_role(pid, caller)}"
        origin = "" if pid == caller else f", child of {parent(pid)}"
        where = Path(f"/proc/{pid}/wchan").read_text(encoding="ascii") or "0"
        waits = f" in {where}" if where != "0" else ""
        event = describe_wait(pid, pids)
        waits += f" for {event}" if event else ""
        return f"  process {pid}{origin}, {_condition(pid)}{waits}: {_role(pid, caller)}"
    except OSError:
        return f"  process {pid}, gone meanwhile"


def _condition(pid: int) -> str:
    """Return the kernel's word for what *pid* does: running, sleeping, zombie, ..."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    return status.partition("\nState:")[2].partition("(")[2].partition(")")[0]


def _role(pid: int, caller: int) -> str:
    if pid == caller:
        return "runs the claim"
    return _roles.get(pid) or what_runs(pid, caller)


def what_runs(pid: int, caller: int) -> str:
    """Return what *pid* runs: its command line, unless it is a fork of *caller*, the process that runs the claim.

    Raises:
        OSError: it is gone.
    """
    command = command_line(pid)
    if command == command_line(caller):
        return "a fork of the process that runs the claim"
    return command[:80] or Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()


def command_line(pid: int) -> str:
    """Return the command line of *pid*; empty if it is a zombie.

    Raises:
        OSError: it is gone.
    """
    line = Path(f"/proc/{pid}/cmdline").read_bytes()
    return line.rstrip(b"\0").replace(b"\0", b" ").decode(errors="replace")
