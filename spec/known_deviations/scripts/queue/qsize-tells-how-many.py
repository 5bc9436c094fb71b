import atexit
import multiprocessing
import signal
import sys
import time
from queue import Full

mp = multiprocessing


def child(queue, small, connection):
    for item in range(3):
        queue.put(item)
        connection.send(queue.qsize())
        connection.recv()
    time.sleep(0.5)  # so that the items are in the pipe
    for _ in range(3):
        queue.get()
        connection.send(queue.qsize())
        connection.recv()
    connection.send(small.qsize())


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("put(), get() and qsize(): expected to return, it hangs"))
    signal.alarm(20)
    queue, small = mp.Queue(), mp.Queue(1)
    here, there = [queue.qsize()], []
    connection, theirs = mp.Pipe()
    mp.Process(target=child, args=(queue, small, theirs), daemon=True).start()
    theirs.close()
    for number in range(6):
        there.append(connection.recv())
        here.append(queue.qsize())
        if number < 5:
            connection.send("go on")
    print(f"qsize() while a child puts three items and gets them: expected [0, 1, 2, 3, 2, 1, 0], seen {here}")
    print(f"qsize() in the child: expected [1, 2, 3, 2, 1, 0], seen {there}")
    small.put("first")
    connection.send("go on")
    size_there = connection.recv()
    refused = 0
    for patience in (False,), (True, 0.05):
        try:
            small.put("late", *patience)
        except Full:
            refused += 1
    size = small.qsize()
    print(
        f"qsize() of a full queue after two puts, of which it refused {refused} (expected 2): expected 1, seen {size}"
    )
    print(f"qsize() of a full queue of one, in the child: expected 1, seen {size_there}")
    sys.exit(here != [0, 1, 2, 3, 2, 1, 0] or there != here[1:] or (refused, size, size_there) != (2, 1, 1))
