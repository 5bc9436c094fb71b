import atexit
import multiprocessing
import signal
import sys
from queue import Empty

mp = multiprocessing


def producer(queue):
    queue.put("item")


def poll(queue):
    try:
        return queue.get_nowait()
    except Empty:
        return "nothing"


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("get_nowait(): expected to end, it hangs"))
    signal.alarm(20)
    queue = mp.Queue()
    before = poll(queue)
    print(f"what get_nowait() finds in an empty queue: expected nothing, seen {before}", flush=True)
    process = mp.Process(target=producer, args=(queue,), daemon=True)
    process.start()
    process.join()  # the item is in the pipe
    after = poll(queue)
    print(f"what it finds once an item was put: expected item, seen {after}")
    sys.exit(before != "nothing" or after != "item")
