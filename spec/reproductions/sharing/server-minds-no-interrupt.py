import multiprocessing
import os
import signal
import sys
import time

mp = multiprocessing


class Home:
    """Becomes the pid of the process that it is sent to."""

    def __reduce__(self):
        return os.getpid, ()


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    manager = mp.Manager()
    shared = manager.dict(num=100, home=Home())
    os.kill(shared["home"], signal.SIGINT)
    time.sleep(1)
    try:
        seen = shared["num"]
    except Exception as error:
        seen = repr(error)
    print(f"a number in a managed dict after SIGINT to its server: expected 100, seen {seen}")
    sys.exit(seen != 100)
