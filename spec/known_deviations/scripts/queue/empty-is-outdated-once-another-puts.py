import atexit
import multiprocessing
import signal
import sys

mp = multiprocessing


def other(queue):
    queue.put("item")


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("put(), join() and get_nowait(): expected to end, it hangs"))
    signal.alarm(20)
    queue = mp.Queue()
    before = queue.empty()
    print(f"empty() while nothing was put: expected True, seen {before}")
    process = mp.Process(target=other, args=(queue,), daemon=True)
    process.start()
    process.join()  # the item is in the pipe
    after = queue.empty()
    print(f"empty() once another process has put an item: expected False, seen {after}", flush=True)
    got = queue.get_nowait()
    print(f"what get_nowait() returns: expected item, seen {got}")
    sys.exit(not before or after or got != "item")
