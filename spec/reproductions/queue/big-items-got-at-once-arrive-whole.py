import atexit
import multiprocessing
import sys

mp = multiprocessing
SIZE = 2 * 1024 * 1024


def consumer(queue, connection):
    connection.send("getting")
    item = queue.get()
    connection.send(next((name for name in ("x", "y") if item == name.encode() * SIZE), "another"))


def producer(queue):
    for name in "x", "y":
        queue.put(name.encode() * SIZE)


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue = mp.Queue()
    connections = []
    for _ in range(2):
        connection, theirs = mp.Pipe()
        connections.append(connection)
        mp.Process(target=consumer, args=(queue, theirs), daemon=True).start()
        theirs.close()
        connection.recv()
    early = sum(connection.poll(0.5) for connection in connections)
    print(f"calls of get() that ended before a put(), of 2: expected 0, seen {early}", flush=True)
    mp.Process(target=producer, args=(queue,), daemon=True).start()
    got = sorted(connection.recv() if connection.poll(10) else "nothing" for connection in connections)
    print(f"large items, got at once, that arrive as they were put: expected ['x', 'y'], seen {got}")
    sys.exit(early != 0 or got != ["x", "y"])
