import multiprocessing
import sys
from contextlib import suppress
from queue import Empty

mp = multiprocessing


class Unpicklable:
    """Cannot be pickled."""

    def __reduce__(self):
        raise TypeError("an item that cannot be pickled")


def put(queue):
    for item in "before", Unpicklable(), "after":
        queue.put(item)


if __name__ == "__main__":
    queue = mp.Queue()
    child = mp.Process(target=put, args=(queue,))
    child.start()
    child.join()
    arrived = []
    with suppress(Empty):
        while True:
            arrived.append(queue.get(True, 0.5))
    print(f"what arrives: expected ['before', 'after'], seen {arrived}; the exit code of the child: {child.exitcode}")
    sys.exit(arrived != ["before", "after"])
