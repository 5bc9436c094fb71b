"""What this machine, or this container, lacks, and what each lack costs."""

from __future__ import annotations

import os
import sys
import tempfile
from typing import NamedTuple

from spec.engine import xdist_workers
from spec.harness.cgroups import usable_processors
from spec.harness.platforms import missing, missing_for_hosts, missing_for_names
from spec.paths import ROOT


class Lack(NamedTuple):
    """Something that this machine lacks.

    Attributes:
        what: what is lacking.
        costs: what the suite cannot do for that reason, or does more slowly.
    """

    what: str
    costs: str


def lacks() -> list[Lack]:
    """Return what is lacking here, the most serious first; none if the suite can do all that it can do."""
    found = [Lack(need, "no claim can be verified") for need in missing()]
    if not _has_temporary_folder():
        found.append(Lack("a writable folder for temporary files", "pytest cannot run: set TMPDIR to one"))
    if not missing():
        for what, names in missing_for_names().items():
            found.append(Lack(what, f"claims about {', '.join(sorted(names))} are n/a"))
        found += [
            Lack(what, "claims about links that are cut, and the wire, are n/a") for what in missing_for_hosts()
        ]
    if not os.path.exists("/proc/self/syscall"):
        costs = "HUNG does not say what a process waits for, and claims about waits without a limit take longer"
        found.append(Lack("/proc/PID/syscall, to see what a process waits for", costs))
    if usable_processors() < (os.cpu_count() or 1):
        what = f"{os.cpu_count()} processors, of which {usable_processors()} may be used"
        found.append(Lack(what, f"-n auto counts {usable_processors()}"))
    processors = os.cpu_count() or 1
    if xdist_workers.for_memory() < xdist_workers.for_processors(processors):
        wanted = xdist_workers.for_processors(processors)
        what = f"memory for {wanted} xdist workers, by the limits of the control groups"
        found.append(Lack(what, f"-n auto starts {xdist_workers.automatic(processors)}"))
    if sys.dont_write_bytecode or not os.access(ROOT, os.W_OK):
        costs = "a process compiles what it imports, unless it was compiled before, which takes a fifth more time"
        found.append(Lack("a writable place for compiled modules", costs))
    return found


def _has_temporary_folder() -> bool:
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        return False
    return True
