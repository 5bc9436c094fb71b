import atexit
import multiprocessing
import signal
import sys
from queue import Full

mp = multiprocessing


def offer(queue, items):
    for number, item in enumerate(items):
        try:
            queue.put_nowait(item)
        except Full:
            return items[number:]
    return []


def producer(queue, connection):
    connection.send(offer(queue, [0, 1, 2, 3, 4, 5, 6]))
    connection.recv()  # until five were got
    connection.send(offer(queue, [7]))


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("put_nowait() and get(): expected to return, it hangs"))
    signal.alarm(20)
    queue = mp.Queue(5)
    connection, theirs = mp.Pipe()
    mp.Process(target=producer, args=(queue, theirs), daemon=True).start()
    theirs.close()
    refused = connection.recv()
    print(f"refused by a queue of five, of seven items: expected [5, 6], seen {refused}", flush=True)
    got = sorted(queue.get() for _ in range(5))
    print(f"what is got: expected [0, 1, 2, 3, 4], seen {got}", flush=True)
    connection.send("five were got")
    refused_then = connection.recv()
    print(f"refused then, of one item: expected [], seen {refused_then}", flush=True)
    last = queue.get()
    print(f"what is got then: expected 7, seen {last}")
    sys.exit(refused != [5, 6] or got != [0, 1, 2, 3, 4] or refused_then != [] or last != 7)
