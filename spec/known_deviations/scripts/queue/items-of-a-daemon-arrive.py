import multiprocessing
import queue as standard
import sys
import time

mp = multiprocessing


class HeldUp:
    """Takes two seconds to be pickled."""

    def __reduce__(self):
        time.sleep(2)
        return str, ("last words",)


def put(queue):
    queue.put(HeldUp())
    time.sleep(0.2)


if __name__ == "__main__":
    queue = mp.Queue()
    child = mp.Process(target=put, args=(queue,))
    child.daemon = True
    child.start()
    child.join()
    try:
        seen = queue.get(True, 5)
    except standard.Empty:
        seen = "nothing"
    print(f"what arrives of a daemon that has come to its end: expected 'last words', seen {seen!r}")
    sys.exit(seen != "last words")
