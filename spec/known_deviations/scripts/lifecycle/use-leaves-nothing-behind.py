import gc
import multiprocessing
import os
import signal
import sys
import threading

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


def left():
    gc.collect()
    return len(os.listdir("/proc/self/fd")), threading.active_count()


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: a join, with a limit or without"))
    signal.alarm(30)
    go_on = mp.Event()
    start_and_join(go_on)  # whatever is opened once for all children is open now
    before = left()
    start_and_join(go_on)
    after = left()
    print(f"files and threads after a child that nobody refers to: expected {before}, seen {after}")
    sys.exit(after != before)
