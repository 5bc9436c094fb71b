"""What a machine or a container lacks is told with what it costs.

Containers are made of namespaces here.  Where this user cannot make them, their tests are skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence

import pytest

from spec.engine import xdist_workers
from spec.harness.platforms import LEAST_SHARED, MADE_OF_MEMORY, MADE_OF_SEMAPHORES
from spec.paths import ROOT
from spec.tools import lacks
from spec.tools.lacks import Lack


def costs(what: str) -> str:
    """Return what the lack costs whose description begins with *what*; empty if nothing of the kind is lacking."""
    return next((lack.costs for lack in lacks.lacks() if lack.what.startswith(what)), "")


def test_what_every_claim_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lacks, "missing", lambda: ("waitid(2)",))
    assert lacks.lacks()[0] == Lack("waitid(2)", "no claim can be verified")


def test_fewer_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(lacks, "usable_processors", lambda: 2)
    assert costs("64 processors, of which 2 may be used") == "-n auto counts 2"
    monkeypatch.setattr(lacks, "usable_processors", lambda: 64)
    assert costs("64 processors") == ""


def test_less_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setattr(xdist_workers, "usable_processors", lambda: 8)
    monkeypatch.setattr(xdist_workers, "room_for_memory", lambda: 5 * xdist_workers.WORKER_BYTES)
    assert costs("memory for 12 xdist workers, by the limits of the control groups") == "-n auto starts 5"
    monkeypatch.setattr(xdist_workers, "room_for_memory", lambda: None)
    assert costs("memory") == ""


def test_no_temporary_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> str:
        raise FileNotFoundError

    monkeypatch.setattr(tempfile, "gettempdir", refuse)
    assert costs("a writable folder for temporary files") == "pytest cannot run: set TMPDIR to one"


def test_no_compiled_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    assert costs("a writable place for compiled modules") == ""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert "a fifth more time" in costs("a writable place for compiled modules")


PYTHON = sys.executable

MACHINE_COMMAND = f"{PYTHON} -m spec machine --json"


def in_container(*preparation: str, machine: str = MACHINE_COMMAND) -> dict[str, str]:
    """Return what `machine` says that a container lacks, with the costs; skip the test if none can be made.

    Args:
        preparation: the shell commands that make the container, run as root of namespaces of its own.
        machine: the shell command that runs it.
    """
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rmpf", "--mount-proc", "true"], check=False).returncode:
        pytest.skip("this user cannot make a mount namespace")
    command = [unshare, "-rmpf", "--mount-proc", "sh", "-c", " && ".join([*preparation, f"exec {machine}"])]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return {lack["what"]: lack["costs"] for lack in json.loads(done.stdout)["lacks"]}


FULL = "dd if=/dev/zero of=/dev/shm/full 2>/dev/null; true"
"""The shell command that fills /dev/shm."""


@pytest.mark.parametrize(
    ("preparation", "lacks_shared_memory"),
    [
        (["mount -t tmpfs -o ro none /dev/shm"], True),
        (["mount -t tmpfs -o size=64k none /dev/shm", FULL], True),
        ([f"mount -t tmpfs -o size={LEAST_SHARED // 2} none /dev/shm"], True),
        ([f"mount -t tmpfs -o size={LEAST_SHARED} none /dev/shm"], False),
        (["mount -t tmpfs -o size=0 none /dev/shm"], False),
    ],
    ids=["read-only", "full", "small", "large enough", "without a limit"],
)
def test_a_container_without_shared_memory(preparation: Sequence[str], lacks_shared_memory: bool) -> None:
    """/dev/shm is another one in a mount namespace of its own."""
    told = [cost for what, cost in in_container(*preparation).items() if "/dev/shm" in what]
    concerned = [", ".join(sorted(names)) for names in (MADE_OF_SEMAPHORES, MADE_OF_MEMORY)]
    assert told == ([f"claims about {names} are n/a" for names in concerned] if lacks_shared_memory else [])


def test_a_container_with_a_read_only_root() -> None:
    told = in_container(f"mount --bind {ROOT} {ROOT}", f"mount -o remount,bind,ro {ROOT}", f"cd {ROOT}")
    assert "a writable place for compiled modules" in told


def test_a_container_with_few_files() -> None:
    told = in_container("ulimit -n 64")
    assert "no claim can be verified" in [cost for what, cost in told.items() if "ulimit -n" in what]


def test_a_container_whose_filter_refuses_a_system_call() -> None:
    pidfd_open = 434
    told = in_container(machine=f"{PYTHON} -m spec.selftest.refusing {pidfd_open} {MACHINE_COMMAND}")
    assert "no claim can be verified" in [cost for what, cost in told.items() if "pidfd_open" in what]


def test_a_container_whose_init_does_not_reap() -> None:
    """Pid 1 of the container is the command itself, which reaps its own children only."""
    assert "no claim depends on it" in in_container()["an init that reaps orphans"]
