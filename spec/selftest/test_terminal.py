"""Timelines in the terminal: `spec.report.timelines.text` and `spec.report.timelines.terminal`."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Optional

import pyte
import pytest

from spec.paths import ROOT
from spec.report.timelines import terminal, text
from spec.report.timelines.timeline import (
    RUNNING,
    Life,
    NewParent,
    Span,
    Timeline,
)
from spec.selftest.test_timelines import SAMPLE, run

ERASE_LINE = b"\x1b[2K"

ZOMBIE_DEMO = ("zombie", "--pause", "0.4", "--mp", "multiprocessing:fork", "--live")


def written(
    timeline: Timeline, width: int = 60, letters: text.Signs = text.UNICODE_SIGNS, most: Optional[int] = None
) -> list[str]:
    """Return the lanes as plain lines."""
    lines = text.lanes(timeline, width, letters, most)
    return ["".join(piece.text for piece in line).rstrip() for line in lines]


def test_lanes_have_a_letter_for_each_state_and_message() -> None:
    assert written(SAMPLE, 56) == [
        "a <sample>",
        "           0 s         1 s",
        "main 10    ██████░░░●░░░░░△░░░░░░░░░ the exit of child 1",
        "child 1 11    ──────▼─────○───zzz    SIGTERM",
        "█ running  ░ waiting  ─ sleeping  z zombie  ●▼▲ message  ○▽△ probably",
    ]


def test_other_letters_where_these_are_not_known() -> None:
    assert text.signs("utf-8") is text.UNICODE_SIGNS
    assert text.signs("latin-1") is text.ASCII_SIGNS
    assert "\n".join(written(SAMPLE, letters=text.signs("ascii"))).isascii()


@pytest.mark.parametrize("width", [20, 80, 100])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    lines = text.summary(SAMPLE, width, text.UNICODE_SIGNS)
    widths = [len("".join(piece.text for piece in line)) for line in lines]
    assert max(widths) <= max(width, 72)  # names and ends need some room


def test_processes_that_ended_first_are_left_out_where_there_is_no_room() -> None:
    lives = [
        Life(pid, f"child {pid}", [NewParent(0, 1)], [Span(0, pid, RUNNING)], over=pid in (1, 2, 4))
        for pid in range(1, 6)
    ]
    lines = written(Timeline("many", lives, [], 5, 1, 0.1), most=3)
    assert [line[:9] for line in lines[2:5]] == ["child 3 3", "child 4 4", "child 5 5"]
    assert lines[5] == "2 processes that have ended are left out"


def test_without_a_terminal_the_lanes_come_at_the_end() -> None:
    shown = run(*ZOMBIE_DEMO)
    assert (shown.returncode, shown.stderr) == (0, "")
    before, _, after = shown.stdout.partition("\nzombie on multiprocessing:fork\n")
    assert before.splitlines()[-1].startswith("result: ")
    assert "█" not in before
    assert "\nchild 1 " in after
    assert "The kernel was asked " in after
    assert "\x1b" not in shown.stdout


class Terminal:
    """A program in a terminal.

    Args:
        command: the program, and its arguments.
        settings: variables of its environment.
    """

    def __init__(self, *command: str, **settings: str) -> None:
        self.screen: Any = pyte.Screen(80, 24)
        self.screen.set_mode(pyte.modes.DECTCEM)
        self.output = b""
        self._stream = pyte.ByteStream(self.screen)
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"}
            os.execve(sys.executable, [sys.executable, *command], environment | settings)
        self.resize(80, 24)

    def resize(self, columns: int, lines: int) -> None:
        """Give the terminal another size."""
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.screen.resize(lines, columns)

    def press(self, keys: bytes) -> None:
        """Type something."""
        os.write(self._terminal, keys)

    def until(self, shown: str) -> None:
        """Wait until this is on the screen."""
        while shown not in self.text():
            assert self._feed(), self.text()

    def until_drawn_again(self) -> None:
        """Wait until the program has removed some pictures of at least four lines, and written others."""
        known = len(self.output)
        while self.output.count(ERASE_LINE, known) < 20:
            assert self._feed(), self.text()

    def end(self) -> int:
        """Wait until the program has ended, and return its exit status."""
        while self._feed():
            pass
        os.close(self._terminal)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def text(self) -> str:
        """Return what is on the screen."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    def _feed(self) -> bool:
        """Show what the program writes next; return whether there is any."""
        assert select.select([self._terminal], [], [], 60)[0], self.text()
        with suppress(OSError):  # all have closed the terminal
            data = os.read(self._terminal, 65536)
            self.output += data
            self._stream.feed(data)
            return bool(data)
        return False


def test_terminal_shows_lanes_below_the_lines_while_they_are_printed() -> None:
    program = Terminal("-m", "impl", *ZOMBIE_DEMO)
    program.until("child 1 ")
    program.until("has not joined")
    before = program.text()
    assert program.screen.cursor.hidden
    assert program.end() == 0
    after = program.text()
    assert before.index("has not joined") < before.index("zombie on multiprocessing:fork") < before.index("child 1 ")
    assert after.count("zombie on multiprocessing:fork") == 1
    assert after.startswith("Look for ")
    assert (
        after.index("result: ") < after.index("zombie on multiprocessing:fork") < after.index("The kernel was asked")
    )
    assert not program.screen.cursor.hidden
    assert b"\x1b[32m" in program.output


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_it_quietly_in_a_terminal_that_has_become_smaller() -> None:
    program = Terminal(
        "-m", "impl", "zombie", "--pause", "60", "--mp", "multiprocessing:fork", "--live", NO_COLOR="1"
    )
    program.until("child 1 ")
    program.resize(50, 24)
    program.until_drawn_again()
    program.press(b"\x03")
    assert program.end() == 128 + signal.SIGINT
    shown = program.text()
    assert shown.startswith("Look for ")
    told, _, drawn = shown.partition("\ninterrupted\n\nzombie on multiprocessing:fork\n")
    assert "Traceback" not in told
    assert "\nchild 1 " in drawn
    assert re.search(r"\nThe kernel was asked .*\n    ", drawn)  # as it goes on where a line of this width ends
    assert not program.screen.cursor.hidden
    assert b"\x1b[32m" not in program.output


def test_terminal_without_rich_is_told_what_to_install() -> None:
    without = "import sys; sys.modules['rich'] = None; from impl.__main__ import main; main(['zombie', '--live'])"
    program = Terminal("-c", without)
    assert program.end() == 2
    told = program.text().replace("\n", "")  # the terminal ends lines where there is no more room
    assert "error: argument --live: it needs Rich, which is not installed; pip install '.[live]' installs it" in told
    assert "Traceback" not in told


@pytest.fixture
def view(monkeypatch: pytest.MonkeyPatch) -> Iterator[terminal.TerminalView]:
    """A view in a terminal, whose lines are in the output of the test."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(os, "isatty", lambda _descriptor: True)
    yield terminal.TerminalView()


def test_lines_are_shown_when_they_are_complete(
    view: terminal.TerminalView, capsys: pytest.CaptureFixture[str]
) -> None:
    assert view.show(1, "one\ntw")
    assert capsys.readouterr().out == "one\n"
    assert view.show(1, "o\n")
    assert capsys.readouterr().out == "two\n"
    assert view.show(1, "three")
    assert view.show(1, "")
    assert capsys.readouterr().out == "three\n"
