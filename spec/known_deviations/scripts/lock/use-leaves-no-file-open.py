import gc
import multiprocessing
import os
import sys
import threading

mp = multiprocessing


def use():
    lock = mp.Lock()
    for _ in range(3):
        lock.acquire()
        lock.release()


def left():
    gc.collect()
    return len(os.listdir("/proc/self/fd")), threading.active_count()


if __name__ == "__main__":
    use()  # whatever is opened once for all is open now
    before = left()
    use()
    after = left()
    print(f"files and threads after use: expected {before}, seen {after}")
    sys.exit(after != before)
