import multiprocessing
import os
import signal
import sys
import tempfile
import time

mp = multiprocessing


class Number:
    """Waits where something is subtracted from it."""

    def __init__(self, value, folder):
        self.value, self.folder = value, folder

    def __sub__(self, other):
        open(f"{self.folder}/{os.getpid()} has read {self.value}", "w").close()
        while not os.path.exists(f"{self.folder}/go on"):
            time.sleep(0.01)
        return self.value - other


def subtract(counter):
    counter["num"] -= 1


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    with tempfile.TemporaryDirectory() as folder, mp.Manager() as manager:
        counter = manager.dict(num=Number(100, folder))
        children = [mp.Process(target=subtract, args=(counter,), daemon=True) for _ in range(2)]
        for child in children:
            child.start()
        while len(os.listdir(folder)) < 2:
            time.sleep(0.01)
        read = [file.split(" ", 1)[1] for file in os.listdir(folder)]
        open(f"{folder}/go on", "w").close()
        for child in children:
            child.join()
        left, codes = counter["num"], [child.exitcode for child in children]
    print(f"two children, as they subtracted 1 in place at once: expected ['has read 100'] * 2, seen {read}")
    print(f"what is left of 100: expected 99, seen {left}; their exit codes: expected [0, 0], seen {codes}")
    sys.exit((read, left, codes) != (["has read 100"] * 2, 99, [0, 0]))
