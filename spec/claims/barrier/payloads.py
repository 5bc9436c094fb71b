"""What the claims of the lesson `barrier` run in children."""

from __future__ import annotations

import signal
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from impl.contract import Barrier, MakesProcesses
    from spec.harness.recorder import Recorder


def rounds(barrier: Barrier, count: int) -> list[int]:
    """Wait at the barrier again and again, and return what each wait returned."""
    return [barrier.wait() for _ in range(count)]


def tell(log: Recorder, hiker: int, stage: int) -> None:
    """Record that a hiker is at the end of a stage."""
    log("arrived", (hiker, stage))


def walk(_hiker: int, _stage: int) -> None:
    """Walk a stage in no time."""


def go_on() -> None:
    """Meet nobody."""


class StormComes(Exception):
    """Raised by the action of a barrier."""


def fail() -> None:
    """Act as an action that fails.

    Raises:
        StormComes: always.
    """
    raise StormComes


def fail_to_meet() -> None:
    """Act as a barrier that is broken.

    Raises:
        threading.BrokenBarrierError: always.
    """
    raise threading.BrokenBarrierError


def pass_in_threads(barrier: Barrier, count: int) -> list[int]:
    """Wait at the barrier in *count* threads at once, and return the numbers that the waits returned, sorted."""
    numbers: list[int] = []
    threads = [threading.Thread(target=lambda: numbers.append(barrier.wait())) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(numbers)


def wait_once(barrier: Barrier) -> None:
    """Wait at the barrier."""
    barrier.wait()


def wait_in_a_child(make: MakesProcesses, barrier: Barrier) -> None:
    """Wait at the barrier in a child of this process."""
    child = make(target=wait_once, args=(barrier,))
    child.start()
    child.join()


def abort_on_signal(barrier: Barrier) -> None:
    """From now on, abort the barrier on SIGUSR1."""
    signal.signal(signal.SIGUSR1, lambda _number, _frame: barrier.abort())


def leave_barriers(mp: Any) -> list[object]:
    """Return barriers that are broken, and not used; others were made, used and dropped."""
    broken, unused = mp.Barrier(2), mp.Barrier(3)
    broken.abort()
    for _ in range(5):
        mp.Barrier(1).wait()
    return [broken, unused]


def stages_of(hike: Callable[..., object], stages: int, meet: Callable[[], object]) -> list[tuple[str, int]]:
    """Hike, and return what the hiker did at which stage, in order; also if *meet* raises an exception."""
    done: list[tuple[str, int]] = []
    try:
        hike(
            0,
            stages,
            lambda _hiker, stage: done.append(("walked", stage)),
            lambda _hiker, stage: done.append(("told", stage)),
            meet,
        )
    except threading.BrokenBarrierError:
        done.append(("turned back", len(done)))
    return done
