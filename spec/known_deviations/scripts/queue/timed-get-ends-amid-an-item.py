import multiprocessing
import os
import signal
import threading
import time
from contextlib import suppress

mp = multiprocessing


def put(queue):
    queue.put(b"x" * 2**21)


def get(queue):
    with suppress(Exception):
        queue.get(True, 0.1)


if __name__ == "__main__":
    queue = mp.Queue()
    child = mp.Process(target=put, args=(queue,))
    child.start()
    time.sleep(2)  # the pipe is full
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    getter = threading.Thread(target=get, args=(queue,), daemon=True)
    getter.start()
    getter.join(10)
    print(
        f"whether get(timeout=0.1) has ended after 10 s: expected True, seen {not getter.is_alive()}",
        flush=True,
    )
    os._exit(getter.is_alive())
