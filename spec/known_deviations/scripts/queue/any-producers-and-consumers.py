import atexit
import multiprocessing
import signal
import sys
from queue import Empty

mp = multiprocessing


def producer(queue, name):
    for number in range(200):
        queue.put((name, number))


def consumer(queue, connection):
    connection.send([queue.get() for _ in range(200)])


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(
        signal.SIGALRM, lambda *_: sys.exit("getting 400 items that two producers put: expected to end, it hangs")
    )
    signal.alarm(20)
    queue = mp.Queue(4)
    connections = []
    for _ in range(2):
        connection, theirs = mp.Pipe()
        connections.append(connection)
        mp.Process(target=consumer, args=(queue, theirs), daemon=True).start()
        theirs.close()
    for name in "one", "two":
        mp.Process(target=producer, args=(queue, name), daemon=True).start()
    got = [item for connection in connections for item in connection.recv()]
    expected = [(name, number) for name in ("one", "two") for number in range(200)]
    arrived = sum(got.count(item) == 1 for item in expected)
    print(
        f"items that reach exactly one of two consumers, as they were put: expected 400, seen {arrived}", flush=True
    )
    try:
        left = repr(queue.get(False))
    except Empty:
        left = "Empty"
    print(f"what is left: expected Empty, seen {left}")
    sys.exit(arrived != 400 or len(got) != 400 or left != "Empty")
