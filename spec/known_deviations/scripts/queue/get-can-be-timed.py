import atexit
import multiprocessing
import sys
import time
from queue import Empty, Full

mp = multiprocessing


def accepts(queue):
    try:
        queue.put_nowait("item")
    except Full:
        return False
    return True


def child(queue, connection):
    connection.send("begins")
    for _ in range(10):
        begun = time.monotonic()
        try:
            seen = repr(queue.get(True, 0.2))
        except Empty:
            seen = "Empty"
        elapsed = time.monotonic() - begun
        if seen != "Empty" or elapsed < 0.2:
            break
    connection.send((seen, elapsed, [accepts(queue) for _ in range(2)]))


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue = mp.Queue(1)
    connection, theirs = mp.Pipe()
    mp.Process(target=child, args=(queue, theirs), daemon=True).start()
    theirs.close()
    connection.recv()
    seen, elapsed, room = connection.recv() if connection.poll(10) else ("to wait", 10, [])
    print(f"get(True, 0.2) on an empty queue: expected Empty after at least 0.2 s, seen {seen} after {elapsed:.4f} s")
    print(f"whether that queue of one takes one item, and another, then: expected [True, False], seen {room}")
    sys.exit(seen != "Empty" or elapsed < 0.2 or room != [True, False])
