"""The limits of control groups are found in both versions, for containers that see all groups or only their own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Callable

import pytest

from spec.engine import xdist_workers
from spec.harness import cgroups

Make = Callable[[str, Mapping[str, str]], None]


@pytest.fixture
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Return a function that makes files of control groups, in place of those of this machine."""
    monkeypatch.setattr(cgroups, "MOUNT", tmp_path)
    monkeypatch.setattr(cgroups, "MEMBERSHIP", tmp_path / "membership")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(8)), raising=False)

    def make(membership: str, files: Mapping[str, str]) -> None:
        (tmp_path / "membership").write_text(membership, encoding="utf-8")
        for name, text in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="ascii")

    return make


@pytest.mark.usefixtures("groups")
def test_without_control_groups_there_is_no_limit() -> None:
    assert (cgroups.processor_quota(), cgroups.room_for_processes(), cgroups.room_for_memory()) == (None, None, None)
    assert cgroups.usable_processors() == 8


def test_the_lowest_quota_of_version_2_counts(groups: Make) -> None:
    groups("0::/outer/inner\n", {"outer/cpu.max": "150000 100000\n", "outer/inner/cpu.max": "max 100000\n"})
    assert cgroups.processor_quota() == 1.5
    assert cgroups.usable_processors() == 2


def test_a_container_that_sees_its_own_group_only(groups: Make) -> None:
    groups("0::/not/visible\n", {"cpu.max": "50000 100000\n", "pids.max": "100\n", "pids.current": "93\n"})
    assert cgroups.processor_quota() == 0.5
    assert cgroups.usable_processors() == 1
    assert cgroups.room_for_processes() == 7


def test_memory_that_the_kernel_can_give_up_counts_as_free(groups: Make) -> None:
    inner = {"memory.max": "1000\n", "memory.current": "900\n", "memory.stat": "anon 600\ninactive_file 300\n"}
    groups("0::/box\n", {"memory.max": "max\n", **{f"box/{name}": text for name, text in inner.items()}})
    assert cgroups.room_for_memory() == 400


def test_memory_without_a_limit_in_version_1(groups: Make) -> None:
    groups("4:memory:/box\n", {"memory/box/memory.limit_in_bytes": f"{2**63 - 4096}\n"})
    assert cgroups.room_for_memory() is None


def test_workers_need_memory(groups: Make) -> None:
    """With less than one worker needs, one is started all the same."""
    group = {"memory/box/memory.usage_in_bytes": "0\n", "memory/memory.limit_in_bytes": f"{2**63 - 4096}\n"}
    for limit, expected in (1 << 40, 12), (3 * xdist_workers.WORKER_BYTES, 3), (1 << 20, 1):
        groups("4:memory:/box\n", {**group, "memory/box/memory.limit_in_bytes": f"{limit}\n"})
        assert xdist_workers.automatic(64) == expected


def test_version_1_has_a_hierarchy_for_each_controller(groups: Make) -> None:
    groups(
        "3:pids:/box\n2:cpu,cpuacct:/box\n0::/\n",
        {
            "cpu/box/cpu.cfs_quota_us": "300000\n",
            "cpu/box/cpu.cfs_period_us": "100000\n",
            "cpu/cpu.cfs_quota_us": "-1\n",
            "cpu/cpu.cfs_period_us": "100000\n",
            "pids/box/pids.max": "max\n",
            "pids/box/pids.current": "5\n",
        },
    )
    assert cgroups.usable_processors() == 3
    assert cgroups.room_for_processes() is None
