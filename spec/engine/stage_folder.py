"""The folder that a claim's stage and its watcher share: what they tell each other, and where the claim keeps files.

The stage may be killed at any moment, so it leaves what it has to say in files.  The watcher reads them once the
stage has exited.  Nothing else passes between the two.
"""

from __future__ import annotations

import os
import pickle
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Any, Optional, TextIO

import pytest

LONGEST_PATH = 40
"""A longer path leaves too little room for the name of a Unix socket, which has about 100 bytes."""


class StageFolder:
    """A folder of a claim.

    Args:
        path: an empty folder.

    Attributes:
        path: the same.  Sockets and logs of the claim are made in it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._hung, self._exit_request, self._traceback = path / "hung", path / "exit-request", path / "traceback"
        self._reports, self._fatal_error, self._inodes = path / "reports", path / "fatal-error", path / "inodes"

    @classmethod
    @contextmanager
    def make(cls) -> Iterator[StageFolder]:
        """Make a folder, and remove it with everything in it."""
        path = Path(tempfile.mkdtemp(prefix="claim-"))
        if len(str(path)) > LONGEST_PATH and os.access("/tmp", os.W_OK):
            path.rmdir()
            path = Path(tempfile.mkdtemp(prefix="claim-", dir="/tmp"))
        try:
            yield cls(path)
        finally:
            shutil.rmtree(path, ignore_errors=True)

    @property
    def event_log(self) -> Path:
        """The file for the events that `spec.harness.event_log` logs."""
        return self.path / "events"

    def make_temporary(self) -> Path:
        """Make the folder that is to be `tempfile.tempdir` on the stage."""
        return self._made("tmp")

    def make_files(self) -> Path:
        """Make the folder for the files of the claim itself."""
        return self._made("files")

    def _made(self, name: str) -> Path:
        folder = self.path / name
        folder.mkdir()
        return folder

    # The watcher says:

    def declare_hung(self, explanation: str) -> None:
        """Say that the claim hangs, and why."""
        self._hung.write_text(explanation, encoding="utf-8")

    @property
    def hung(self) -> Optional[str]:
        """Why the claim hangs, if the watcher has said so."""
        return self._text(self._hung)

    # The stage says:

    def leave_reports(self, reports: list[dict[str, Any]]) -> None:
        """Leave the *reports* of the test, serialized; they are there as a whole or not at all."""
        draft = self._reports.with_suffix(".draft")
        draft.write_bytes(pickle.dumps(reports))
        draft.rename(self._reports)

    def reports(self) -> Optional[list[dict[str, Any]]]:
        """Return the reports of the test, serialized, if the stage has left them."""
        try:
            found: list[dict[str, Any]] = pickle.loads(self._reports.read_bytes())
        except (OSError, EOFError, pickle.UnpicklingError):
            return None
        return found

    def leave_inodes(self, inodes: Iterable[int]) -> None:
        """Leave the *inodes* of what processes of the claim have in use in shared memory."""
        self._inodes.write_text(" ".join(map(str, inodes)), encoding="utf-8")

    @property
    def inodes(self) -> list[int]:
        """The inodes of what processes of the claim had in use in shared memory, as far as the stage says."""
        return [int(inode) for inode in (self._text(self._inodes) or "").split()]

    def request_exit(self, reason: str) -> None:
        """Ask that pytest ends the whole run, as `pytest.exit` does."""
        self._exit_request.write_text(reason, encoding="utf-8")

    @property
    def exit_request(self) -> Optional[str]:
        """Why the whole run is to end, if the stage asks for that."""
        return self._text(self._exit_request)

    def leave_traceback(self, text: str) -> None:
        """Leave the traceback of an exception that kept the stage from making reports."""
        self._traceback.write_text(text, encoding="utf-8")

    @property
    def traceback(self) -> Optional[str]:
        """The traceback of what kept the stage from making reports, if an exception did."""
        return self._text(self._traceback)

    def open_fatal_error(self) -> TextIO:
        """Open the file that `faulthandler` writes to when a signal such as SIGSEGV ends the stage."""
        return self._fatal_error.open("w", encoding="utf-8")

    def fatal_error(self) -> list[str]:
        """Return where the stage was when such a signal ended it: a line for each call, the latest first."""
        _, _, dump = (self._text(self._fatal_error) or "").rpartition("Current thread ")  # earlier ones are of forks
        calls = [line for line in dump.splitlines() if line.startswith("  File ")]
        return list(takewhile(lambda line: f"{os.sep}_pytest{os.sep}" not in line, calls))

    @staticmethod
    def _text(file: Path) -> Optional[str]:
        try:
            return file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None


STAGE_FOLDER = pytest.StashKey[StageFolder]()
"""The folder of the claim that an item tests."""
