import gc
import multiprocessing
import os
import sys
import threading

mp = multiprocessing


def work(go_on):
    go_on.wait()


def start_and_join(go_on):
    child = mp.Process(target=work, args=(go_on,))
    child.start()
    child.join(0)
    child.join(0.01)
    go_on.set()
    child.join()
    child.join(0.01)
    go_on.clear()


def left():
    gc.collect()
    return len(os.listdir("/proc/self/fd")), threading.active_count()


if __name__ == "__main__":
    go_on = mp.Event()
    start_and_join(go_on)  # whatever is opened once for all children is open now
    before = left()
    start_and_join(go_on)
    after = left()
    print(f"files and threads after a child that nobody refers to: expected {before}, seen {after}")
    sys.exit(after != before)
