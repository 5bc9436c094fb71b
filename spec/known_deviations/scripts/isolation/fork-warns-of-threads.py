import multiprocessing
import sys
import threading
import warnings

mp = multiprocessing


def do_nothing():
    pass


if __name__ == "__main__":
    at_work = threading.Event()
    threading.Thread(target=at_work.wait, daemon=True).start()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        child = mp.Process(target=do_nothing)
        child.start()
    child.join()
    at_work.set()
    kinds = [warning.category.__name__ for warning in caught if "multi-threaded" in str(warning.message)]
    print(f"warnings as a process with a second thread forks: expected ['DeprecationWarning'], seen {kinds}")
    sys.exit(kinds != ["DeprecationWarning"])
