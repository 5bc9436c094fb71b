"""What is left of locks that were dropped, and of programs that held some."""

from __future__ import annotations

from impl.contract import Multiprocessing
from spec.claims.lock import payloads
from spec.claims.shared import program_ends
from spec.claims.shared.silence import ends_silently
from spec.engine.fixtures import Programs
from spec.engine.marks import managed_too, needs, source
from spec.engine.targets import Target
from spec.harness.holdings import leaves_nothing_behind

pytestmark = [needs("Process", "Lock"), managed_too]


@needs("RLock")
@source("https://github.com/celery/billiard/issues/293", observed=True)
@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods", observed=True)
def test_many_leave_nothing_behind(mp: Multiprocessing, scale: int) -> None:
    """However many locks were made, used and dropped, no file, no memory and no name of theirs is left."""

    def use() -> list[object]:
        locks = [mp.Lock(), mp.RLock()]
        for lock in locks:
            with lock:
                pass
        return [*locks]

    leaves_nothing_behind(use, 100 * scale)


@needs("RLock")
@source("https://github.com/joblib/loky/issues/474")
@source("https://docs.python.org/3/library/multiprocessing.html#programming-guidelines", observed=True)
def test_program_that_holds_locks_is_silent(program: Programs, target: Target) -> None:
    """A program, and a child, that end while they hold locks have exit status 0 and print nothing on stderr."""
    ends_silently(program.main(program_ends.use_here_and_in_a_child, payloads.leave_locks, target.name))
