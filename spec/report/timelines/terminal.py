"""A timeline in the terminal, drawn again and again while the processes run."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Optional

from spec.installation import installing
from spec.report.timelines import text
from spec.report.timelines.observing import Observer
from spec.report.timelines.text import Segment
from spec.report.timelines.timeline import RUNNING, STOPPED, WAITING, ZOMBIE, Timeline

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.live import Live
    from rich.text import Text

WIDEST = 100
"""No line is wider than this, in letters."""

SECONDS_BETWEEN_DRAWINGS = 0.2

_STYLES = {RUNNING: "green", WAITING: "yellow", STOPPED: "bold", ZOMBIE: "magenta", text.MESSAGE_SIGN: "bold"}
"""Colors of the terminal's own theme, so that they can be read on a light and on a dark background."""

_LINES_AROUND_LANES = 6
"""So many lines of the terminal are left for other things than lanes."""


class CannotDraw(Exception):
    """A timeline cannot be drawn in the terminal.  The message is one line for the user."""


class TerminalView:
    """Shows a timeline on the standard output.

    If that is a terminal, the lanes are drawn again and again, below what the processes print, and once more at the
    end.  Otherwise they are written at the end only.

    Raises:
        CannotDraw: it is a terminal, and Rich is not installed.
    """

    def __init__(self) -> None:
        self._live: Optional[Live] = None
        self._rest: dict[int, str] = {}
        self._due, self._ended = 0.0, False
        if sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
            if importlib.util.find_spec("rich") is None:
                raise CannotDraw(f"it needs Rich, which is not installed; {installing('live')} installs it")
            import rich.ansi  # noqa: F401  # later, it would delay a look
            from rich.console import Console
            from rich.live import Live

            self._live = Live(
                console=Console(highlight=False),
                auto_refresh=False,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )

    def is_due(self) -> bool:
        """Return whether the lanes are to be drawn again."""
        return self._live is not None and not self._ended and time.monotonic() >= self._due

    def draw(self, timeline: Timeline) -> None:
        """Draw the lanes as they are now, in place of the ones before."""
        if self._live is not None:
            if not self._live.is_started:
                self._live.start()
            self._live.update(_Lanes(timeline), refresh=True)
            self._due = time.monotonic() + SECONDS_BETWEEN_DRAWINGS

    def show(self, descriptor: int, printed: str) -> bool:
        """Show what was *printed* above the lanes, and return True, or return False if it must be written as usual.

        The end of a line that is not complete is kept until the rest comes.

        Args:
            descriptor: the file descriptor to which it goes.
            printed: lines, or parts of one; empty at the end.
        """
        if self._live is None or not os.isatty(descriptor):
            return False
        lines, end, rest = (self._rest.pop(descriptor, "") + printed).rpartition("\n")
        if rest and printed:
            self._rest[descriptor] = rest
        elif rest:
            lines, end = lines + end + rest, "\n"
        if end:
            from rich.text import Text

            self._live.console.print(Text.from_ansi(lines), soft_wrap=True)
        return True

    def stop(self) -> None:
        """Remove the lanes for good, so that other output can follow."""
        if self._live is not None:
            for descriptor in [*self._rest]:
                self.show(descriptor, "")
            self._ended = True
            self._live.stop()

    def finish(self, timeline: Timeline) -> None:
        """Write the timeline, which has ended, below all other output."""
        self.stop()
        if self._live is not None:
            width = _width(self._live.console.width)
            self._live.console.print()
            self._live.console.print(_styled(text.summary(timeline, width, _signs())), soft_wrap=True)
        else:
            lines = text.summary(timeline, min(shutil.get_terminal_size().columns, WIDEST), _signs())
            print("\n" + "\n".join("".join(piece.text for piece in line).rstrip() for line in lines), flush=True)


class _Lanes:
    """The lanes for Rich, which fit in the terminal as wide and high as it is whenever they are drawn."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        most = console.height - _LINES_AROUND_LANES
        yield _styled(text.lanes(self._timeline, _width(options.max_width), _signs(), most))


def _width(columns: int) -> int:
    """Return how wide a line is, in letters; a terminal may go to the next line after the last column."""
    return min(columns - 1, WIDEST)


def _signs() -> text.Signs:
    return text.signs(sys.stdout.encoding)


class ShownTimeline(Observer):
    """An observer whose timeline may be shown in the terminal.

    Args:
        title: what the timeline is called.
        view: the view in the terminal, if there is one.
    """

    def __init__(self, title: str, view: Optional[TerminalView] = None) -> None:
        super().__init__(title)
        self._view = view

    def look(self) -> None:
        """Ask the kernel what all processes do now, and draw it if that is due."""
        super().look()
        if self._view is not None and self._view.is_due():
            self._view.draw(self.timeline())

    def printed(self, text: str, descriptor: int) -> bool:
        """Note what the processes have printed, and return whether it was shown; see `TerminalView.show`."""
        super().printed(text, descriptor)
        return self._view is not None and self._view.show(descriptor, text)

    def stop(self) -> None:
        """Leave the terminal to others: no process prints any more."""
        if self._view is not None:
            self._view.stop()

    def write(self) -> None:
        """Write the timeline until now."""
        if self._view is not None:
            self._view.finish(self.end())


def _styled(lines: Sequence[Sequence[Segment]]) -> Text:
    """Return the *lines* with their colors, for Rich."""
    from rich.text import Text

    drawn = Text(no_wrap=True, overflow="crop")
    for number, line in enumerate(lines):
        drawn.append("\n" if number else "")
        for piece in line:
            drawn.append(piece.text, _STYLES.get(piece.kind))
    return drawn
