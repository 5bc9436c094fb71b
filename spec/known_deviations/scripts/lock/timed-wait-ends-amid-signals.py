import multiprocessing
import os
import signal
import sys

mp = multiprocessing


if __name__ == "__main__":
    ticks = []

    def tick(*_):
        ticks.append(1)
        if len(ticks) == 500:
            print("a timed acquire() while a signal comes every 10 ms: expected False, still waits", flush=True)
            os._exit(1)

    lock = mp.Lock()
    lock.acquire()
    signal.signal(signal.SIGALRM, tick)
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
    seen = lock.acquire(True, 0.05)
    signal.setitimer(signal.ITIMER_REAL, 0)
    print(f"a timed acquire() while a signal comes every 10 ms: expected False, seen {seen}")
    sys.exit(seen is not False)
