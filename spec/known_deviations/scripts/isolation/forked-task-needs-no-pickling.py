import multiprocessing
import os
import sys
import threading

mp = multiprocessing

if __name__ == "__main__":
    news, theirs = os.pipe()
    try:
        child = mp.Process(target=lambda _lock: os.write(theirs, str(os.getpid()).encode()), args=(threading.Lock(),))
        child.start()
        child.join()
    except Exception as error:
        print(f"start of a lambda with a lock of threads: expected to succeed, seen {error!r}")
    os.close(theirs)
    ran = os.read(news, 20).decode() or "nowhere"
    print(f"the process that ran it: expected a child of {os.getpid()}, seen {ran}")
    sys.exit(ran in ("nowhere", str(os.getpid())))
