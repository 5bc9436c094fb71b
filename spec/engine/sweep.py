"""Sweep up, when the run has ended, the named semaphores that what was tested has left behind."""

from __future__ import annotations

import pytest

from spec.harness import shared_memory

MOST = 5
"""So many are named."""


class Sweep:
    """A pytest plugin that removes semaphores which have come since it was made and nobody uses, and says so."""

    def __init__(self) -> None:
        self._before = shared_memory.names()
        self._removed: list[str] = []

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Remove what the run has left; that of another run at the same time looks no different."""
        self._removed = shared_memory.remove_abandoned(self._before)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name what was removed."""
        if self._removed:
            terminalreporter.section("semaphores that nobody uses any more, removed")
            for name in self._removed[:MOST]:
                terminalreporter.write_line(str(shared_memory.FOLDER / name))
            if self._removed[MOST:]:
                terminalreporter.write_line(f"and {len(self._removed[MOST:])} more")
