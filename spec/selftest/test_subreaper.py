"""The subreaper: the process that adopts orphans."""

from __future__ import annotations

import os

import pytest

from spec.harness.process_table import parent, until_exited
from spec.harness.subreaper import become_subreaper, is_subreaper
from spec.selftest import processes
from spec.selftest.conftest import Fork

pytestmark = pytest.mark.usefixtures("nothing_left")


def orphan_finds_adopter(adopts: bool) -> None:
    become_subreaper(adopts)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        processes.become_orphan(lambda: (os.write(write, b"%d" % os.getpid()), os.read(os.pipe()[0], 1)))
        os._exit(0)
    os.waitpid(child, 0)
    orphan = int(os.read(read, 100))
    middle_has_left = parent(orphan)
    while middle_has_left not in (os.getpid(), os.getppid()):
        middle_has_left = parent(orphan)
    assert (middle_has_left == os.getpid()) is adopts
    os.kill(orphan, 9)


@pytest.mark.parametrize("adopts", [True, False])
def test_orphans_go_to_the_nearest_subreaper(fork: Fork, adopts: bool) -> None:
    pid = fork(orphan_finds_adopter, adopts)
    until_exited(pid)
    assert os.waitpid(pid, 0)[1] == 0


def test_forks_do_not_inherit_it(fork: Fork) -> None:
    assert is_subreaper()  # the nursery of this test has made it one
    pid = fork(lambda: os._exit(int(is_subreaper())))
    assert os.waitpid(pid, 0)[1] == 0
