import multiprocessing
import os
import sys

mp = multiprocessing


def files():
    return len(os.listdir("/proc/self/fd"))


if __name__ == "__main__":
    mp.Queue().close()
    before = files()
    queue = mp.Queue()
    queue.close()
    queue.join_thread()
    left = files() - before
    print(f"the files that a queue has open after close() and join_thread(): expected 0, seen {left}")
    sys.exit(left != 0)
