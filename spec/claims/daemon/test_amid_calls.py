"""Daemons that are in the middle of a call when main ends."""

from __future__ import annotations

from spec.claims.daemon import payloads
from spec.claims.shared.silence import ends_silently
from spec.engine.fixtures import MakeCheckpoint, Programs
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source
from spec.harness.process_table import until_blocked

pytestmark = needs("Process")


@needs("Lock", "Queue")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.daemon", observed=True)
def test_daemons_in_calls_end_silently(lesson: Lesson, program: Programs, checkpoint: MakeCheckpoint) -> None:
    """A program whose daemons wait for a lock or a queue ends with exit status 0 and nothing on stderr."""
    main, waiting = checkpoint("main"), checkpoint("waiting")
    running = program.main(payloads.leave_daemons_in_calls, lesson.start_daemon, waiting.pause, main.pause)
    daemons = [arrival.let_go().pid for arrival in waiting.wait_for(3)]
    until_blocked(daemons)
    main.next().let_go()
    ends_silently(running)
