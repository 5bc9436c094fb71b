import atexit
import multiprocessing
import sys
from queue import Empty

mp = multiprocessing


class Unpicklable:
    """Cannot be pickled."""

    def __reduce__(self):
        raise TypeError("an item that cannot be pickled")


def producer(queue, connection):
    for item in "before", Unpicklable(), "after":
        queue.put(item)
    connection.send("all were put")
    connection.recv()  # a process that exits would drop what comes after it


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue = mp.Queue()
    connection, theirs = mp.Pipe()
    mp.Process(target=producer, args=(queue, theirs), daemon=True).start()
    theirs.close()
    was_put = connection.poll(10) and connection.recv()
    print(f"put() of three items, of which one cannot be pickled: expected 'all were put', seen {was_put!r}")
    arrived = []
    try:
        for seconds in 10, 10, 0.5:
            arrived.append(queue.get(True, seconds))
    except Empty:
        pass
    print(f"what arrives: expected ['before', 'after'], seen {arrived}")
    sys.exit(was_put != "all were put" or sorted(map(str, arrived)) != ["after", "before"])
