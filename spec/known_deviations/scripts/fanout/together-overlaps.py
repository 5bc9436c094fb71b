import faulthandler
import multiprocessing
import os
import sys
import tempfile
import time

mp = multiprocessing


def work(folder, deadline):
    open(os.path.join(folder, f"{os.getpid()} has begun"), "w").close()
    while len(os.listdir(folder)) < 10 and time.time() < deadline:
        time.sleep(0.01)
    if len(os.listdir(folder)) >= 10:
        open(os.path.join(folder, f"{os.getpid()} has seen all"), "w").close()


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    with tempfile.TemporaryDirectory() as folder:
        children = [mp.Process(target=work, args=(folder, time.time() + 30)) for _ in range(10)]
        for child in children:
            child.start()
        for child in children:
            child.join()
        seen = sum(file.endswith("has seen all") for file in os.listdir(folder))
    print(f"children that run while all ten have begun, in processes of their own: expected 10, seen {seen}")
    sys.exit(seen != 10)
