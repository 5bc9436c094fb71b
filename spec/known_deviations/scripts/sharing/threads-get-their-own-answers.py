import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time

mp = multiprocessing


class Key:
    """Tells where it is looked up, and stops there."""

    def __init__(self, folder):
        self.folder = folder

    def __hash__(self):
        open(f"{self.folder}/{os.getpid()}", "w").close()
        while not os.path.exists(f"{self.folder}/go on"):
            time.sleep(0.01)
        return 0


def look_up(shared, key, got):
    try:
        got.append(shared.get(key))
    except Exception as error:
        got.append(repr(error))


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 40 seconds"))
    signal.alarm(40)
    with tempfile.TemporaryDirectory() as folder, mp.Manager() as manager:
        shared, first, second = manager.dict(num=100), [], []
        callers = [
            threading.Thread(target=look_up, args=(shared, key, got), daemon=True)
            for key, got in ((Key(folder), first), ("num", second))
        ]
        callers[0].start()
        while not os.listdir(folder) and not first:
            time.sleep(0.01)
        here = str(os.getpid()) in os.listdir(folder)
        callers[1].start()
        callers[1].join(15)
        meanwhile = list(second)
        open(f"{folder}/go on", "w").close()
        callers[0].join(10)
    print(f"whether a thread's key is looked up in its own process: expected False, seen {here}")
    print(f"what a second thread got while that was under way: expected [100], seen {meanwhile}")
    print(f"what the first got in the end: expected [None], seen {first}")
    sys.exit((here, meanwhile, first) != (False, [100], [None]))
