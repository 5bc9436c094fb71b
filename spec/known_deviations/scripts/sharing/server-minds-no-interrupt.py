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


def is_at_rest(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] in "SZ"
    except OSError:  # it has exited
        return True


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    manager = mp.Manager()
    shared = manager.dict(num=100, home=Home())
    server = shared["home"]
    if server == os.getpid():
        sys.exit("the server: expected a process of its own, seen that of its clients")
    os.kill(server, signal.SIGINT)
    while not all(time.sleep(0.05) or is_at_rest(server) for _ in range(10)):
        pass
    try:
        seen = shared["num"]
    except Exception as error:
        seen = repr(error)
    print(f"a number in a managed dict after SIGINT to its server: expected 100, seen {seen}")
    sys.exit(seen != 100)
