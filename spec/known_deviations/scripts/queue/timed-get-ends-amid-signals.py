import multiprocessing
import os
import queue as standard
import signal
import sys

mp = multiprocessing


if __name__ == "__main__":
    ticks = []

    def tick(*_):
        ticks.append(1)
        if len(ticks) == 500:
            print("a timed get() while a signal comes every 10 ms: expected Empty, still waits", flush=True)
            os._exit(1)

    queue = mp.Queue()
    signal.signal(signal.SIGALRM, tick)
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
    try:
        seen = queue.get(True, 0.05)
    except standard.Empty:
        seen = "Empty"
    signal.setitimer(signal.ITIMER_REAL, 0)
    print(f"a timed get() while a signal comes every 10 ms: expected Empty, seen {seen}")
    sys.exit(seen != "Empty")
