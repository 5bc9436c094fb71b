import atexit
import multiprocessing
import sys

mp = multiprocessing


def producer(queue, connection):
    for item in range(3):
        queue.put(item)
    connection.send("three were put")
    queue.put(3)
    connection.send("put() has returned")


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue = mp.Queue(3)
    connection, theirs = mp.Pipe()
    mp.Process(target=producer, args=(queue, theirs), daemon=True).start()
    theirs.close()
    connection.recv()
    early = connection.poll(0.5)
    print(f"put() to a queue of 3 with 3 in it: expected to wait, seen to {'return' if early else 'wait'}")
    if early:
        sys.exit(1)
    got = [queue.get(True, 10)]
    returns = connection.poll(10) and connection.recv()
    print(f"put() after one was got: expected to return, seen to {'return' if returns else 'wait'}")
    if not returns:
        sys.exit(1)
    got += [queue.get(True, 10) for _ in range(3)]
    print(f"what is got: expected [0, 1, 2, 3], seen {sorted(got)}")
    sys.exit(sorted(got) != [0, 1, 2, 3])
