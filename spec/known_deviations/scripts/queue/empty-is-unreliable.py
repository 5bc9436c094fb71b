import atexit
import multiprocessing
import os
import signal
import sys
from queue import Empty

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
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("get_nowait() or get(): expected to end, it hangs"))
    signal.alarm(20)
    queue = mp.Queue()
    pickling, theirs = mp.Pipe()
    connection, there = mp.Pipe()
    mp.Process(target=producer, args=(queue, theirs, there), daemon=True).start()
    pickled_here = pickling.recv() == os.getpid()
    put_returns = connection.poll(10)
    size, empty = queue.qsize(), queue.empty()
    try:
        early = queue.get_nowait()
    except Empty:
        early = "Empty"
    pickling.send("go on")
    expected, seen = (True, 1, True, "Empty", "item"), (put_returns, size, empty, early, queue.get())
    print(f"put() returns, qsize(), empty(), get_nowait(); get() once pickled: expected {expected}, seen {seen}")
    sys.exit(pickled_here or seen != expected)
