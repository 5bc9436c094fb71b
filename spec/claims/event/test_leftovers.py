"""What is left of events that were dropped, and of programs that used some."""

from __future__ import annotations

from typing import Any

from spec.claims.event import payloads
from spec.claims.shared import program_ends
from spec.claims.shared.silence import ends_silently
from spec.engine.fixtures import Programs
from spec.engine.marks import managed_too, needs, source, unmanaged, where
from spec.engine.targets import Target
from spec.harness.holdings import leaves_nothing_behind

pytestmark = [needs("Process", "Event"), managed_too]


@source("https://github.com/celery/billiard/issues/293", observed=True)
@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods", observed=True)
def test_many_leave_nothing_behind(mp: Any, scale: int) -> None:
    """However many events were made, used and dropped, no file, no memory and no name of theirs is left."""

    def use() -> list[object]:
        event = mp.Event()
        event.wait(0)
        event.set()
        return [event]

    leaves_nothing_behind(use, 50 * scale)


@where(unmanaged)  # at the end of the program, its manager ends calls under way
@source("https://github.com/joblib/loky/issues/474", observed=True)
@source("https://docs.python.org/3/library/multiprocessing.html#programming-guidelines", observed=True)
def test_program_that_uses_events_is_silent(program: Programs, target: Target) -> None:
    """A program, and a child, that end while a thread waits for an event, exit with status 0 and print nothing."""
    ends_silently(program.main(program_ends.use_here_and_in_a_child, payloads.leave_events, target.name))
