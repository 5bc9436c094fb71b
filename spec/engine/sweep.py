"""Remove the semaphores and the shared memory that the run has left behind, at its end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from spec.harness import dev_shm

MOST_NAMES = 5
"""At most this many of the removed files are named."""

SWEEP = pytest.StashKey["Sweep"]()
"""The sweep of the run."""

WORKER_OUTPUT_KEY = "removed-from-shared-memory"
"""The key under which an xdist worker tells the controller what it has removed."""


class Sweep:
    """A pytest plugin that removes, and names, unused files in /dev/shm that processes of the run have used.

    Their names are random.  So only the use of a file shows to which run it belongs.

    Attributes:
        used: the inodes of the files that processes of the run are known to have used.
    """

    def __init__(self) -> None:
        self._before = dev_shm.names()
        self._foreign = set(dev_shm.inodes_of(self._before).values())
        self.used: set[int] = set()
        self._removed: list[str] = []

    def note_use(self, pids: Iterable[int]) -> None:
        """Note which files the processes *pids* of the run use now, if there are any new files."""
        if dev_shm.names() - self._before:
            self.note({inode for pid in pids for inode in dev_shm.used_by(pid)})

    def note(self, inodes: Iterable[int]) -> None:
        """Note that processes of the run have used the files with these *inodes*."""
        self.used |= set(inodes) - self._foreign

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Remove the files that the run has left behind."""
        self._removed += dev_shm.remove_abandoned(self.used)
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[WORKER_OUTPUT_KEY] = self._removed

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add the files that an xdist worker has removed."""
        self._removed += getattr(node, "workeroutput", {}).get(WORKER_OUTPUT_KEY, ())

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name the files that were removed."""
        if self._removed:
            terminalreporter.section("left behind in shared memory, removed")
            for name in sorted(self._removed)[:MOST_NAMES]:
                terminalreporter.write_line(str(dev_shm.SHARED_FOLDER / name))
            if self._removed[MOST_NAMES:]:
                terminalreporter.write_line(f"and {len(self._removed[MOST_NAMES:])} more")
