import multiprocessing
import os
import signal
import sys
import time

mp = multiprocessing


def wait(event):
    sys.exit(0 if event.wait() else 1)


if __name__ == "__main__":
    event = mp.Event()
    waiter, setter, clearer = (
        mp.Process(target=call, args=args)
        for call, args in (
            (wait, (event,)),
            (event.set, ()),
            (event.clear, ()),
        )
    )
    waiter.start()
    time.sleep(1)
    os.kill(waiter.pid, signal.SIGSTOP)  # so that it wakes late
    for child in setter, clearer:
        child.start()
        time.sleep(0.5)
    os.kill(waiter.pid, signal.SIGCONT)
    for child in waiter, setter, clearer:
        child.join()
    print(f"what wait() without a timeout returns: expected True, seen {waiter.exitcode == 0}", flush=True)
    sys.exit(waiter.exitcode)
