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
    with tempfile.TemporaryDirectory() as folder:
        children = [mp.Process(target=work, args=(folder, number, (0.3, 0.9, 0.6)[number])) for number in range(3)]
        for child in children:
            child.start()
        for child in children:
            child.join()
        seen = sorted(os.listdir(folder))
        left = [child.pid for child in children if os.path.exists(f"/proc/{child.pid}")]
    print(f"children that have done their work when all are joined: expected {['0', '1', '2']}, seen {seen}")
    print(f"those that are left: expected [], seen {left}")
    sys.exit(seen != ["0", "1", "2"] or left != [])
