"""Functions that the tests of the harness run in processes."""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any, Callable

from impl.contract import Connection, Lock, Multiprocessing, Pause


def wait() -> None:
    """Wait for signals, without end."""
    while True:
        signal.pause()


def read_nothing() -> None:
    """Block in read(2)."""
    os.read(os.pipe()[0], 1)


def read_to_the_end(read: int, write: int) -> None:
    """Behave like a resource tracker: end when no process holds the other end of the pipe any more."""
    os.close(write)
    os.read(read, 1)


def acquire_twice() -> None:
    """Block in futex(2)."""
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def lock_file(path: Path) -> None:
    """Hold an exclusive lock on the file, or block in flock(2)."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        wait()


def loop() -> None:
    """Use the CPU until killed, and ignore SIGTERM."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        pass


def fidget() -> None:
    """Sleep a little, over and over."""
    while True:
        time.sleep(0.001)


def toil() -> None:
    """Work and sleep in turn, half of the time each."""
    while True:
        end = time.thread_time() + 0.002
        while time.thread_time() < end:
            pass
        time.sleep(0.002)


def multiply() -> None:
    """Start a process that waits, over and over."""
    while True:
        if os.fork() == 0:
            wait()
        time.sleep(0.005)


def run_away() -> None:
    """Fork and exit, over and over, so that each process lives for a very short time."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if os.fork():
            os._exit(0)


def become_orphan(function: Callable[[], object]) -> None:
    """Call the function in a Unix daemon: in a grandchild with a session of its own."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            function()
        os._exit(0)


def greet(mp: Multiprocessing, name: str) -> None:
    """Run as a program that prints."""
    assert hasattr(mp, "Process")
    print(f"hello {name}")
    print("trouble", file=sys.stderr)


def leave_a_complainer(_mp: Multiprocessing) -> None:
    """Run as a program whose child prints on stderr, but only after the program has ended."""
    program = os.getpid()
    if os.fork() == 0:
        while os.getppid() == program:
            time.sleep(0.01)
        os.write(2, b"left alone\n")
        os._exit(0)


def leave(_mp: Multiprocessing, status: int) -> None:
    """Run as a program that ends with this exit status."""
    sys.exit(status)


def linger(_mp: Multiprocessing) -> None:
    """Run as a program that does not end."""
    wait()


def start_child(mp: Multiprocessing) -> None:
    """Run as a program with a child."""
    child = mp.Process(target=print_heavy_modules)
    child.start()
    child.join()


def print_heavy_modules() -> None:
    """Print which of those modules are imported that a child should not need."""
    print([name for name in ("pytest", "hypothesis", "psutil") if name in sys.modules])


def pause_often(pause: Pause, times: int) -> int:
    """Stop at *pause* a number of *times*, and return that number."""
    for _ in range(times):
        pause()
    return times


def poll_and_pause_with(lock: Lock, pause: Pause) -> None:
    """Acquire the lock by trying every tenth of a second, and stop at *pause* while it is held."""
    while not lock.acquire(False):
        time.sleep(0.1)
    pause()
    lock.release()


def pause_with(lock: Lock, pause: Pause) -> None:
    """Stop at *pause*, and hold the lock until it returns."""
    with lock:
        pause()


def pause_with_each_item(queue: Any, pause: Pause) -> None:
    """Get items without end, and stop at *pause* with each."""
    while True:
        pause(queue.get())


def put_one(queue: Any, _pause: Pause) -> None:
    """Put an item."""
    queue.put("item")


def put_and_get(there: Any, back: Any, _pause: Pause) -> None:
    """Put an item to one queue, and wait for one from the other."""
    there.put("item")
    back.get()


def work_with(lock: Lock, _pause: Pause) -> None:
    """Hold the lock for as long as some work takes, so that others are seen to wait for it meanwhile."""
    with lock:
        sum(range(5_000_000))


def acquire_and_keep(lock: Lock, _pause: Pause) -> None:
    """Acquire the lock, and do not release it."""
    lock.acquire()


def answer_slowly(connection: Connection) -> None:
    """Answer one request, after some work."""
    connection.recv()
    sum(range(5_000_000))
    connection.send("answer")


def ask(connection: Connection, _pause: Pause) -> Any:
    """Send a request, and return the answer."""
    connection.send("request")
    return connection.recv()


def sell_wrongly_once(pause: Pause, trace: Path, seller: int) -> str:
    """Append the number of the *seller* to *trace*, before and after *pause*; return how the sale went.

    It went wrong if the numbers are, in the end, 231132.
    """
    for step in (pause, str):
        with trace.open("a", encoding="ascii") as file:
            file.write(str(seller))
        step()
    return "oversold" if trace.read_text(encoding="ascii") == "231132" else "sold"
