import multiprocessing
import os
import signal
import sys
import time

mp = multiprocessing


def work():
    time.sleep(0.5)
    sys.exit(7)


def give_up(*_):
    print("join(60) of a child that has exited: expected to return, still waits after 30 s", flush=True)
    os._exit(1)


if __name__ == "__main__":
    child = mp.Process(target=work)
    child.start()
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(30)
    child.join(60)
    signal.alarm(0)
    seen = child.exitcode
    child.join()
    print(f"exit code after join(60): expected 7, seen {seen}")
    sys.exit(seen != 7)
