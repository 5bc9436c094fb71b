import faulthandler
import multiprocessing
import os
import sys
import tempfile
import time

mp = multiprocessing


def work(folder, number, seconds):
    time.sleep(seconds)
    open(os.path.join(folder, str(number)), "w").close()


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    seen = []
    left = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(3):
            child = mp.Process(target=work, args=(folder, number, 0.3))
            child.start()
            child.join()
            seen.append(len(os.listdir(folder)))
            left += [number] if os.path.exists(f"/proc/{child.pid}") else []
    print(f"children that have done their work after each join: expected [1, 2, 3], seen {seen}")
    print(f"those that are left: expected [], seen {left}")
    sys.exit(seen != [1, 2, 3] or left != [])
