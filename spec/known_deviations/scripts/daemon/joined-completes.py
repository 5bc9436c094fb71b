import contextlib
import multiprocessing
import os
import sys
import tempfile
import time

mp = multiprocessing


def work(file):
    time.sleep(1)
    with open(file, "w") as done:
        done.write(str(os.getpid()))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "done")
        child = mp.Process(target=work, args=(file,))
        child.daemon = True
        child.start()
        child.join()
        pid = None
        with contextlib.suppress(FileNotFoundError), open(file) as done:
            pid = int(done.read())
    print(f"who did the daemon's work before it was joined: expected another than {os.getpid()}, seen {pid}")
    print(f"its exit code: expected 0, seen {child.exitcode}")
    sys.exit(pid in (None, os.getpid()) or child.exitcode != 0)
