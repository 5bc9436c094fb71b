"""Record a timeline in a file; the suffix determines the format."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from spec.report import writers
from spec.report.timelines import trace_events
from spec.report.timelines.terminal import ShownTimeline, TerminalView
from spec.report.writers import CannotWrite

__all__ = ["CannotWrite", "RecordedTimeline"]

TIMELINE_SUFFIXES = (".svg", ".html", ".json")
"""The suffixes of timelines: a picture, a page with the picture, and the Trace Event format."""


class RecordedTimeline(ShownTimeline):
    """An observer whose timeline is written to a file, and may be shown in the terminal too.

    Args:
        name: the name of the file.
        title: what the timeline is called.
        view: the view in the terminal, if there is one.

    Raises:
        CannotWrite: it cannot be written.  The message is one line for the user.
    """

    def __init__(self, name: str, title: str, view: Optional[TerminalView] = None) -> None:
        self._file = Path(name)
        writers.check(self._file, TIMELINE_SUFFIXES)
        super().__init__(title, view)

    def write(self) -> None:
        """Write the timeline until now."""
        timeline = self.end()
        if self._file.suffix == ".json":
            text = trace_events.render(timeline)
        else:
            from spec.report.timelines import pictures  # needs Jinja2, which is optional

            text = (pictures.svg if self._file.suffix == ".svg" else pictures.html)(timeline)
        self._file.write_text(text, encoding="utf-8")
        super().write()
