import multiprocessing
import sys
import threading
from queue import Empty

mp = multiprocessing
go_on = threading.Event()


class HeldUp:
    """Is pickled only once the starter has joined its child."""

    def __reduce__(self):
        go_on.wait(20)
        return str, ("held up",)


def child(queue):
    queue.put("the child's")


if __name__ == "__main__":
    queue = mp.Queue()
    queue.put(HeldUp())
    queue.put("behind that")
    process = mp.Process(target=child, args=(queue,))
    process.start()
    process.join(20)
    ended = process.exitcode is not None
    process.terminate()
    go_on.set()
    seen = []
    try:
        while len(seen) < 4:
            seen.append(queue.get(timeout=1))
    except Empty:
        pass
    expected = ["the child's", "held up", "behind that"]
    print(f"the child, which has put an item, has ended: expected True, seen {ended}")
    print(f"what has arrived: expected {expected}, seen {seen}")
    sys.exit(not ended or seen != expected)
