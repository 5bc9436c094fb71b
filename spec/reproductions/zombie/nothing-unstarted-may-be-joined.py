import faulthandler
import multiprocessing
import sys

mp = multiprocessing


def do_nothing():
    pass


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    try:
        mp.Process(target=do_nothing).join()
        seen = "nothing"
    except Exception as error:
        seen = repr(error)
    expected = repr(AssertionError("can only join a started process"))
    print(f"what is raised when a process that was not started is joined: expected {expected}, seen {seen}")
    sys.exit(seen != expected)
