import multiprocessing
import os
import sys
import tempfile
import time

mp = multiprocessing


def work(file):
    time.sleep(0.5)
    with open(file, "w") as done:
        done.write(str(os.getpid()))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "done")
        child = mp.Process(target=work, args=(file,))
        child.daemon = True
        child.start()
        child.join()
        done = os.path.exists(file) and open(file).read() != str(os.getpid())
    print(f"another process, a daemon, has done its work when it is joined: expected True, seen {done}")
    print(f"its exit code: expected 0, seen {child.exitcode}")
    sys.exit(not done or child.exitcode != 0)
