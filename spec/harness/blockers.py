"""What a blocked process waits for, and which processes could end its wait, as the kernel shows it.

The file `/proc/PID/task/TID/syscall <https://man7.org/linux/man-pages/man5/proc_pid_syscall.5.html>`_ has the system
call and its arguments.  Those name a descriptor, an address or a process, and the other files of ``/proc`` tell who
else has the pipe, the socket or the memory behind it.
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from typing import Callable, Optional

from spec.harness import socket_peers
from spec.harness.system_calls import P_PID, P_PIDFD
from spec.harness.waits import blocking_call

NOBODY = "no process of the claim"
"""How it is said that none of the processes could end a wait."""

_MOST_NAMED = 5
"""How many processes are named at most."""

_POLLFD = struct.Struct("=ihh")
"""The descriptor, the requested and the returned events, of `poll(2)
<https://man7.org/linux/man-pages/man2/poll.2.html>`_."""

_MOST_POLLED = 64
"""How many descriptors of one poll are read at most."""

_ACCESS_MODES = os.O_RDONLY | os.O_WRONLY | os.O_RDWR
"""The bits of the access mode of an open file: `os.O_ACCMODE`, which PyPy lacks."""


def describe_wait(pid: int, pids: Collection[int]) -> str:
    """Return what the main thread of *pid* waits for, in words; empty if the kernel does not tell.

    Args:
        pid: the process, which should be blocked.
        pids: the processes to look at for those that could end the wait.
    """
    with suppress(OSError, ValueError):  # it is gone, or another process meanwhile, or may not be looked at
        call = blocking_call(pid)
        if call is not None and call.name in _DESCRIPTIONS:
            return _DESCRIPTIONS[call.name](pid, call.arguments, pids)
    return ""


def _read(pid: int, arguments: list[int], pids: Collection[int]) -> str:
    return _describe_file(pid, arguments[0], pids, reading=True)


def _write(pid: int, arguments: list[int], pids: Collection[int]) -> str:
    return _describe_file(pid, arguments[0], pids, reading=False)


def _poll(pid: int, arguments: list[int], pids: Collection[int]) -> str:
    address, number = arguments[0], min(arguments[1], _MOST_POLLED)
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        memory.seek(address)
        polled = _POLLFD.iter_unpack(memory.read(_POLLFD.size * number))
    files = (_describe_file(pid, descriptor, pids, reading=True) for descriptor, _, _ in polled if descriptor >= 0)
    return " or ".join(dict.fromkeys(filter(None, files)))


def _futex(pid: int, arguments: list[int], pids: Collection[int]) -> str:
    file = _shared_mapping(pid, arguments[0])
    if file is None:
        return "another thread of its own"
    others = [other for other in pids if other != pid and file in _shared_files(other)]
    return f"a semaphore that {_processes(others)} can release"


def _wait4(_pid: int, arguments: list[int], _pids: Collection[int]) -> str:
    child = _signed(arguments[0])
    return f"the exit of process {child}" if child > 0 else "the exit of a child"


def _waitid(pid: int, arguments: list[int], _pids: Collection[int]) -> str:
    if arguments[0] == P_PID:
        return f"the exit of process {arguments[1]}"
    return _describe_pidfd(pid, arguments[1]) if arguments[0] == P_PIDFD else "the exit of a child"


def _file_lock(pid: int, _arguments: list[int], _pids: Collection[int]) -> str:
    """See `proc_locks(5) <https://man7.org/linux/man-pages/man5/proc_locks.5.html>`_."""
    holder = ""
    with open("/proc/locks", encoding="ascii") as locks:
        for line in locks:
            fields = line.split()
            if fields[1] != "->":
                holder = fields[4]
            elif fields[5] == str(pid):
                return f"a file lock that process {holder} holds"
    return ""


_DESCRIPTIONS: dict[str, Callable[[int, list[int], Collection[int]], str]] = {
    "read": _read,
    "recvfrom": _read,
    "recvmsg": _read,
    "write": _write,
    "poll": _poll,
    "ppoll": _poll,
    "futex": _futex,
    "wait4": _wait4,
    "waitid": _waitid,
    "flock": _file_lock,
    "fcntl": _file_lock,
}


def _describe_file(pid: int, descriptor: int, pids: Collection[int], *, reading: bool) -> str:
    link = os.readlink(f"/proc/{pid}/fd/{descriptor}")
    if link == "anon_inode:[pidfd]":
        return _describe_pidfd(pid, descriptor)
    if link.startswith("pipe:"):
        wanted = {os.O_WRONLY, os.O_RDWR} if reading else {os.O_RDONLY, os.O_RDWR}
        others = [other for other in pids if other != pid and _has_open(other, link, wanted)]
        return _peers(others, "a pipe", reading=reading)
    if link.startswith("socket:"):
        peer = socket_peers.peer(int(link[len("socket:[") : -1]))
        if peer is None:
            return "a message on a socket" if reading else "room on a socket"
        others = [other for other in pids if other != pid and _has_open(other, f"socket:[{peer}]")]
        return _peers(others, "a socket", reading=reading)
    return ""


def _peers(others: Sequence[int], what: str, *, reading: bool) -> str:
    """Return in words that a process waits until *others* write to a pipe or socket, or read from it."""
    deed = "write to" if reading else "read from"
    return f"{_processes(others)} to {deed} {what}" if others else f"{what} that {NOBODY} can {deed}"


def _describe_pidfd(pid: int, descriptor: int) -> str:
    with open(f"/proc/{pid}/fdinfo/{descriptor}", encoding="ascii") as file:
        found = re.search(r"^Pid:\t(\d+)$", file.read(), re.MULTILINE)
    return f"the exit of process {found[1]}" if found else ""


def _has_open(pid: int, link: str, modes: Optional[set[int]] = None) -> bool:
    """Return whether *pid* has open what *link* names, in one of these access *modes* if they are given."""
    return any(modes is None or _access_mode(pid, name) in modes for name in _descriptors(pid, link))


def _descriptors(pid: int, link: str) -> Iterator[str]:
    with suppress(OSError):
        for name in os.listdir(f"/proc/{pid}/fd"):
            with suppress(OSError):
                if os.readlink(f"/proc/{pid}/fd/{name}") == link:
                    yield name


def _access_mode(pid: int, descriptor: str) -> Optional[int]:
    with suppress(OSError), open(f"/proc/{pid}/fdinfo/{descriptor}", encoding="ascii") as file:
        found = re.search(r"^flags:\t(\d+)$", file.read(), re.MULTILINE)
        return int(found[1], 8) & _ACCESS_MODES if found else None
    return None


def _shared_mapping(pid: int, address: int) -> Optional[str]:
    """Return device and inode of the file that *pid* shares at this *address*, or None if the memory is its own."""
    return next((file for first, last, file in _mappings(pid) if first <= address < last), None)


def _shared_files(pid: int) -> set[str]:
    with suppress(OSError):
        return {file for _, _, file in _mappings(pid)}
    return set()


def _mappings(pid: int) -> Iterator[tuple[int, int, str]]:
    """Yield the first address, the end, and the device and inode of what *pid* shares with other processes.

    See `proc_pid_maps(5) <https://man7.org/linux/man-pages/man5/proc_pid_maps.5.html>`_.
    """
    with open(f"/proc/{pid}/maps", encoding="utf-8", errors="replace") as maps:
        for line in maps:
            addresses, access, _, device, inode = line.split(maxsplit=5)[:5]
            if access.endswith("s"):
                first, last = (int(address, 16) for address in addresses.split("-"))
                yield first, last, f"{device} {inode}"


def _processes(pids: Sequence[int]) -> str:
    if not pids:
        return NOBODY
    named = [str(pid) for pid in pids[:_MOST_NAMED]]
    if len(pids) > _MOST_NAMED:
        named.append(f"{len(pids) - _MOST_NAMED} more")
    *first, last = named
    return f"process {', '.join(first)} or {last}" if first else f"process {last}"


def _signed(number: int) -> int:
    """Return a 32-bit argument of a system call as the signed number that it is."""
    return struct.unpack("=i", struct.pack("=I", number & 0xFFFF_FFFF))[0]  # type: ignore[no-any-return]
