import multiprocessing
import sys
import time
from queue import Empty

mp = multiprocessing


if __name__ == "__main__":
    queue = mp.Queue()
    queue.put("item")
    time.sleep(1)
    try:
        seen = queue.get(True, 0)
    except Empty:
        seen = "Empty"
    print(f"what get(timeout=0) gives: expected 'item', seen {seen!r}")
    sys.exit(seen != "item")
