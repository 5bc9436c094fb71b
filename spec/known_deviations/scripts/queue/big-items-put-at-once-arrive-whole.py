import atexit
import multiprocessing
import signal
import sys
import time

mp = multiprocessing
SIZE = 2 * 1024 * 1024


def producer(queue, item, connection):
    queue.put(item)
    connection.send("put() has returned")


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(
        signal.SIGALRM, lambda *_: sys.exit("get() of two large items, or put(): expected to return, it hangs")
    )
    signal.alarm(20)
    queue = mp.Queue()
    connection, theirs = mp.Pipe()
    items = [b"x" * SIZE, b"y" * SIZE]
    for item in items:
        mp.Process(target=producer, args=(queue, item, theirs), daemon=True).start()
    for _ in items:
        connection.recv()
    time.sleep(0.5)  # so that the pipe is full, and both have more to write
    arrived = sum(queue.get() in items for _ in items)
    print(f"large items, put at once, that arrive as they were put: expected 2, seen {arrived}")
    sys.exit(arrived != 2)
