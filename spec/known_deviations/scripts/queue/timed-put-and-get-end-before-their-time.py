import atexit
import multiprocessing
import sys

mp = multiprocessing


def child(queue, connection):
    connection.send("getting")
    connection.send(queue.get(True, 3600))
    queue.put("two")
    connection.send("putting")
    queue.put("three", True, 3600)
    connection.send("put() has returned")


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue = mp.Queue(1)
    connection, theirs = mp.Pipe()
    mp.Process(target=child, args=(queue, theirs), daemon=True).start()
    theirs.close()
    connection.recv()
    early = connection.poll(0.5)
    print(f"get(True, 3600) from an empty queue: expected to wait, seen to {'end' if early else 'wait'}")
    queue.put("one")
    got = connection.recv() if connection.poll(10) else "nothing in 10 s"
    print(f"what it returns after a put(): expected one, seen {got}")
    if early or got != "one":
        sys.exit(1)
    if not connection.poll(10):
        print("put() to a queue that was emptied: expected to return, seen to wait")
        sys.exit(1)
    connection.recv()
    early = connection.poll(0.5)
    print(f"put(item, True, 3600) to a full queue: expected to wait, seen to {'end' if early else 'wait'}")
    if early:
        sys.exit(1)
    got = {queue.get(True, 10)}
    returns = connection.poll(10) and connection.recv()
    print(f"put(item, True, 3600) after a get(): expected to return, seen to {'return' if returns else 'wait'}")
    if not returns:
        sys.exit(1)
    got.add(queue.get(True, 10))
    print(f"what was got: expected two and three, seen {sorted(got)}")
    sys.exit(got != {"two", "three"})
