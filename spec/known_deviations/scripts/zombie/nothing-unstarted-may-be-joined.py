import faulthandler
import multiprocessing
import sys
import time

mp = multiprocessing


def work():
    time.sleep(0.3)


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    try:
        mp.Process(target=work).join()
        seen = "nothing"
    except Exception as error:
        seen = repr(error)
    expected = repr(AssertionError("can only join a started process"))
    print(f"what is raised when a process that was not started is joined: expected {expected}, seen {seen}")
    sys.exit(seen != expected)
