"""What the claims of the lesson `pool` run in workers, in callbacks and in other processes."""

from __future__ import annotations

import os
import signal
import sys
import threading

from impl.api import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Callable

    from impl.contract import Multiprocessing, Pause, Pool
    from spec.harness.recorder import Recorder


class Torn(Exception):
    """Raised for a parcel that is torn."""


def tear(parcel: object) -> None:
    """Carry out a task that fails.

    Raises:
        Torn: always, with the *parcel*.
    """
    raise Torn(parcel)


def fail_quietly(result: object) -> None:
    """Act as a callback that fails; no claim reads the traceback.

    Raises:
        Torn: always, with the *result*.
    """
    threading.excepthook = lambda _failure: None
    raise Torn(result)


def return_it(item: object) -> object:
    """Return the *item*."""
    return item


def obey(pause: Pause, *notes: object) -> Any:
    """Stop at *pause*, and return what the claim replies, or raise it if it is an exception."""
    reply = pause(*notes)
    if isinstance(reply, BaseException):
        raise reply
    return reply


def pack_unless_torn(log: Recorder, torn: int, parcel: int) -> None:
    """Record that the *parcel* is packed.

    Raises:
        Torn: the parcel is the *torn* one.
    """
    if parcel == torn:
        raise Torn(parcel)
    log("packed", parcel)


def pack_here(parcel: int) -> tuple[int, int]:
    """Return the *parcel*, and the process that this is."""
    return parcel, os.getpid()


def tell_and_pack(log: Recorder, parcel: int) -> tuple[int, int]:
    """Record that the *parcel* is packed, and return it, and the process that this is."""
    log("packed", parcel)
    return pack_here(parcel)


def torn_after(count: int) -> Iterator[int]:
    """Yield as many numbers, and then fail.

    Raises:
        Torn: after the last number.
    """
    yield from range(count)
    raise Torn(count)


class NeverPickled:
    """An object that cannot be pickled, whatever pickles it."""

    def __reduce__(self) -> tuple[object, ...]:
        raise Torn("no pickle")


class NeverRead:
    """An object whose pickle cannot be read."""

    def __reduce__(self) -> tuple[object, ...]:
        return tear, ("a pickle",)


class NeverPickledError(Exception):
    """An exception that cannot be pickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        raise Torn("no pickle")


class NeverReadError(Exception):
    """An exception whose pickle cannot be read, as its class takes another number of arguments than it keeps."""

    def __init__(self, parcel: object, place: object) -> None:
        super().__init__(f"{parcel} at {place}")


def return_never_pickled() -> object:
    """Return what cannot be pickled."""
    return NeverPickled()


def return_never_read() -> object:
    """Return what cannot be read."""
    return NeverRead()


def raise_never_pickled() -> None:
    """Raise an exception that cannot be pickled."""
    raise NeverPickledError


def leave_now() -> None:
    """End this process as `sys.exit` does."""
    sys.exit(0)


def raise_never_read() -> None:
    """Raise an exception whose pickle cannot be read."""
    raise NeverReadError("parcel", "door")


def ignore_sigterm(pause: Pause) -> None:
    """Stop at *pause*, and ignore SIGTERM meanwhile."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    pause()


def clean_up(pause: Pause) -> str:
    """Stop at *pause*, and return the name of the class of the exception that ends the stop; empty if none does."""
    try:
        pause()
    except Exception as error:
        return type(error).__name__
    return ""


def clean_up_slowly(pause: Pause) -> None:
    """Stop at *pause*, and again when an exception has ended the stop."""
    pause(clean_up(pause))


def wait_for_ever() -> None:
    """Wait for a signal, which does not come."""
    while True:
        signal.pause()


def begin_and_fail(log: Recorder) -> None:
    """Record that a worker has begun, and end it, as an initializer that fails."""
    log("begun")
    sys.stderr = open(os.devnull, "w")  # no claim reads the traceback  # noqa: SIM115
    raise Torn("initializer")


def terminate_in_callback(number: object, pool: Pool) -> None:
    """Ask for the absolute value of *number*, and wait until the callback has terminated the *pool*."""
    terminated = threading.Event()

    def terminate(_result: object) -> None:
        pool.terminate()
        terminated.set()

    pool.apply_async(abs, (number,), callback=terminate, error_callback=terminate)
    terminated.wait()


def add_up(api: str, numbers: list[int]) -> int:
    """Add one to each of the *numbers* in a pool of the *api*, and return the sum."""
    with load(api).Pool(2) as pool:
        return sum(pool.map(successor, numbers))


def successor(number: int) -> int:
    """Return the next number."""
    return number + 1


_kept: list[object] = []
"""What is still referred to when its process ends."""


def leave_a_pool(mp: Multiprocessing, task: Callable[[], object], leaving: Pause) -> None:
    """A program: use a pool, give it one more *task*, stop at *leaving*, and end without ending the pool."""
    pool = mp.Pool(2)
    _kept.append(pool)
    pool.map(abs, range(10))
    pool.apply_async(task)
    leaving()


def wait_for_all(mp: Multiprocessing, task: Callable[[object], object], count: int) -> None:
    """A program: carry out *task* that many times in a pool, and wait for it."""
    pool = mp.Pool(2)
    _kept.append(pool)
    pool.map(task, range(count), 1)


def use(pool: Pool) -> Any:
    """Give a task to the *pool*, and return its result."""
    return pool.apply(abs, (-1,))
