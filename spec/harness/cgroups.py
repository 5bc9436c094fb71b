"""The limits of the control groups that this process belongs to, which a container usually has one of.

See `cgroups(7) <https://man7.org/linux/man-pages/man7/cgroups.7.html>`_.  Both versions are read.  Version 1 has a
hierarchy for each controller; version 2 has one hierarchy.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Optional

MOUNT = Path("/sys/fs/cgroup")
"""Where the hierarchies are mounted."""

NO_LIMIT = 1 << 60
"""In version 1, a limit on bytes that is as high or higher stands for none."""

MEMBERSHIP = Path("/proc/self/cgroup")
"""The file that names the groups of this process."""


def usable_processors() -> int:
    """Return the number of processors that this process may use: by its affinity, and by its groups' quotas of time.

    A quota of one and a half processors counts as two.
    """
    number = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = processor_quota()
    return number if quota is None else max(1, min(number, math.ceil(quota)))


def processor_quota() -> Optional[float]:
    """Return how many processors' time these groups may use; None if there is no limit."""
    found = []
    for folder in _folders("cpu"):
        for quota, period in (_numbers(folder, "cpu.max"), _numbers(folder, "cpu.cfs_quota_us", "cpu.cfs_period_us")):
            if quota is not None and quota > 0 and period:
                found.append(quota / period)
    return min(found, default=None)


def room_for_processes() -> Optional[int]:
    """Return how many processes more these groups may have; None if there is no limit."""
    found = []
    for folder in _folders("pids"):
        most, present = _numbers(folder, "pids.max", "pids.current")
        if most is not None and present is not None:
            found.append(most - present)
    return min(found, default=None)


def room_for_memory() -> Optional[int]:
    """Return how many bytes of memory more these groups may use; None if there is no limit.

    What the kernel has cached for them counts as free, as it gives that up for a process that needs memory.
    """
    found = []
    for folder in _folders("memory"):
        for most, used in (
            _numbers(folder, "memory.max", "memory.current"),
            _numbers(folder, "memory.limit_in_bytes", "memory.usage_in_bytes"),
        ):
            if most is not None and used is not None and most < NO_LIMIT:
                found.append(most - used + _cached(folder))
    return min(found, default=None)


def _cached(folder: Path) -> int:
    """Return how many bytes are in use in this *folder* for copies of files that can be read again."""
    with suppress(OSError):
        lines = (folder / "memory.stat").read_text(encoding="ascii").splitlines()
        sizes = {name: int(size) for name, size in (line.split() for line in lines)}
        return sizes.get("total_inactive_file", sizes.get("inactive_file", 0))
    return 0


def _folders(controller: str) -> Iterator[Path]:
    """Yield the folders of the group that limits by *controller*, and of the groups around it.

    A container may see a hierarchy that begins at its own group, so folders that do not exist are yielded too.
    """
    with suppress(OSError):
        for line in MEMBERSHIP.read_text(encoding="utf-8").splitlines():
            _, controllers, path = line.split(":", 2)
            if controllers and controller not in controllers.split(","):
                continue
            for root in [MOUNT / controller] if controllers else [MOUNT, MOUNT / "unified"]:
                folder = root / path.lstrip("/")
                yield from (one for one in (folder, *folder.parents) if one == root or root in one.parents)


def _numbers(folder: Path, *files: str) -> tuple[Optional[int], Optional[int]]:
    """Return the first two numbers in these *files*; None for the word ``max``, and for what is missing."""
    words: list[str] = []
    for file in files:
        with suppress(OSError):
            words += (folder / file).read_text(encoding="ascii").split()
    first, second, *_ = [int(word) if word.lstrip("-").isdigit() else None for word in [*words, "", ""]]
    return first, second
