import atexit
import multiprocessing
import os
import signal
import sys
from queue import Full

mp = multiprocessing


class Slow:
    """Is pickled only when that is allowed."""

    def __init__(self, connection):
        self.connection = connection

    def __reduce__(self):
        self.connection.send(os.getpid())
        self.connection.recv()
        return str, ("item",)


def producer(queue, pickling, connection):
    queue.put(Slow(pickling))
    connection.send("put() has returned")


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("put_nowait() or get(): expected to end, it hangs"))
    signal.alarm(20)
    queue = mp.Queue(1)
    pickling, theirs = mp.Pipe()
    connection, there = mp.Pipe()
    mp.Process(target=producer, args=(queue, theirs, there), daemon=True).start()
    theirs.close()
    pickling.recv()
    put_returns = connection.poll(10)
    full, empty = queue.full(), queue.empty()
    try:
        early = queue.put_nowait("another")
    except Full:
        early = "Full"
    pickling.send("go on")
    expected, seen = (True, True, True, "Full", "item"), (put_returns, full, empty, early, queue.get())
    print(f"put() returns, full(), empty(), put_nowait(); get() once pickled: expected {expected}, seen {seen}")
    sys.exit(seen != expected)
