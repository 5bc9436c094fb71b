"""What the kernel knows of the memory of a process: what is behind an address, and which bytes are there.

The process takes no part in it, and may be stopped.  So a claim sees what a process would read, without asking it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple, Optional

YAMA = Path("/proc/sys/kernel/yama/ptrace_scope")
"""The file that says whose memory a process may read, on a kernel that restricts it.

See `Yama <https://docs.kernel.org/admin-guide/LSM/Yama.html>`_.
"""

DESCENDANTS = 1
"""The strictest rule of Yama under which a process may read the memory of its descendants."""


IN_MEMORY = frozenset({"tmpfs", "ramfs", "hugetlbfs"})
"""The types of file systems whose files are in memory only."""


class Place(NamedTuple):
    """A byte of a file.  If two addresses have the same place, a change at one of them is there at the other.

    Memory that has no name, and that processes share because one was forked from the other, has an inode too.

    Attributes:
        device: the device of the file.
        inode: its inode.
        offset: the position of the byte in the file.
    """

    device: str
    inode: int
    offset: int


def shared_place(pid: int, address: int) -> Optional[Place]:
    """Return the place behind an *address* of *pid*; None if the memory there is not shared, or there is none.

    See `/proc/PID/maps <https://man7.org/linux/man-pages/man5/proc_pid_maps.5.html>`_.

    Raises:
        OSError: there is no such process, or the kernel does not show its maps.
    """
    with open(f"/proc/{pid}/maps", encoding="utf-8", errors="replace") as maps:
        for line in maps:
            addresses, permissions, offset, device, inode = line.split(maxsplit=5)[:5]
            start, end = (int(number, 16) for number in addresses.split("-"))
            if start <= address < end:
                shared = permissions.endswith("s")
                return Place(device, int(inode), int(offset, 16) + address - start) if shared else None
    return None


def file_system(device: str) -> Optional[str]:
    """Return the type of the file system on a *device*, such as ``tmpfs``; None if nothing is mounted from it.

    Shared memory that has no name in a folder is on a device of the kernel's own, from which nothing is mounted.  See
    `/proc/PID/mountinfo <https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html>`_.

    Args:
        device: that of a `Place`.
    """
    number = "{}:{}".format(*(int(part, 16) for part in device.split(":")))
    with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as mounts:
        for line in mounts:
            mount, _, kind = line.partition(" - ")
            if mount.split()[2] == number:
                return kind.split()[0]
    return None


def read_memory(pid: int, address: int, size: int) -> bytes:
    """Return *size* bytes of the memory of *pid*.

    See `/proc/PID/mem <https://man7.org/linux/man-pages/man5/proc_pid_mem.5.html>`_.

    Args:
        pid: a descendant of this process, or this process itself.
        address: the address of the first byte there.
        size: the number of bytes.

    Raises:
        OSError: there is no such process or no memory at that address, or the kernel refuses; see `is_readable`.
    """
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        return os.pread(memory.fileno(), size, address)


def is_readable() -> bool:
    """Return whether the kernel lets a process, whatever its privileges, read the memory of its descendants."""
    try:
        return int(YAMA.read_text(encoding="ascii")) <= DESCENDANTS
    except OSError:  # it restricts nothing
        return True
