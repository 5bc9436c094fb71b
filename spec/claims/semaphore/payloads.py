"""What the claims of the lesson `semaphore` run in children."""

from __future__ import annotations

import os
import signal

from spec.claims.shared.threads import in_each_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from impl.contract import Connection, Guard, MakesProcesses, Pause, Permits
    from spec.harness.recorder import Recorder


class BrokenDown(Exception):
    """Raised by a car that breaks down while it has a place."""


def break_down(_car: int) -> None:
    """Act as a car that breaks down.

    Raises:
        BrokenDown: always.
    """
    raise BrokenDown


def tell(log: Recorder, car: int, deed: str) -> None:
    """Record the number of the *car*, under what it does."""
    log(deed, car)


def deeds_of(park: Callable[..., object], places: Guard, stay: Pause) -> list[str]:
    """Park one car, and return what it did."""
    deeds: list[str] = []
    park(0, places, stay, lambda _car, deed: deeds.append(deed))
    return deeds


def release(semaphore: Permits) -> None:
    """Release the semaphore."""
    semaphore.release()


def release_in_a_child(make: MakesProcesses, semaphore: Permits) -> None:
    """Release the semaphore in a child of this process."""
    child = make(target=release, args=(semaphore,))
    child.start()
    child.join()


def release_on_signal(semaphore: Permits) -> None:
    """From now on, release the semaphore on SIGUSR1."""
    signal.signal(signal.SIGUSR1, lambda _number, _frame: semaphore.release())


def send(connection: Connection, semaphore: Permits) -> None:
    """Send the semaphore, as if it were a message."""
    connection.send(semaphore)


def use_desks(semaphore: Guard, desks: list[str], threads: int, rounds: int) -> int:
    """Take a free desk in each of some *threads*, again and again, and return how often there was none.

    A thread looks for a desk while it has the semaphore.  It takes the first desk that is free.

    Args:
        semaphore: admits as many as there are desks.
        desks: the paths of two files; the kernel lets one thread at a time lock such a file.
        threads: how many threads.
        rounds: how often each thread takes a desk.
    """

    def work() -> int:
        open_files = [os.open(desk, os.O_RDWR) for desk in desks]
        vain = 0
        for _ in range(rounds):
            with semaphore:
                vain += not any(map(_take_and_leave, open_files))
        for file in open_files:
            os.close(file)
        return vain

    return sum(in_each_of(threads, work))


def _take_and_leave(desk: int) -> bool:
    import fcntl  # here, because Windows lacks it, and collects the claims too

    try:
        fcntl.flock(desk, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    os.sched_yield()  # so that another may come while the desk is taken
    fcntl.flock(desk, fcntl.LOCK_UN)
    return True


def leave_semaphores(mp: Any) -> list[object]:
    """Return semaphores that are used up, partly used and not used; others were made, used and dropped."""
    used_up, partly, unused = semaphores = mp.Semaphore(1), mp.BoundedSemaphore(2), mp.Semaphore(0)
    for semaphore in used_up, partly:
        semaphore.acquire()
    for _ in range(20):
        with mp.Semaphore(1), mp.BoundedSemaphore(1):
            pass
    return [*semaphores, unused]
