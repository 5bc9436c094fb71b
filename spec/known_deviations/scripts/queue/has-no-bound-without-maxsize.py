import atexit
import multiprocessing
import signal
import sys

mp = multiprocessing
ITEMS = [f"{number:200}" for number in range(1000)]


def producer(queue, connection):
    for item in ITEMS:
        queue.put(item)
    connection.send("all were put")


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(
        signal.SIGALRM, lambda *_: sys.exit("get() of 1000 items that were put: expected to return, it hangs")
    )
    signal.alarm(20)
    queue = mp.Queue()
    connection, theirs = mp.Pipe()
    mp.Process(target=producer, args=(queue, theirs), daemon=True).start()
    theirs.close()
    returns = connection.poll(10) and connection.recv()
    print(f"put() of 1000 items though nobody gets: expected to return, seen to {'return' if returns else 'wait'}")
    if not returns:
        sys.exit(1)
    got = [queue.get() for _ in ITEMS]
    print(f"items that arrive as they were put: expected 1000, seen {len(set(got) & set(ITEMS))}")
    sys.exit(sorted(got) != ITEMS)
