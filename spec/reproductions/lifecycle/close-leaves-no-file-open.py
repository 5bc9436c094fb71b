import multiprocessing
import os
import sys

mp = multiprocessing


def work():
    pass


def start_and_join():
    child = mp.Process(target=work)
    child.start()
    child.join()
    return child


if __name__ == "__main__":
    start_and_join().close()  # what is opened once for all children is open now
    before = len(os.listdir("/proc/self/fd"))
    child = start_and_join()
    child.close()
    after = len(os.listdir("/proc/self/fd"))
    print(f"file descriptors after a child was started, joined and closed: expected {before}, seen {after}")
    sys.exit(after != before)
