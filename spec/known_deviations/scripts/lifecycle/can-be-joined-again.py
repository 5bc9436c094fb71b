import multiprocessing
import os
import signal
import sys

mp = multiprocessing


def work():
    sys.exit(7)


def give_up(*_):
    print("another join of a joined child: expected to return, still waits after 10 s", flush=True)
    os._exit(1)


if __name__ == "__main__":
    child = mp.Process(target=work)
    child.start()
    child.join()
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(10)
    try:
        child.join()
        seen = "no exception"
    except Exception as error:
        seen = repr(error)
    signal.alarm(0)
    print(f"another join of a joined child: expected no exception, seen {seen}")
    print(f"its exit code after that: expected 7, seen {child.exitcode}")
    sys.exit(seen != "no exception" or child.exitcode != 7)
