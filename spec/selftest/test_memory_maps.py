"""The memory of a process, as the kernel shows it."""

from __future__ import annotations

import ctypes
import mmap
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from spec.harness import memory_maps
from spec.harness.memory_maps import file_system, is_readable, read_memory, shared_place
from spec.selftest import processes
from spec.selftest.conftest import Fork

OWN_PID = os.getpid()


def address_of(memory: Any) -> int:
    """Return the address of a writable buffer."""
    return ctypes.addressof(ctypes.c_char.from_buffer(memory))


def test_place_is_in_the_file_that_is_mapped(tmp_path: Path) -> None:
    """The place counts from the beginning of the file, wherever the mapping begins."""
    size = 3 * mmap.PAGESIZE
    with (tmp_path / "file").open("w+b") as file:
        file.truncate(size)
        whole = mmap.mmap(file.fileno(), size)
        part = mmap.mmap(file.fileno(), mmap.PAGESIZE, offset=mmap.PAGESIZE)
    seen = shared_place(OWN_PID, address_of(part) + 5)
    assert seen is not None
    assert (seen.inode, seen.offset) == ((tmp_path / "file").stat().st_ino, mmap.PAGESIZE + 5)
    assert shared_place(OWN_PID, address_of(whole) + mmap.PAGESIZE + 5) == seen
    assert shared_place(OWN_PID, address_of(whole) + mmap.PAGESIZE + 6) != seen


def test_memory_without_a_name_has_a_place_of_its_own(fork: Fork) -> None:
    """What is shared with a fork has the same place there, and nothing else has it."""
    one, another = mmap.mmap(-1, mmap.PAGESIZE), mmap.mmap(-1, mmap.PAGESIZE)
    child, address = fork(processes.wait), address_of(one)
    assert shared_place(child, address) == shared_place(OWN_PID, address)
    assert shared_place(OWN_PID, address) != shared_place(OWN_PID, address_of(another))


def test_private_memory_has_no_place(tmp_path: Path) -> None:
    """Memory of the process itself has no place, even if a file is behind it; nor has an address without memory."""
    (tmp_path / "file").write_bytes(bytes(mmap.PAGESIZE))
    with (tmp_path / "file").open("r+b") as file:
        copied = mmap.mmap(file.fileno(), mmap.PAGESIZE, flags=mmap.MAP_PRIVATE)
    assert shared_place(OWN_PID, address_of(copied)) is None
    assert shared_place(OWN_PID, address_of(bytearray(10))) is None
    assert shared_place(OWN_PID, 1) is None


def test_type_of_a_file_system_is_known() -> None:
    """That of a mounted file system has a name, and memory without a name is in none."""
    number = Path("/proc/self/status").stat().st_dev
    assert file_system(f"{os.major(number):02x}:{os.minor(number):02x}") == "proc"
    unnamed = mmap.mmap(-1, mmap.PAGESIZE)
    place = shared_place(OWN_PID, address_of(unnamed))
    assert place is not None
    assert file_system(place.device) is None


def test_bytes_of_a_stopped_process_are_read(fork: Fork) -> None:
    """A change in shared memory is there in a process that is stopped; one in private memory is not."""
    shared, private = mmap.mmap(-1, mmap.PAGESIZE), bytearray(b"before")
    shared[:6] = b"before"
    child = fork(processes.wait)
    os.kill(child, signal.SIGSTOP)
    shared[:6], private[:] = b"change", b"change"
    assert read_memory(child, address_of(shared), 6) == b"change"
    assert read_memory(child, address_of(private), 6) == b"before"
    assert read_memory(OWN_PID, address_of(private), 6) == b"change"


def test_what_cannot_be_read_is_an_error(fork: Fork) -> None:
    """No memory is behind the first address, and none is left of a process that has ended."""
    with pytest.raises(OSError):
        read_memory(OWN_PID, 1, 1)
    child = fork(int)
    os.waitpid(child, 0)
    with pytest.raises(OSError):
        read_memory(child, 1, 1)
    with pytest.raises(OSError):
        shared_place(child, 1)


@pytest.mark.parametrize(("scope", "readable"), [("0", True), ("1", True), ("2", False), ("3", False), (None, True)])
def test_kernel_may_refuse(scope: str, readable: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the stricter rules of Yama a process may not read the memory of its descendants."""
    if scope is not None:
        (tmp_path / "ptrace_scope").write_text(f"{scope}\n", encoding="ascii")
    monkeypatch.setattr(memory_maps, "YAMA", tmp_path / "ptrace_scope")
    assert is_readable() == readable
