"""On a platform that lacks what the harness needs, claims are not applicable for that reason, and nothing fails."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from spec.harness import platforms, process_table
from spec.paths import ROOT

UNIX_ONLY = "fcntl", "grp", "pwd", "resource", "termios"

ELSEWHERE = f"""
import os, select, signal, socket, subprocess, sys, tempfile
import execnet, hypothesis, psutil, pytest, pytest_timeout, xdist  # which know by themselves where they are

class Elsewhere:
    def find_spec(self, name, path=None, target=None):
        if name in {UNIX_ONLY}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Elsewhere())
for name in {UNIX_ONLY}:
    sys.modules.pop(name, None)
for module, names in {{
    os: "fork setsid waitid WNOWAIT WNOHANG pidfd_open register_at_fork getuid",
    signal: "SIGKILL SIGRTMAX SIGSTOP SIGCONT SIGUSR1 SIGUSR2 SIGCHLD alarm pause",
    socket: "AF_UNIX SO_PEERCRED",
    select: "poll",
}}.items():
    for name in names.split():
        vars(module).pop(name, None)
sys.exit(pytest.main(sys.argv[1:]))
"""
"""Runs pytest without what other platforms lack."""


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    for found in platforms.missing, platforms.missing_for_names:
        found.cache_clear()
    yield
    for found in platforms.missing, platforms.missing_for_names:
        found.cache_clear()


def test_nothing_is_missing_here() -> None:
    assert platforms.missing() == ()


@pytest.mark.parametrize("name", ["pidfd_open", "waitid"])
def test_a_call_that_the_kernel_refuses_is_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A call that Python has but the kernel refuses, as in some containers, counts as missing."""

    def refuse(*_arguments: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, name, refuse, raising=False)
    [need] = platforms.missing()
    assert need.startswith(f"{name}(2), ")


def test_a_call_that_python_lacks_is_not_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyPy lacks some functions of `os`, and the C library has them."""
    for name in "pidfd_open", "waitid":
        monkeypatch.delattr(os, name, raising=False)
    assert platforms.missing() == ()


def test_limits_that_are_too_low_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (60, 60))
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert [need.partition(" (")[0] for need in platforms.missing()] == [
        "a limit of 256 open files or more",
        "room for 64 more processes",
    ]


@pytest.mark.parametrize(
    "shared_memory",
    [
        "mount -t tmpfs -o ro none /dev/shm",
        "mount -t tmpfs -o size=64k none /dev/shm; dd if=/dev/zero of=/dev/shm/full 2>/dev/null; true",
    ],
    ids=["read-only", "full"],
)
def test_without_semaphores_claims_about_locks_do_not_apply(tmp_path: Path, shared_memory: str) -> None:
    """/dev/shm is another one in a namespace of its own, as in some containers."""
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rm", "true"], check=False).returncode:
        pytest.skip("this user cannot make a mount namespace")
    pytest_command = f"{sys.executable} -m pytest spec/ --mp=multiprocessing:fork -p no:cacheprovider"
    claims = "lock.rlock-is-reentrant", "zombie.piles-up", "isolation.values-and", "shared_memory.missing-names"
    chosen = " ".join(f"--claim={claim}" for claim in claims)
    done = subprocess.run(
        [unshare, "-rm", "sh", "-c", f"{shared_memory} && {pytest_command} {chosen}"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert (
        done.stdout.count("this machine lacks POSIX semaphores, which need a writable /dev/shm with 1 MiB free") == 1
    )
    assert done.stdout.count("this machine lacks POSIX shared memory, which needs a writable /dev/shm") == 1
    assert re.search("shared_memory.missing-names-are-refused  +n/a", done.stdout)
    assert re.search("lock.rlock-is-reentrant  +n/a", done.stdout)
    assert re.search("isolation.values-and-arrays-are-shared  +n/a", done.stdout)
    assert re.search("zombie.piles-up  +holds", done.stdout)
    assert done.returncode == 0


def test_a_proc_that_tells_too_little_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some kernels do not count context switches, and without these every process would seem to have exited."""
    monkeypatch.setattr(process_table, "_STATUS", re.compile(b"no such line"))
    [need] = platforms.missing()
    assert need.startswith("/proc, ")


def test_elsewhere_no_claim_applies_and_none_fails(tmp_path: Path) -> None:
    """Everything can be imported without what other platforms lack, and each claim says why it does not apply."""
    file = tmp_path / "elsewhere.py"
    file.write_text(ELSEWHERE, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(file), "spec/", "--mp=multiprocessing:spawn", "-p", "no:cacheprovider"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED, done.stdout
    last = done.stdout.strip().splitlines()[-1]
    assert "not applicable" in last
    assert "passed" not in last
    assert "this platform lacks fork(2), to run each claim in a process of its own: so no claim" in done.stdout
