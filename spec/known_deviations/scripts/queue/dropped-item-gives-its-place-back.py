import atexit
import multiprocessing
import sys

mp = multiprocessing


class Unpicklable:
    """Cannot be pickled."""

    def __reduce__(self):
        raise TypeError("an item that cannot be pickled")


def producer(queue, connection):
    for item in "before", Unpicklable(), "after":
        queue.put(item)
    connection.send("all were put")
    connection.recv()


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue = mp.Queue(1)
    connection, theirs = mp.Pipe()
    mp.Process(target=producer, args=(queue, theirs), daemon=True).start()
    theirs.close()
    got = [queue.get(True, 10)]
    returns = connection.poll(10) and connection.recv()
    print(
        f"put() after an item that cannot be pickled: expected to return, seen to {'return' if returns else 'wait'}"
    )
    if not returns:
        sys.exit(1)
    got.append(queue.get(True, 10))
    print(f"what arrives: expected ['before', 'after'], seen {got}")
    sys.exit(got != ["before", "after"])
