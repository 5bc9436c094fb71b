import atexit
import multiprocessing
import signal
import sys
import time
from contextlib import suppress
from queue import Full

mp = multiprocessing


def child(queue, connection):
    for item in range(3):
        queue.put(item)
        connection.send(queue.qsize())
        connection.recv()
    time.sleep(0.5)  # so that the items are in the pipe
    for _ in range(3):
        queue.get()
        connection.send(queue.qsize())
        connection.recv()


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("put(), get() and qsize(): expected to return, it hangs"))
    signal.alarm(20)
    queue = mp.Queue()
    here, there = [queue.qsize()], []
    connection, theirs = mp.Pipe()
    mp.Process(target=child, args=(queue, theirs), daemon=True).start()
    theirs.close()
    for _ in range(6):
        there.append(connection.recv())
        here.append(queue.qsize())
        connection.send("go on")
    print(f"qsize() while a child puts three items and gets them: expected [0, 1, 2, 3, 2, 1, 0], seen {here}")
    print(f"qsize() in the child: expected [1, 2, 3, 2, 1, 0], seen {there}")
    small = mp.Queue(1)
    small.put("first")
    for patience in (False,), (True, 0.05):
        with suppress(Full):
            small.put("late", *patience)
    size = small.qsize()
    print(f"qsize() of a full queue after two puts that were refused: expected 1, seen {size}")
    sys.exit(here != [0, 1, 2, 3, 2, 1, 0] or there != here[1:] or size != 1)
