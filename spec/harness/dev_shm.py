"""Named semaphores and shared memory that outlive their users.

On Linux both are files in /dev/shm, see `sem_overview(7)
<https://man7.org/linux/man-pages/man7/sem_overview.7.html>`_ and `shm_overview(7)
<https://man7.org/linux/man-pages/man7/shm_overview.7.html>`_.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from spec.harness.process_table import pids

SHARED_FOLDER = Path("/dev/shm")

UNUSED_SECONDS = 0.5
"""Seconds for which no process must have used a file before it counts as abandoned.

The process that removes it may only just have learned that it should, and another may be about to open it.
"""

INTERVAL_BETWEEN_SCANS = 0.05
"""Seconds between two scans of the processes of this machine."""


def names() -> frozenset[str]:
    """Return the names of all semaphores and shared memory that exist now."""
    return frozenset(os.listdir(SHARED_FOLDER)) if SHARED_FOLDER.is_dir() else frozenset()


def path_of(name: str) -> Path:
    """Return the path of the file that is the shared memory with this *name*, whether it exists or not."""
    return SHARED_FOLDER / name.lstrip("/")


def remove_abandoned(inodes: Collection[int]) -> list[str]:
    """Remove the files with these *inodes* that belong to the user and that no process uses; return their names.

    A file that a process still uses is not touched.  It may be the last run's, or that of a test at the same time.
    """
    abandoned = _unused(remaining(inodes))
    end = time.monotonic() + UNUSED_SECONDS  # from now, as the scan may have taken long
    while abandoned and time.monotonic() < end:
        time.sleep(INTERVAL_BETWEEN_SCANS)
        abandoned = _unused(abandoned)
    for name in abandoned:
        (SHARED_FOLDER / name).unlink(missing_ok=True)
    return abandoned


def remaining(inodes: Collection[int]) -> list[str]:
    """Return the names that are there now for files with one of these *inodes*."""
    return [name for name, inode in inodes_of(names()).items() if inode in inodes]


def used_by(pid: int) -> Iterator[int]:
    """Yield the inode of each semaphore and piece of shared memory that *pid* has mapped or open.

    Not its name: `sem_open` maps a new semaphore under a name that it then replaces by the semaphore's own.
    """
    prefix = f"{SHARED_FOLDER}/"
    with suppress(OSError), open(f"/proc/{pid}/maps", encoding="utf-8", errors="replace") as maps:
        for line in maps:
            if prefix in line:
                yield int(line.split(maxsplit=5)[4])
    with suppress(OSError):
        for link in os.listdir(f"/proc/{pid}/fd"):
            with suppress(OSError):  # closed meanwhile
                if os.readlink(f"/proc/{pid}/fd/{link}").startswith(prefix):
                    yield os.stat(f"/proc/{pid}/fd/{link}").st_ino


def inodes_of(candidates: Iterable[str]) -> dict[str, int]:
    """Return the inodes of those of the *candidates* that are there and belong to the user, by name."""
    inodes: dict[str, int] = {}
    for name in candidates:
        with suppress(FileNotFoundError):
            status = (SHARED_FOLDER / name).lstat()
            if status.st_uid == os.geteuid():
                inodes[name] = status.st_ino
    return inodes


def _unused(candidates: Iterable[str]) -> list[str]:
    """Return those of the *candidates* that are there, belong to the user, and that nobody has mapped or open."""
    inodes = inodes_of(candidates)
    if not inodes:
        return []
    used = {inode for pid in pids() for inode in used_by(pid)}
    return sorted(name for name, inode in inodes.items() if inode not in used)
