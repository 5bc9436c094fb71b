import atexit
import multiprocessing
import sys
import time
from queue import Empty

mp = multiprocessing


def child(queue, connection):
    connection.send("begins")
    begun = time.monotonic()
    try:
        seen = repr(queue.get(True, 0.2))
    except Empty:
        seen = "Empty"
    connection.send((seen, time.monotonic() - begun))


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue = mp.Queue()
    connection, theirs = mp.Pipe()
    mp.Process(target=child, args=(queue, theirs), daemon=True).start()
    theirs.close()
    connection.recv()
    seen, elapsed = connection.recv() if connection.poll(10) else ("to wait", 10)
    print(f"get(True, 0.2) on an empty queue: expected Empty after 0.2 s, seen {seen} after {elapsed:.2f} s")
    sys.exit(seen != "Empty" or elapsed < 0.19)
