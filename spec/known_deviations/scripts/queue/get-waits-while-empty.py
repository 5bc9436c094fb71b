import atexit
import multiprocessing
import sys

mp = multiprocessing


def consumer(queue, connection):
    connection.send("getting")
    connection.send(queue.get())


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue = mp.Queue(3)
    connection, theirs = mp.Pipe()
    mp.Process(target=consumer, args=(queue, theirs), daemon=True).start()
    theirs.close()
    connection.recv()
    early = connection.poll(0.5)
    print(f"get() from an empty queue: expected to wait, seen to {'end' if early else 'wait'}")
    if early:
        sys.exit(1)
    queue.put("item")
    got = connection.recv() if connection.poll(10) else "nothing in 10 s"
    print(f"what get() returns after a put(): expected 'item', seen {got!r}")
    sys.exit(got != "item")
