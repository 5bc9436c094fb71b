"""Remove, when the run has ended, the semaphores and the shared memory that the run itself has left behind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from spec.harness import shared_memory

MOST_NAMES = 5
"""So many of the removed files are named."""

SWEEP = pytest.StashKey["Sweep"]()
"""The one of a run."""

KEY = "removed-from-shared-memory"
"""What a worker of pytest-xdist tells the controller under."""


class Sweep:
    """A pytest plugin that removes what processes of the run had in use and nobody uses any more, and says so.

    The names are random, so nothing but its use shows whose a file in /dev/shm is.

    Attributes:
        used: the inodes of the files there that processes of the run are known to have used.
    """

    def __init__(self) -> None:
        self._before = shared_memory.names()
        self._foreign = set(shared_memory.inodes_of(self._before).values())
        self.used: set[int] = set()
        self._removed: list[str] = []

    def note_use(self, pids: Iterable[int]) -> None:
        """Note what the processes *pids*, which belong to the run, have in use now, if there is anything new."""
        if shared_memory.names() - self._before:
            self.note({inode for pid in pids for inode in shared_memory.used_by(pid)})

    def note(self, inodes: Iterable[int]) -> None:
        """Note that a process of the run had the files with these *inodes* in use."""
        self.used |= set(inodes) - self._foreign

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Remove what the run has left."""
        self._removed += shared_memory.remove_abandoned(self.used)
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[KEY] = self._removed

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a worker of pytest-xdist has removed."""
        self._removed += getattr(node, "workeroutput", {}).get(KEY, ())

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name what was removed."""
        if self._removed:
            terminalreporter.section("left behind in shared memory, removed")
            for name in sorted(self._removed)[:MOST_NAMES]:
                terminalreporter.write_line(str(shared_memory.FOLDER / name))
            if self._removed[MOST_NAMES:]:
                terminalreporter.write_line(f"and {len(self._removed[MOST_NAMES:])} more")
