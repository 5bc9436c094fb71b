import multiprocessing
import os
import threading
import time

mp = multiprocessing


class Unpicklable:
    """Cannot be pickled."""

    def __reduce__(self):
        raise TypeError("an item that cannot be pickled")


if __name__ == "__main__":
    queue = mp.JoinableQueue()
    queue.put(Unpicklable())
    time.sleep(1)
    joiner = threading.Thread(target=queue.join, daemon=True)
    joiner.start()
    joiner.join(5)
    print(
        f"whether join() returns once the only item was dropped: expected True, seen {not joiner.is_alive()}",
        flush=True,
    )
    os._exit(joiner.is_alive())
