"""What is left of semaphores that were dropped, and of programs that held some."""

from __future__ import annotations

from impl.contract import Multiprocessing
from spec.claims.semaphore import payloads
from spec.claims.shared import program_ends
from spec.claims.shared.silence import ends_silently
from spec.engine.fixtures import Programs
from spec.engine.marks import managed_too, needs, source
from spec.engine.targets import Target
from spec.harness.holdings import leaves_nothing_behind

pytestmark = [needs("Process", "Semaphore"), managed_too]


@needs("BoundedSemaphore")
@source("https://github.com/celery/billiard/issues/293", observed=True)
@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods", observed=True)
def test_many_leave_nothing_behind(mp: Multiprocessing, scale: int) -> None:
    """However many semaphores were made, used and dropped, no file, no memory and no name of theirs is left."""

    def use() -> list[object]:
        semaphores = [mp.Semaphore(2), mp.BoundedSemaphore(2)]
        for semaphore in semaphores:
            with semaphore:
                semaphore.acquire(True, 3600)
        return [*semaphores]

    leaves_nothing_behind(use, 100 * scale)


@needs("BoundedSemaphore")
@source("https://github.com/joblib/loky/issues/474")
@source("https://docs.python.org/3/library/multiprocessing.html#programming-guidelines", observed=True)
def test_program_that_holds_semaphores_is_silent(program: Programs, target: Target) -> None:
    """A program, and a child, that end while they hold semaphores have exit status 0, and print nothing on stderr."""
    ends_silently(program.main(program_ends.use_here_and_in_a_child, payloads.leave_semaphores, target.name))
