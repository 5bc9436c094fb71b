import gc
import multiprocessing
import os
import sys
import threading

mp = multiprocessing


def work():
    pass


def start_and_join():
    child = mp.Process(target=work)
    child.start()
    child.join()


def left():
    gc.collect()
    return len(os.listdir("/proc/self/fd")), threading.active_count()


if __name__ == "__main__":
    start_and_join()  # whatever is opened once for all children is open now
    before = left()
    start_and_join()
    after = left()
    print(f"files and threads after a child that nobody refers to: expected {before}, seen {after}")
    sys.exit(after != before)
