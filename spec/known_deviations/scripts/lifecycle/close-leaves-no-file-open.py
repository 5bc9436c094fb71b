import multiprocessing
import os
import signal
import sys

mp = multiprocessing


def work(go_on):
    go_on.wait()


def start_and_join(go_on):
    child = mp.Process(target=work, args=(go_on,))
    child.start()
    try:
        child.join(0)
        child.join(0.01)
    except Exception as error:
        sys.exit(f"join with a limit of a child that runs: expected to return, seen {error!r}")
    finally:
        go_on.set()
    child.join()
    child.join(0.01)
    go_on.clear()
    return child


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: a join, with a limit or without"))
    signal.alarm(30)
    go_on = mp.Event()
    start_and_join(go_on).close()  # what is opened once for all children is open now
    before = len(os.listdir("/proc/self/fd"))
    child = start_and_join(go_on)
    child.close()
    after = len(os.listdir("/proc/self/fd"))
    print(f"file descriptors after a child was started, joined and closed: expected {before}, seen {after}")
    sys.exit(after != before)
