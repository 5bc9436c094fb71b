import multiprocessing
import os
import sys

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
    return child


if __name__ == "__main__":
    go_on = mp.Event()
    start_and_join(go_on).close()  # what is opened once for all children is open now
    before = len(os.listdir("/proc/self/fd"))
    child = start_and_join(go_on)
    child.close()
    after = len(os.listdir("/proc/self/fd"))
    print(f"file descriptors after a child was started, joined and closed: expected {before}, seen {after}")
    sys.exit(after != before)
