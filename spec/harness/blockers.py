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
from typing import Callable, NamedTuple, Optional

from spec.harness import socket_peers
from spec.harness.process_table import listed_children
from spec.harness.system_calls import P_PID, P_PIDFD
from spec.harness.waits import BlockingCall, blocking_call, blocking_calls, has_limit

NOBODY = "no process of the claim"
"""How it is said that none of the processes could end a wait."""

_OWN = "another thread of its own"

_MOST_NAMED = 5
"""How many processes are named at most."""

_POLLFD = struct.Struct("=ihh")
"""The descriptor, the requested and the returned events, of `poll(2)
<https://man7.org/linux/man-pages/man2/poll.2.html>`_."""

_MOST_POLLED = 64
"""How many descriptors of one poll are read at most."""

_ACCESS_MODES = os.O_RDONLY | os.O_WRONLY | os.O_RDWR
"""The bits of the access mode of an open file: `os.O_ACCMODE`, which PyPy lacks."""

_WRITABLE = {os.O_WRONLY, os.O_RDWR}
"""The access modes with which a process can write."""


class Awaited(NamedTuple):
    """What a blocked process waits for.

    Attributes:
        what: the event, in words; empty if the kernel does not tell.
        enders: the processes that could end the wait, as far as that is known.
    """

    what: str
    enders: Sequence[int] = ()


def find_wait(pid: int, pids: Collection[int]) -> Awaited:
    """Return what the main thread of *pid* waits for.

    Args:
        pid: the process, which should be blocked.
        pids: the processes to look at for those that could end the wait.
    """
    return _find(pid, blocking_call(pid), pids)


def find_waits(pid: int, pids: Collection[int]) -> Awaited:
    """Return what *pid* waits for in its main thread, and then in others; see `find_wait`.

    A thread that waits for another thread of the same process is left out, unless it is the main thread.
    """
    calls = blocking_calls(pid)
    main = _find(pid, calls.pop(pid, None), pids)
    others = [wait for wait in (_find(pid, call, pids) for call in calls.values()) if wait.what not in ("", _OWN)]
    words = dict.fromkeys([main.what or "something", *(f"in another thread, for {wait.what}" for wait in others)])
    return Awaited(", and ".join(words), [*dict.fromkeys(ender for wait in [main, *others] for ender in wait.enders)])


def _find(pid: int, call: Optional[BlockingCall], pids: Collection[int]) -> Awaited:
    with suppress(OSError, ValueError):  # it is gone, or another process meanwhile, or may not be looked at
        if call is not None and call.name in _WAITS:
            return _WAITS[call.name](pid, call.arguments, pids)
    return Awaited("")


def describe_wait(pid: int, pids: Collection[int]) -> str:
    """Return in words what `find_wait` finds; empty if the kernel does not tell."""
    return find_wait(pid, pids).what


def files_to_read(pid: int, call: BlockingCall, known: dict[str, str]) -> list[str]:
    """Return the other ends of the pipes and sockets that a thread of *pid* waits to read from, without limit.

    They are named as the links in `proc_pid_fd(5) <https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html>`_ name
    them.  There are none if anything else can end the wait, or if the other end of a socket is not known.

    Args:
        pid: the process.
        call: the system call in which the thread waits.
        known: the ends that earlier calls have found, by the link of the other one; what is found is added.
    """
    links: list[str] = []
    with suppress(OSError, ValueError):  # it is gone, or another process meanwhile, or may not be looked at
        if call.name in ("read", "poll", "ppoll") and not has_limit(call):
            descriptors = call.arguments[:1] if call.name == "read" else _polled(pid, call.arguments)
            links = [os.readlink(f"/proc/{pid}/fd/{descriptor}") for descriptor in descriptors]
    for link in links:
        end = known.get(link) or _other_end(pid, link)
        if not end:
            return []
        known[link] = end
    return [known[link] for link in links]


def _other_end(pid: int, link: str) -> str:
    """Return the link of the other end of what *pid* has open as *link*; empty if it has none, or none is known."""
    if link.startswith("pipe:"):
        return link
    peer = _peer(pid, link) if link.startswith("socket:") else None
    return "" if peer is None else f"socket:[{peer}]"


def _peer(pid: int, link: str) -> Optional[int]:
    """Return the inode of the socket to which *pid*'s socket is connected, or None if it is unknown."""
    inode = int(link[len("socket:[") : -1])
    return socket_peers.peer(inode) or socket_peers.tcp_peer(pid, inode)


class OpenFiles:
    """What some processes have open at one moment.  Each of them is asked at most once.

    Args:
        pids: the processes.
    """

    def __init__(self, pids: Collection[int]) -> None:
        self._pids = pids
        self._names: dict[int, dict[str, list[str]]] = {}

    def writers(self, end: str) -> list[int]:
        """Return the processes that can write to this *end*, which is one of `files_to_read`."""
        return [pid for pid in self._pids if self._can_write(pid, end)]

    def _can_write(self, pid: int, end: str) -> bool:
        if pid not in self._names:
            self._names[pid] = _descriptors_by_link(pid)
        names = self._names[pid].get(end, [])
        return any(end.startswith("socket:") or _access_mode(pid, name) in _WRITABLE for name in names)


def _read(pid: int, arguments: list[int], pids: Collection[int]) -> Awaited:
    return _wait_for_file(pid, arguments[0], pids, reading=True)


def _write(pid: int, arguments: list[int], pids: Collection[int]) -> Awaited:
    return _wait_for_file(pid, arguments[0], pids, reading=False)


def _poll(pid: int, arguments: list[int], pids: Collection[int]) -> Awaited:
    waits = [_wait_for_file(pid, descriptor, pids, reading=True) for descriptor in _polled(pid, arguments)]
    words = dict.fromkeys(wait.what for wait in waits if wait.what)
    return Awaited(" or ".join(words), [*dict.fromkeys(ender for wait in waits for ender in wait.enders)])


def _polled(pid: int, arguments: Sequence[int]) -> list[int]:
    """Return the descriptors of a call of `poll(2) <https://man7.org/linux/man-pages/man2/poll.2.html>`_."""
    address, number = arguments[0], min(arguments[1], _MOST_POLLED)
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        memory.seek(address)
        polled = _POLLFD.iter_unpack(memory.read(_POLLFD.size * number))
    return [descriptor for descriptor, _, _ in polled if descriptor >= 0]


def _futex(pid: int, arguments: list[int], pids: Collection[int]) -> Awaited:
    file = _shared_mapping(pid, arguments[0])
    if file is None:
        return Awaited(_OWN)
    others = [other for other in pids if other != pid and file in _shared_files(other)]
    return Awaited(f"a semaphore that {_processes(others)} can release", others)


def _wait4(pid: int, arguments: list[int], _pids: Collection[int]) -> Awaited:
    child = _signed(arguments[0])
    return _exit_of(child) if child > 0 else _exit_of_a_child(pid)


def _waitid(pid: int, arguments: list[int], _pids: Collection[int]) -> Awaited:
    if arguments[0] == P_PID:
        return _exit_of(arguments[1])
    return _exit_by_pidfd(pid, arguments[1]) if arguments[0] == P_PIDFD else _exit_of_a_child(pid)


def _exit_of(pid: int) -> Awaited:
    return Awaited(f"the exit of process {pid}", [pid])


def _exit_of_a_child(pid: int) -> Awaited:
    return Awaited("the exit of a child", listed_children(pid))


def _file_lock(pid: int, _arguments: list[int], _pids: Collection[int]) -> Awaited:
    """See `proc_locks(5) <https://man7.org/linux/man-pages/man5/proc_locks.5.html>`_."""
    holder = ""
    with open("/proc/locks", encoding="ascii") as locks:
        for line in locks:
            fields = line.split()
            if fields[1] != "->":
                holder = fields[4]
            elif fields[5] == str(pid):
                return Awaited(f"a file lock that process {holder} holds", [int(holder)])
    return Awaited("")


_WAITS: dict[str, Callable[[int, list[int], Collection[int]], Awaited]] = {
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


def _wait_for_file(pid: int, descriptor: int, pids: Collection[int], *, reading: bool) -> Awaited:
    link = os.readlink(f"/proc/{pid}/fd/{descriptor}")
    if link == "anon_inode:[pidfd]":
        return _exit_by_pidfd(pid, descriptor)
    if link.startswith("pipe:"):
        wanted = _WRITABLE if reading else {os.O_RDONLY, os.O_RDWR}
        others = [other for other in pids if other != pid and _has_open(other, link, wanted)]
        return _peers(others, "a pipe", reading=reading)
    if link.startswith("socket:"):
        peer = _peer(pid, link)
        if peer is None:
            return Awaited("a message on a socket" if reading else "room on a socket")
        others = [other for other in pids if other != pid and _has_open(other, f"socket:[{peer}]")]
        return _peers(others, "a socket", reading=reading)
    return Awaited("")


def _peers(others: Sequence[int], what: str, *, reading: bool) -> Awaited:
    """Return that a process waits until *others* write to a pipe or socket, or read from it."""
    deed = "write to" if reading else "read from"
    words = f"{_processes(others)} to {deed} {what}" if others else f"{what} that {NOBODY} can {deed}"
    return Awaited(words, others)


def _exit_by_pidfd(pid: int, descriptor: int) -> Awaited:
    with open(f"/proc/{pid}/fdinfo/{descriptor}", encoding="ascii") as file:
        found = re.search(r"^Pid:\t(\d+)$", file.read(), re.MULTILINE)
    return _exit_of(int(found[1])) if found else Awaited("")


def _has_open(pid: int, link: str, modes: Optional[set[int]] = None) -> bool:
    """Return whether *pid* has open what *link* names, in one of these access *modes* if they are given."""
    return any(modes is None or _access_mode(pid, name) in modes for name in _descriptors_by_link(pid).get(link, []))


def _descriptors_by_link(pid: int) -> dict[str, list[str]]:
    """Return the descriptors of *pid* by what each stands for; none if it is gone or may not be looked at."""
    found: dict[str, list[str]] = {}
    with suppress(OSError):
        for name in os.listdir(f"/proc/{pid}/fd"):
            with suppress(OSError):
                found.setdefault(os.readlink(f"/proc/{pid}/fd/{name}"), []).append(name)
    return found


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
